"""Programs that want all of the machine, or never to end."""

from __future__ import annotations

from hostile_attacks.base import Attack

_HARM = "nobody lets these loose on a machine that is needed; each layer is taken away in turn in the sandbox's own tests"
_COUNTED = "where no file system of its own can be had names are counted by looking: on a loaded machine a flood can be faster than the count"
_SOCKETS = "kernel memory that no count of a process shows; without a network of its own its sockets cannot be counted either"


def bomb(name: str, attack: str, code: str, known: dict[str, str] | None = None, **limits: float) -> Attack:
    return Attack(name, "availability", attack, code, known or {}, _HARM, limits=limits)


def greedy(name: str, attack: str, code: str, known: dict[str, str] | None = None, **limits: float) -> Attack:
    return Attack(name, "availability", attack, code, known or {}, _HARM, limits={"wall_s": 20, **limits}, sure=True)


AVAILABILITY = (
    bomb("fork-bomb", "makes copies of itself without end", """
while True:
    try:
        os.fork()
    except OSError:
        pass
"""),
    greedy("fork-bomb-that-flees", "makes copies in sessions of their own and lets their parents end", """
while True:
    try:
        if os.fork():
            os.setsid() if os.getpid() % 2 else os._exit(0)
    except OSError:
        pass
"""),
    bomb("thread-bomb", "starts threads without end", """
import threading, time
while True:
    try:
        threading.Thread(target=time.sleep, args=(1000,)).start()
    except RuntimeError:
        pass
"""),
    bomb("memory", "takes memory until none is left", """
blocks = []
while True:
    try:
        blocks.append(bytearray(1 << 24))
    except MemoryError:
        pass
"""),
    greedy("memory-in-many-processes", "takes a little memory in each of many processes", """
import time
reader, writer = os.pipe()
for _ in range(10):
    if os.fork() == 0:
        block = bytearray(100 << 20)
        os.write(writer, b".")
        time.sleep(30)
taken = 0
while taken < 10:
    taken += len(os.read(reader, 10))
time.sleep(1)
print("GOT IT", flush=True)
""", wall_s=10),
    greedy("memory-shared", "takes shared memory, which no process owns", """
import mmap, time
block = mmap.mmap(-1, 768 << 20)
for at in range(0, 768 << 20, 4096):
    block[at] = 1
time.sleep(1)
print("GOT IT", flush=True)
""", wall_s=10),
    greedy("memory-shared-and-hidden", "takes shared memory and lets its pages vanish from every count", """
import mmap, time
block = mmap.mmap(-1, 768 << 20)
for start in range(0, 768 << 20, 16 << 20):
    for at in range(start, start + (16 << 20), 4096):
        block[at] = 1
    block.madvise(mmap.MADV_DONTNEED, start, 16 << 20)
time.sleep(1)
print("GOT IT", flush=True)
""", wall_s=10),
    greedy("memory-in-sockets", "keeps data in the buffers of sockets, which belong to the kernel", """
import time
kept, pairs = 0, []
try:
    for child in range(5):
        if child and os.fork():
            continue
        while True:
            near, far = socket.socketpair()
            pairs.append((near, far))
            for end in (near, far):
                end.setblocking(False)
                try:
                    while True:
                        kept += end.send(b"x" * 65536)
                except OSError:
                    pass
except OSError:
    pass
time.sleep(1)
if kept > 96 << 20:
    print("GOT IT", kept, flush=True)
""", known={"landlock": _SOCKETS}),
    greedy("memory-in-pipes", "keeps data in the buffers of pipes, which belong to the kernel", """
import fcntl
kept, pipes = 0, []
try:
    while True:
        near, far = os.pipe()
        pipes.append((near, far))
        fcntl.fcntl(far, 1031, 1 << 20)
        os.set_blocking(far, False)
        try:
            while True:
                kept += os.write(far, b"x" * 65536)
        except BlockingIOError:
            pass
except OSError:
    pass
if kept > 128 << 20:
    print("GOT IT", kept, flush=True)
"""),
    bomb("disk", "fills the disk with files", """
n = 0
while True:
    n += 1
    try:
        open(f"f{n}", "wb").write(b"x" * (1 << 20))
    except OSError:
        n = 0
"""),
    greedy("disk-after-unlinking", "fills the disk with files that have no name any more", """
import time
held, kept = [], 0
for n in range(200):
    try:
        file = open(f"f{n}", "wb", buffering=0)
        os.unlink(f"f{n}")
        held.append(file)
        kept += file.write(b"x" * (1 << 20))
    except OSError:
        break
time.sleep(0.5)
if kept > 64 << 20:
    print("GOT IT", kept >> 20, flush=True)
"""),
    greedy("sparse-file", "makes a file that says it is larger than the disk", """
attempt("large", lambda: os.truncate(os.open("sparse", os.O_CREAT | os.O_WRONLY) and "sparse", 1 << 40) is None)
attempt("allocated", lambda: os.posix_fallocate(os.open("full", os.O_CREAT | os.O_WRONLY), 0, 1 << 30) is None)
"""),
    greedy("inode-flood", "makes empty files until the file system has no room for names", """
n = 0
try:
    while n < 100_000:
        n += 1
        os.close(os.open(f"f{n}", os.O_CREAT))
except OSError:
    pass
if n >= 100_000:
    print("GOT IT", n, flush=True)
""", known={"landlock/ordinary": _COUNTED}, wall_s=60),
    greedy("folder-depth", "makes folders in folders until nobody can remove them", """
try:
    for n in range(8_000):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
print("deep", n)
"""),
    greedy("shared-memory-folder-filled", "fills /dev/shm, which is memory", """
kept = 0
try:
    for n in range(300):
        with open(f"/dev/shm/{TOKEN}{n}", "wb", buffering=0) as file:
            kept += file.write(b"x" * (1 << 20))
except OSError:
    pass
if kept > 128 << 20:
    print("GOT IT", kept, flush=True)
"""),
    greedy("descriptor-flood", "opens files until the system has none left", """
held = []
try:
    while len(held) < 5000:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
if len(held) >= 5000:
    print("GOT IT", len(held), flush=True)
"""),
    bomb("output", "writes to its output without end", """
while True:
    os.write(1, b"x" * 65536)
"""),
    bomb("output-of-errors", "writes to both outputs and never a line end", """
while True:
    os.write(2, b"\\0" * 65536)
    os.write(1, b"\\xff" * 65536)
"""),
    bomb("one-core-for-ever", "computes without end in one call of C, which no Python signal interrupts", """
sum(n for n in iter(int, 1))
9 ** 9 ** 9
""", cpu_s=1),
    bomb("ignores-signals", "ignores every signal it can and sleeps", """
import signal, time
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(600)
"""),
    bomb("sleeps", "does nothing, for ever", "import time\ntime.sleep(100000)\n"),
    bomb("stops-itself", "stops itself and its parent, so that nobody is there to end", """
import signal
os.kill(os.getppid(), signal.SIGSTOP)
os.kill(0, signal.SIGSTOP)
"""),
    greedy("daemon", "leaves a process behind that has no parent, no session and no name", """
import time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3):
            os.close(number)
        libc.prctl(15, b"kworker/0:1", 0, 0, 0)
        time.sleep(600)
    os._exit(0)
os.wait()
"""),
    greedy("daemons-by-the-dozen", "leaves processes that start each other again when one of them ends", """
import time
def live():
    os.setsid()
    while True:
        if os.fork() == 0:
            time.sleep(0.01)
            os._exit(0)
        try:
            os.wait()
        except OSError:
            pass
for _ in range(12):
    if os.fork() == 0:
        live()
time.sleep(0.3)
"""),
    greedy("another-program-left", "leaves a shell that ignores hangups and goes on", """
if os.fork() == 0:
    os.setsid()
    os.execv("/bin/sh", [TOKEN, "-c", f"trap '' HUP TERM INT; while :; do sleep 1; done # {TOKEN}"])
"""),
    greedy("output-held-open", "ends and leaves its outputs open in a process that sleeps", """
import time
if os.fork() == 0:
    time.sleep(600)
"""),
    bomb("zombies", "makes children and never waits for them", """
import time
while True:
    try:
        if os.fork() == 0:
            os._exit(0)
    except OSError:
        time.sleep(0.01)
"""),
    bomb("traced-stop", "raises every stopping signal in itself, again and again", """
import signal, threading
while True:
    if os.fork() == 0:
        while True:
            os.kill(os.getpid(), signal.SIGTSTP)
    os.kill(os.getpid(), signal.SIGTTIN)
"""),
    bomb("deep-recursion", "recurses until the stack is full", """
import threading
sys.setrecursionlimit(1 << 30)
threading.stack_size(64 << 20)
def down(n):
    return down(n + 1)
one = threading.Thread(target=down, args=(0,))
one.start()
one.join()
os.abort()
"""),
    bomb("compression-bomb", "unpacks a little into much", """
import zlib
small = zlib.compress(bytes(1 << 26), 9)
blocks = []
while True:
    try:
        blocks.append(zlib.decompress(small))
    except MemoryError:
        os.abort()
"""),
    bomb("locks-in-memory", "locks its memory so that it can never leave", """
block = ctypes.create_string_buffer(64 << 20)
if libc.mlock(block, len(block)) == 0 or libc.mlockall(3) == 0:
    import time
    print("GOT IT locked", flush=True)
    os._exit(0)
os.abort()
"""),
)  # fmt: skip
