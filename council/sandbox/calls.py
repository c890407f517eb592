"""Which system calls the filter refuses, with their numbers on the two machines we know."""

from __future__ import annotations

PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column in the tables below, and the kernel's word for the architecture."""

HIGHEST = 462
"""The newest call anybody has looked at. Later ones do not exist inside."""

REFUSED = {
    # mounts and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "setns": (308, 268),
    "unshare": (272, 97), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "statmount": (457, 457),
    "listmount": (458, 458), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "move_pages": (279, 239), "migrate_pages": (256, 238), "setpriority": (141, 140), "ioprio_set": (251, 30),
    # the kernel itself
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "syslog": (103, 116), "acct": (163, 89), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "lookup_dcookie": (212, 18), "fanotify_init": (300, 262),
    "personality": (135, 92), "vmsplice": (278, 75), "iopl": (172, None), "ioperm": (173, None),
    "modify_ldt": (154, None),
    # what all programs of the machine or of the user share: slots, notifiers, the way to the disks, what is in memory
    "io_setup": (206, 0), "inotify_init": (253, None), "inotify_init1": (294, 26), "sync": (162, 81),
    "syncfs": (306, 267), "cachestat": (451, 451),
    # the clock and the names of the machine
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "sethostname": (170, 161), "setdomainname": (171, 162),
    # keys, and memory that belongs to no process
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180),
}  # fmt: skip
"""Answered with EPERM. No Python program under review has an honest use for one of these."""

UNWALLED = {
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    # what Landlock lets through although it lies outside: memory without a file, and a look at every change
    "shmat": (30, 196), "shmctl": (31, 195), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "mq_unlink": (241, 181),
    "inotify_add_watch": (254, 27),
}  # fmt: skip
"""Landlock does not guard these: refused where it stands alone."""

IGNORED = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "utime": (132, None),
    "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13),
}  # fmt: skip
"""Landlock does not guard these either; they answer success and do nothing (no file has an attribute), because honest
programs copy files."""

SPECIAL = {
    "ioctl": (16, 29), "socket": (41, 198), "clone": (56, 220), "clone3": (435, 435), "prlimit64": (302, 261),
    "truncate": (76, 45), "prctl": (157, 167), "socketpair": (53, 199),
}  # fmt: skip
"""Looked at more closely, or refused in one backend only."""

OF_PROCESSES = {
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119), "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
}  # fmt: skip
"""How another process is scheduled. Where no namespace hides it, only the caller itself (pid 0) may be named."""
