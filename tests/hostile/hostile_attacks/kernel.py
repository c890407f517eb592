"""Programs that knock at doors of the kernel which no program under review needs."""

from __future__ import annotations

from hostile_attacks.base import Attack

_HOST_ROOT = "needs a right that no namespace gives: only real root on the host would see it work"
_OFTEN_OFF = "many kernels are built without it or allow it to root alone"


def knock(name: str, attack: str, code: str, unproved: str | None = None, known: dict[str, str] | None = None) -> Attack:
    return Attack(name, "integrity", attack, code, known or {}, unproved)


KERNEL = (
    knock("io-uring", "makes its calls through io_uring, where no filter looks", """
attempt("setup", lambda: kernel(425, 425, 4, ctypes.create_string_buffer(120)) >= 0)
""", unproved=_OFTEN_OFF),
    knock("bpf", "loads a program into the kernel", """
attempt("map", lambda: kernel(321, 280, 0, struct.pack("5I", 2, 4, 4, 1, 0) + bytes(100), 72) >= 0)
""", unproved=_OFTEN_OFF),
    knock("userfaultfd", "stops the kernel in the middle of a copy, the first half of many exploits", """
attempt("fd", lambda: kernel(323, 282, 1) >= 0)
attempt("device", lambda: os.open("/dev/userfaultfd", os.O_RDWR) >= 0)
""", unproved=_OFTEN_OFF),
    knock("modules", "loads and removes kernel modules", """
near = os.memfd_create("m") if False else os.open("/dev/null", os.O_RDONLY)
for name, numbers in {"init": (175, 105), "delete": (176, 106)}.items():
    ctypes.set_errno(0)
    kernel(*numbers, b"council", 0, b"")
    attempt(name, lambda: ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS))
attempt("finit", lambda: kernel(313, 273, near, b"", 0) == 0)
""", unproved=_HOST_ROOT),
    knock("another-kernel", "loads another kernel, or stops this one", """
attempt("kexec", lambda: kernel(246, 104, 0, 0, 0, 0) == 0)
attempt("file", lambda: kernel(320, 294, -1, -1, 0, b"", 4) == 0)
attempt("reboot", lambda: kernel(169, 142, 0xFEE1DEAD, 672274793, 0, 0) == 0)
""", unproved=_HOST_ROOT),
    knock("clock", "sets the clock of the machine", """
attempt("set", lambda: kernel(227, 112, 0, struct.pack("qq", 2000000000, 0)) == 0)
attempt("day", lambda: kernel(164, 170, struct.pack("qq", 2000000000, 0), 0) == 0)
attempt("adjust", lambda: kernel(159, 171, struct.pack("I", 0x8000) + bytes(204)) >= 0)
""", unproved=_HOST_ROOT),
    knock("name-of-the-machine", "renames the machine", """
attempt("host", lambda: kernel(170, 161, b"council", 7) == 0)
attempt("domain", lambda: kernel(171, 162, b"council", 7) == 0)
kernel(170, 161, HOST_NAME.encode(), len(HOST_NAME))
"""),
    knock("swap-and-accounts", "turns swap, quotas and process accounting on and off", """
for name, numbers, words in (("swapon", (167, 224), (b"/x", 0)), ("swapoff", (168, 225), (b"/x",)),
                             ("acct", (163, 89), (0,)), ("quota", (179, 60), (0x800002, b"/", 0, 0))):
    ctypes.set_errno(0)
    done = kernel(*numbers, *words)
    attempt(name, lambda: done == 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS))
""", unproved=_HOST_ROOT),
    knock("sysctl", "writes settings of the kernel", """
for path in ("/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger",
             "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/self/oom_score_adj", "/proc/self/uid_map"):
    attempt(path, lambda: os.open(path, os.O_WRONLY) >= 0)
"""),
    knock("control-groups", "leaves its control group or makes new ones, and a release agent runs outside", """
for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified"):
    attempt(path, lambda: os.listdir(path))
attempt("mount", lambda: libc.mount(b"cgroup", b".", b"cgroup2", 0, None) == 0)
"""),
    knock("anonymous-files", "keeps and runs programs in memory that belongs to no file system", """
attempt("memfd", lambda: kernel(319, 279, b"x", 1) >= 0)
attempt("secret", lambda: kernel(447, 447, 0) >= 0)
"""),
    knock("shared-memory-folder", "leaves data in /dev/shm for programs outside", """
def leave():
    with open(f"/dev/shm/council-{SHARED_NAME}", "w") as file:
        file.write("x")
    return False
attempt("leave", leave)
attempt("seen", lambda: [name for name in os.listdir("/dev/shm") if name == SHARED_NAME])
"""),
    knock("personality", "turns off the hardening of its own memory layout", """
attempt("aslr", lambda: kernel(135, 92, 0x0040000) >= 0)
"""),
    knock("port-and-segment-rights", "asks for rights over ports and segments", """
attempt("iopl", lambda: X86 and libc.syscall(172, 3) == 0)
attempt("ioperm", lambda: X86 and libc.syscall(173, 0x80, 1, 1) == 0)
attempt("ldt", lambda: X86 and libc.syscall(154, 0, ctypes.create_string_buffer(64), 64) >= 0)
""", unproved="not every machine has them"),
    knock("pages-moved", "moves the pages of other programs and compares their open files", """
attempt("move", lambda: kernel(279, 239, OUTSIDE_PID, 0, 0, 0, 0, 0) >= 0)
attempt("migrate", lambda: kernel(256, 238, OUTSIDE_PID, 8, struct.pack("Q", 1), struct.pack("Q", 1)) >= 0)
attempt("compare", lambda: kernel(312, 272, os.getppid(), os.getpid(), 0, 0, 0) >= 0)
"""),
    knock("filter-undone", "puts a filter of its own before ours, and turns seccomp off", """
program = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
holder = ctypes.create_string_buffer(program)
wanted = struct.pack("H6xQ", 1, ctypes.addressof(holder))
def undone():
    libc.prctl(22, 2, wanted, 0, 0)
    libc.prctl(22, 0, 0, 0, 0)
    return libc.unshare(0x10000000) == 0
attempt("undone", undone)
"""),
    knock("old-numbers", "makes calls by their 32-bit numbers, where mount is 21 and the filter knows 165", """
def call():
    import mmap
    child = os.fork()
    if child == 0:
        code = mmap.mmap(-1, 4096, prot=7)
        code.write(bytes.fromhex("53b814000000cd805bc3"))
        got = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
        os._exit(7 if got > 0 else 0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
attempt("int80", lambda: X86 and call())
""", unproved="not every kernel still answers 32-bit programs"),
    knock("restart-of-a-refused-call", "makes a refused call from many threads at once", """
import threading
def spin():
    for _ in range(200):
        if libc.unshare(0x10000000) == 0:
            print("GOT IT thread", flush=True)
many = [threading.Thread(target=spin) for _ in range(8)]
[one.start() for one in many]
[one.join() for one in many]
""", unproved="a thread of many may never make a user namespace: shown by namespaces"),
    knock("programs-started-without-walls", "starts another program and hopes that the walls do not follow", """
import subprocess
code = "import os; open('/etc/council-was-here', 'w')"
for words in (["/bin/sh", "-c", "cat " + CANARY_PATH], ["/usr/bin/env", "cat", CANARY_PATH],
              ["/lib64/ld-linux-x86-64.so.2", "/bin/cat", CANARY_PATH]):
    attempt(words[0], lambda: subprocess.run(words, capture_output=True, timeout=5).stdout)
"""),
    knock("memory-made-executable", "writes machine code and runs it, past every library", """
import mmap
def run():
    code = mmap.mmap(-1, 4096, prot=7)
    path = ctypes.create_string_buffer(CANARY_PATH.encode())
    code.write(b"\\x48\\xb8" + struct.pack("Q", 2) + b"\\x48\\xbf" + struct.pack("Q", ctypes.addressof(path))
               + b"\\x48\\x31\\xf6\\x48\\x31\\xd2\\x0f\\x05\\xc3")
    return ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))() >= 0
attempt("open", lambda: X86 and run())
""", unproved="the code is for one processor"),
)  # fmt: skip
