"""Programs that want to change something outside, or to become more than they are."""

from __future__ import annotations

from hostile_attacks.base import Attack

_HARDWARE = "needs a device that most machines lack"
_HOST_ROOT = "needs a right that no namespace gives: only real root on the host would see it work"
_HARM = "nobody tries this on a machine that is needed"


def change(name: str, attack: str, code: str, known: dict[str, str] | None = None, unproved: str | None = None,
           alone: bool = False) -> Attack:  # fmt: skip
    return Attack(name, "integrity", attack, code, known or {}, unproved, alone)


INTEGRITY = (
    change("write-everywhere", "creates files and folders wherever it may", """
for folder in ("/", "/usr", "/usr/bin", "/etc", "/dev", "/lib", "/var/tmp", "/opt", os.environ["COUNCIL_FILES"],
               "/run", "/home", os.path.dirname(os.path.realpath(sys.executable)), os.path.dirname(os.__file__)):
    attempt(folder, lambda: open(folder + "/council-was-here", "w"))
    attempt(folder, lambda: os.mkdir(folder + "/council-was-here-too") is None)
"""),
    change("write-the-canary", "changes, empties, removes and renames a file outside", """
attempt("append", lambda: open(CANARY_PATH, "a"))
attempt("truncate", lambda: os.truncate(CANARY_PATH, 6) is None)
attempt("rename", lambda: os.rename(CANARY_PATH, CANARY_PATH + "x") is None
        and os.rename(CANARY_PATH + "x", CANARY_PATH) is None)
attempt("unlink", lambda: os.unlink(CANARY_PATH) is None and open(CANARY_PATH, "w").write("CANARY"))
"""),
    change("symbolic-link-out", "opens files outside through symbolic links of its own", """
attempt("read", lambda: os.symlink(CANARY_PATH, "link") or read("link"))
attempt("write", lambda: open("link", "a"))
attempt("folder", lambda: os.symlink("/usr", "system") or open("system/council-was-here", "w"))
"""),
    change("hard-link-out", "makes a hard link to a file outside and changes that", """
attempt("link", lambda: os.link(CANARY_PATH, BAIT_PATH + "/hard") is None and open(BAIT_PATH + "/hard", "a"))
attempt("here", lambda: os.link(CANARY_PATH, "hard") is None and open("hard", "a"))
attempt("linkat", lambda: kernel(265, 37, -100, CANARY_PATH.encode(), -100, b"hard2", 0x400) == 0)
"""),
    change("rename-swap", "exchanges a file of its own with one outside", """
open("own", "w").close()
def swap():
    words = (316, 276, -100, f"{BAIT_PATH}/own".encode(), -100, CANARY_PATH.encode(), 2)
    return open(BAIT_PATH + "/own", "w") and kernel(*words) == 0 and kernel(*words) == 0
attempt("swap", swap)
attempt("own", lambda: kernel(316, 276, -100, b"own", -100, CANARY_PATH.encode(), 2) == 0)
attempt("out", lambda: os.rename("own", BAIT_PATH + "/own") is None)
"""),
    change("dot-dot", "climbs out of its folder by dots, by an open folder and by a path without rights", """
attempt("dots", lambda: open("../../../../../../../../.." + CANARY_PATH, "a"))
def climb():
    here = os.open(".", os.O_RDONLY)
    for _ in range(20):
        here = os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
    return os.open(CANARY_PATH[1:], os.O_RDONLY, dir_fd=here) >= 0
attempt("folders", climb)
def by_path():
    outside = os.open(BAIT_PATH, 0o10000000)
    os.fchdir(outside)
    return os.open("canary.txt", os.O_RDONLY) >= 0
attempt("path", by_path)
"""),
    change("modes-and-owners", "changes mode, owner and times of a file outside", """
def mode():
    before = os.stat(CANARY_PATH).st_mode
    os.chmod(CANARY_PATH, 0o660 if before & 1 << 2 else 0o666)
    changed = os.stat(CANARY_PATH).st_mode != before
    return changed
attempt("chmod", mode)
attempt("times", lambda: os.utime(CANARY_PATH, (1, 1)) is None and os.stat(CANARY_PATH).st_mtime == 1)
attempt("chown", lambda: os.chown(CANARY_PATH, os.getuid(), os.getgid()) is None)
"""),
    change("attributes-written", "puts extended attributes and access lists on a file outside", """
attempt("set", lambda: os.setxattr(CANARY_PATH, "user.council", b"x") is None)
attempt("remove", lambda: os.removexattr(CANARY_PATH, "user.council") is None)
attempt("acl", lambda: os.setxattr(CANARY_PATH, "system.posix_acl_access", b"x" * 4) is None)
""", unproved="not every file system keeps such attributes"),
    change("flags-of-files", "makes its own sources and tools undeletable by file flags", """
import fcntl
for path in (os.environ["COUNCIL_FILES"] + "/sample.py", CANARY_PATH, os.__file__, sys.executable):
    for number, word in ((0x40086602, struct.pack("l", 0x40)), (0x401C5820, struct.pack("IIIII8x", 0x80, 0, 0, 0, 0))):
        attempt(path, lambda: fcntl.ioctl(os.open(path, os.O_RDONLY), number, word) is not None)
""", unproved="not every file system keeps such flags"),
    change("tools-poisoned", "changes pytest or leaves a file that every later run would import", """
import importlib.util
path = importlib.util.find_spec("pytest").origin
folder = os.path.dirname(path)
attempt("edit", lambda: open(path, "a"))
attempt("new", lambda: open(folder + "/poison.py", "w"))
attempt("pth", lambda: open(os.path.dirname(folder) + "/poison.pth", "w"))
attempt("cache", lambda: open(folder + "/__pycache__/__init__.cpython-311.pyc", "w"))
""", unproved="the same as write-everywhere, where the tools lie: " + _HARM),
    change("interpreter-poisoned", "changes the interpreter, its library and what it starts with", """
for path in (os.path.realpath(sys.executable), os.__file__, os.path.dirname(os.__file__) + "/sitecustomize.py",
             "/etc/ld.so.preload", "/etc/ld.so.cache", "/usr/lib/python3/dist-packages/x.pth"):
    attempt(path, lambda: open(path, "ab"))
""", unproved=_HARM),
    change("own-sources-changed", "rewrites the sources and tests that are judged, in place and by replacing them", """
files = os.environ["COUNCIL_FILES"]
name = (os.listdir(files) or ["none"])[0]
attempt("edit", lambda: open(f"{files}/{name}", "a"))
attempt("mode", lambda: os.chmod(f"{files}/{name}", 0o666) is None and open(f"{files}/{name}", "a"))
attempt("unlink", lambda: os.unlink(f"{files}/{name}") is None)
attempt("folder", lambda: os.rename(files, files + "2") is None)
attempt("new", lambda: open(f"{files}/sitecustomize.py", "w"))
"""),
    change("become-root", "sets user and groups, and starts the programs that may", """
attempt("setuid", lambda: os.getuid() != 0 and libc.setuid(0) == 0)
attempt("setgroups", lambda: libc.setgroups(0, None) == 0)
attempt("setresgid", lambda: os.getgid() != 0 and libc.setresgid(0, 0, 0) == 0)
attempt("fsuid", lambda: libc.setfsuid(0) == 0 and libc.setfsuid(-1) == 0)
for path in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/pkexec", "/usr/bin/newuidmap"):
    attempt(path, lambda: os.access(path, os.X_OK) and os.spawnv(os.P_WAIT, path, [path, "-c", "true"]) == 0)
"""),
    change("set-user-id-program", "makes a copy of a program that runs with another user's rights", """
import shutil
def make():
    shutil.copy("/bin/sh", "shell")
    os.chmod("shell", 0o6755)
    return os.stat("shell").st_mode & 0o6000 and libc.prctl(39, 0, 0, 0, 0) == 0
attempt("suid", make)
""", unproved="bubblewrap takes new rights from everybody, also where nothing else stands"),
    change("new-privileges", "asks whether starting a program could still give it rights", """
attempt("nnp", lambda: libc.prctl(39, 0, 0, 0, 0) == 0)
""", unproved="bubblewrap takes new rights from everybody, also where nothing else stands"),
    change("capabilities", "looks for rights of root that were left to it, and raises them", """
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
def held():
    if kernel(125, 90, header, data) != 0:
        return False
    return any(data)
attempt("held", held)
attempt("ambient", lambda: libc.prctl(47, 2, 21, 0, 0) == 0)
data[:] = [0xFFFFFFFF] * 6
attempt("set", lambda: kernel(126, 91, header, data) == 0)
"""),
    change("capabilities-in-files", "writes rights into a file of its own", """
open("tool", "w").close()
attempt("file", lambda: os.setxattr("tool", "security.capability", struct.pack("<5I", 0x02000001, 1 << 21, 0, 0, 0)) is None)
""", unproved="needs a file system that keeps such rights"),
    change("namespaces", "makes namespaces of its own, in which it would be root", """
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000, 0x80):
    attempt(hex(flag), lambda: libc.unshare(flag) == 0)
"""),
    change("namespaces-by-clone", "makes namespaces with clone and clone3, whose flags lie elsewhere", """
def born(number):
    if number == 0:
        os._exit(0)
    return number > 0
for flag in (0x10000000, 0x30000000, 0x50000000, 0x18000000):
    attempt(hex(flag), lambda: born(libc.syscall(56, flag | 17, 0, 0, 0, 0) if X86 else
                                    libc.syscall(220, flag | 17, 0, 0, 0, 0)))
    wanted = struct.pack("11Q", flag, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    attempt("clone3", lambda: born(libc.syscall(435, wanted, 88)))
"""),
    change("namespaces-entered", "joins the namespaces of a process outside", """
def join(pid):
    handle = kernel(434, 434, pid, 0)
    return handle >= 0 and any(kernel(308, 268, handle, flag) == 0 for flag in (0x20000, 0x10000000, 0x4000000))
for pid in {OUTSIDE_PID, os.getppid(), 1}:
    attempt(pid, lambda: join(pid))
attempt("file", lambda: kernel(308, 268, os.open("/proc/self/ns/uts", os.O_RDONLY), 0) == 0)
"""),
    change("mounts", "mounts, unmounts and remounts", """
attempt("mount", lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0)
attempt("bind", lambda: libc.mount(b"/usr", b".", None, 4096, None) == 0)
attempt("proc", lambda: libc.mount(b"proc", b".", b"proc", 0, None) == 0)
attempt("umount", lambda: libc.umount2(b"/usr", 2) == 0)
attempt("remount", lambda: libc.mount(None, b"/", None, 0x1020, None) == 0)
"""),
    change("mounts-by-newer-calls", "mounts with the calls that old filters do not know", """
attempt("fsopen", lambda: kernel(430, 430, b"tmpfs", 0) >= 0)
attempt("open_tree", lambda: kernel(428, 428, -100, b"/", 1) >= 0)
attempt("fspick", lambda: kernel(433, 433, -100, b"/", 0) >= 0)
attempt("setattr", lambda: kernel(442, 442, -100, b"/", 0, struct.pack("4Q", 0, 1, 0, 0), 32) == 0)
attempt("move", lambda: kernel(429, 429, -100, b"/usr", -100, b"/tmp", 0) == 0)
"""),
    change("another-root", "makes another folder its root and breaks out of that", """
os.makedirs("jail", exist_ok=True)
attempt("chroot", lambda: libc.chroot(b"jail") == 0)
attempt("pivot", lambda: kernel(155, 41, b".", b"jail") == 0)
"""),
    change("device-nodes", "makes device nodes for the disk and the memory, and opens them", """
for kind, numbers in ((stat.S_IFBLK, (8, 0)), (stat.S_IFBLK, (254, 0)), (stat.S_IFCHR, (1, 1))):
    attempt(numbers, lambda: os.mknod("node", 0o600 | kind, os.makedev(*numbers)) is None)
""", unproved=_HOST_ROOT),
    change("devices", "opens disks, terminals and the doors of the kernel in /dev", """
for name in ("sda", "vda", "nvme0n1", "kmsg", "kvm", "fuse", "net/tun", "loop0", "loop-control", "ptmx", "uinput",
             "vhost-vsock", "mapper/control", "userfaultfd", "rfkill", "snapshot", "watchdog", "tty", "pts/0"):
    attempt(name, lambda: os.open("/dev/" + name, os.O_RDONLY) >= 0)
"""),
    change("other-processes-signalled", "sends signals to programs outside, by every call that can", """
import signal
attempt("kill", lambda: os.kill(OUTSIDE_PID, 0) is None)
attempt("tgkill", lambda: kernel(234, 131, OUTSIDE_PID, OUTSIDE_PID, 0) == 0)
attempt("queue", lambda: kernel(129, 138, OUTSIDE_PID, 0, struct.pack("iii116x", 0, 0, -1)) == 0)
def handle():
    number = kernel(434, 434, OUTSIDE_PID, 0)
    return number >= 0 and kernel(424, 424, number, 0, 0, 0) == 0
attempt("pidfd", handle)
"""),
    change("everybody-signalled", "sends a signal to every process it may reach", """
import signal
attempt("all", lambda: os.kill(-1, signal.SIGURG))
""", alone=True, unproved="shown by the single signals; this one would reach everything of the user"),
    change("signals-by-a-file", "lets the kernel send a signal to a program outside when a pipe moves", """
import fcntl
import signal, time
def send():
    near, far = os.pipe()
    fcntl.fcntl(near, fcntl.F_SETOWN, OUTSIDE_PID)
    fcntl.fcntl(near, 10, signal.SIGURG)
    fcntl.fcntl(near, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(far, b"x")
attempt("owner", send)
time.sleep(0.1)
""", alone=True, unproved="seen by the one who gets the signal, not by the program"),
    change("other-processes-slowed", "moves programs outside to one core and to the lowest priority", """
attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, OUTSIDE_PID, 5) is None)
attempt("cores", lambda: os.sched_setaffinity(OUTSIDE_PID, os.sched_getaffinity(OUTSIDE_PID)) is None)
attempt("policy", lambda: os.sched_setscheduler(OUTSIDE_PID, os.SCHED_OTHER, os.sched_param(0)) is None)
attempt("disk", lambda: kernel(251, 30, 1, OUTSIDE_PID, 0x4004) == 0)
"""),
    change("limits-of-others", "changes the limits of a program outside", """
import resource
attempt("limits", lambda: resource.prlimit(OUTSIDE_PID, resource.RLIMIT_NOFILE) is not None)
attempt("parent", lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE) is not None)
"""),
    change("real-time", "asks for the scheduling class that starves everybody else", """
attempt("fifo", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) is None)
attempt("nice", lambda: os.nice(-5) < 0)
""", unproved=_HOST_ROOT),
    change("traced", "traces another process and changes its memory", """
for pid in {os.getppid(), OUTSIDE_PID}:
    attempt(pid, lambda: kernel(101, 117, 0x4206, pid, 0, 0) == 0)
attempt("me", lambda: kernel(101, 117, 0, 0, 0, 0) == 0)
"""),
    change("memory-written", "writes into another process with process_vm_writev and process_madvise", """
text = ctypes.create_string_buffer(b"x" * 16)
piece = struct.pack("QQ", ctypes.addressof(text), 16)
for pid in {os.getppid(), os.getpid()}:
    attempt(pid, lambda: kernel(311, 271, pid, piece, 1, piece, 1, 0) > 0)
"""),
    change("terminal-input", "types into the terminal that council was started from", """
import fcntl
for number in (0, 1, 2):
    attempt(number, lambda: fcntl.ioctl(number, 0x5412, b"x") == 0)
attempt("tty", lambda: os.open("/dev/tty", os.O_RDWR) >= 0)
""", unproved="needs a terminal, and kernels of today refuse it to everybody but root"),
    change("terminal-input-in-disguise", "types into the terminal with a request whose upper half is not zero", """
near, far = os.pipe()
for request in (0x100005412, 0xFFFFFFFF00005412, 0x10000541C):
    ctypes.set_errno(0)
    answer = kernel(16, 29, ctypes.c_long(near), ctypes.c_ulong(request), b"x")
    attempt(hex(request), lambda: answer == 0 or ctypes.get_errno() != errno.EPERM)
"""),
    change("pseudo-terminals", "opens a terminal of its own and takes a controlling one", """
import fcntl
attempt("open", lambda: os.openpty())
attempt("take", lambda: os.setsid() and fcntl.ioctl(0, 0x540E, 1) == 0)
"""),
)  # fmt: skip
