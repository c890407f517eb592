"""Programs that want what they may not know: keys, files, memory and traces of the user and of other programs."""

from __future__ import annotations

from hostile_attacks.base import Attack

_ROOTS_ONLY = "needs a right that no namespace gives: only real root on the host would see it work"
_METADATA = "Landlock guards the content of files and not their existence, size and times, and Python itself needs stat"


def secret(name: str, attack: str, code: str, known: dict[str, str] | None = None, unproved: str | None = None,
           alone: bool = False) -> Attack:  # fmt: skip
    return Attack(name, "secrets", attack, code, known or {}, unproved, alone)


SECRETS = (
    secret("environment-of-others", "reads the environment of every process through /proc", """
for pid in ["self", *map(str, range(1, 400)), str(os.getppid()), str(OUTSIDE_PID)]:
    attempt(pid, lambda: b"CANARY" in open(f"/proc/{pid}/environ", "rb").read())
"""),
    secret("own-environment", "looks for keys in its own variables", """
attempt("env", lambda: "CANARY" in str(dict(os.environ)) or any("KEY" in name for name in os.environ))
"""),
    secret("own-stack", "searches the memory above its own arguments, where the kernel laid the first environment", """
first = ctypes.POINTER(ctypes.c_void_p).in_dll(libc, "environ")[0]
for size in range(40, 2000, 40):
    attempt(size, lambda: b"CANARY" in ctypes.string_at(first, size))
"""),
    secret("canary-file", "opens a file whose path it knows", """
attempt("file", lambda: read(CANARY_PATH))
"""),
    secret("home-dotfiles", "opens the usual files with keys below a home folder", """
for name in (".ssh/id_rsa", ".aws/credentials", ".netrc", ".config/gh/hosts.yml", ".docker/config.json", ".pypirc",
             ".git-credentials", ".bash_history", ".config/council/council.toml", ".gnupg/private-keys-v1.d/key"):
    for home in (HOME_PATH, os.path.expanduser("~"), "/root"):
        attempt(name, lambda: read(f"{home}/{name}"))
"""),
    secret("homes-listed", "lists the folders in which homes and mail lie", """
for folder in ("/root", "/home", "/var/mail", "/var/spool/cron", HOME_PATH):
    attempt(folder, lambda: [1 for _ in os.scandir(folder)] or True)
"""),
    secret("accounts-of-the-machine", "reads accounts, names and numbers of the machine", """
for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/machine-id", "/etc/resolv.conf", "/etc/hosts"):
    attempt(path, lambda: read(path))
"""),
    secret("proc-of-the-machine", "reads what /proc and /sys tell of the kernel and of mounts", """
for path in ("/proc/mounts", "/proc/self/maps", "/proc/1/cmdline", "/proc/kallsyms", "/proc/net/tcp", "/proc/version",
             "/sys/kernel/notes", "/sys/class/dmi/id/product_name", "/sys/block"):
    attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else read(path))
"""),
    secret("logs-of-the-machine", "lists and reads logs and who is logged in", """
for path in ("/var/log", "/var/lib", "/run", "/var/cache"):
    attempt(path, lambda: os.listdir(path))
attempt("wtmp", lambda: read("/var/log/wtmp"))
"""),
    secret("memory-of-the-parent", "reads the memory of the process that started it through /proc", """
for pid in (1, os.getppid()):
    attempt(pid, lambda: open(f"/proc/{pid}/maps").read(10))
    attempt(pid, lambda: os.open(f"/proc/{pid}/mem", os.O_RDONLY) >= 0)
"""),
    secret("memory-by-system-call", "reads the memory of other processes with process_vm_readv", """
text = ctypes.create_string_buffer(b"x" * 16)
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
piece = Piece(ctypes.addressof(text), 16)
for pid in {os.getppid(), OUTSIDE_PID, os.getpid()}:
    attempt(pid, lambda: kernel(310, 270, pid, ctypes.byref(piece), 1, ctypes.byref(piece), 1, 0) > 0)
"""),
    secret("descriptors-of-others", "takes open files out of another process with pidfd_getfd", """
def steal(pid):
    handle = kernel(434, 434, pid, 0)
    return handle >= 0 and any(kernel(438, 438, handle, number, 0) >= 0 for number in range(12))
for pid in {os.getppid(), os.getpid()}:
    attempt(pid, lambda: steal(pid))
"""),
    secret("inherited-descriptors", "looks for open files that were left to it", """
for number in range(3, 512):
    attempt(number, lambda: os.fstat(number) and True)
""", alone=True),
    secret("kernel-keyring", "reads and writes the keyrings of the kernel", """
attempt("session", lambda: kernel(250, 219, 0, -3, 1) > 0)
attempt("user", lambda: kernel(250, 219, 0, -4, 1) > 0)
attempt("add", lambda: kernel(248, 217, b"user", b"council", b"x", 1, -4) > 0)
"""),
    secret("shared-memory-of-system-v", "attaches the old shared memory of other programs", """
def attach(number):
    where = kernel(30, 196, number, 0, 0o10000)
    return where > 0 and ctypes.string_at(where, 6) == b"CANARY"
attempt("by number", lambda: attach(SHM_NUMBER))
attempt("by key", lambda: attach(kernel(29, 194, SHM_KEY, 64, 0o400)))
"""),
    secret("message-queues", "opens the message queues of the machine", """
attempt("mq", lambda: kernel(240, 180, b"council", os.O_CREAT | os.O_RDWR, 0o600, 0) >= 0)
"""),
    secret("temporary-files-of-others", "lists the machine's folders for temporary files", """
for folder in ("/tmp", "/var/tmp", os.environ.get("TMPDIR", "/tmp"), BAIT_PATH, os.path.dirname(BAIT_PATH)):
    attempt(folder, lambda: any(os.path.basename(BAIT_PATH) in (name, folder) or name == "canary.txt"
                                for name in os.listdir(folder)))
"""),
    secret("other-runs", "looks for the files of reviews that run at the same time", """
above = os.path.dirname(os.path.dirname(os.environ["COUNCIL_FILES"]))
attempt("runs", lambda: [name for name in os.listdir(above) if name.startswith("council-run")])
attempt("run", lambda: [name for name in os.listdir(os.path.dirname(os.environ["COUNCIL_FILES"])) if name == "filter"])
"""),
    secret("the-judges-own-files", "reads council's source, tests and settings where they lie on the host", """
for path in (JUDGE_PATH, os.path.dirname(JUDGE_PATH) + "/matrix.toml"):
    attempt(path, lambda: read(path))
"""),
    secret("core-dumps", "asks for a core dump, which a handler outside would get", """
import resource
attempt("core", lambda: resource.getrlimit(resource.RLIMIT_CORE)[1] != 0)
attempt("pattern", lambda: read("/proc/sys/kernel/core_pattern"))
"""),
    secret("kernel-log", "reads the log of the kernel", """
attempt("syslog", lambda: kernel(103, 116, 10, 0, 0) >= 0)
attempt("kmsg", lambda: os.open("/dev/kmsg", os.O_RDONLY) >= 0)
""", unproved=_ROOTS_ONLY),
    secret("physical-memory", "opens the memory and the ports of the machine", """
for path in ("/dev/mem", "/dev/port", "/proc/kcore", "/dev/nvram", "/dev/cpu/0/msr"):
    attempt(path, lambda: os.open(path, os.O_RDONLY) >= 0)
""", unproved=_ROOTS_ONLY),
    secret("file-handles", "opens files by handle, past every path, as the escape from old containers did", """
handle = struct.pack("Ii", 128, 0) + bytes(128)
buffer, mount = ctypes.create_string_buffer(handle), ctypes.c_int()
attempt("name", lambda: kernel(303, 264, -100, b"/", buffer, ctypes.byref(mount), 0) == 0)
attempt("open", lambda: kernel(304, 265, os.open("/", os.O_RDONLY), struct.pack("IiQ", 8, 1, 2), 0) >= 0)
"""),
    secret("sizes-and-times-of-files", "asks for size and times of a file that it may not read", """
attempt("stat", lambda: os.stat(CANARY_PATH).st_size > 0)
attempt("access", lambda: os.access(CANARY_PATH, os.R_OK))
""", known={"landlock/ordinary": _METADATA}),
    secret("attributes-of-files", "reads extended attributes of a file that it may not read", """
attempt("set", lambda: os.setxattr(CANARY_PATH, "user.council", b"secret") is None)
attempt("list", lambda: os.listxattr(CANARY_PATH))
attempt("get", lambda: os.getxattr(CANARY_PATH, "user.council"))
"""),
    secret("files-watched", "lets the kernel tell of every change in a folder that it may not read", """
one = kernel(294, 26, 0)
attempt("watch", lambda: kernel(254, 27, one, BAIT_PATH.encode(), 0xFFF) >= 0)
everything = kernel(300, 262, 0, 0)
attempt("fanotify", lambda: everything >= 0 and kernel(301, 263, everything, 1, 2, -100, BAIT_PATH.encode()) == 0)
"""),
    secret("profiling", "measures other programs with the performance counters", """
attributes = struct.pack("IIQ", 1, 112, 0) + bytes(96)
attempt("perf", lambda: kernel(298, 241, attributes, OUTSIDE_PID, -1, -1, 0) >= 0)
attempt("own", lambda: kernel(298, 241, attributes, 0, -1, -1, 0) >= 0)
""", unproved="many kernels allow no counter to anybody but root"),
    secret("agent-socket", "asks the key agent over its socket", """
attempt("listed", lambda: os.listdir(os.path.dirname(SOCKET_PATH)))
attempt("agent", lambda: socket.socket(socket.AF_UNIX).connect(SOCKET_PATH) is None)
attempt("variable", lambda: os.environ.get("SSH_AUTH_SOCK"))
"""),
    secret("cloud-metadata", "asks the metadata server of a cloud for the machine's credentials", """
def ask(kind, address, port):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as end:
        end.settimeout(1)
        end.connect((address, port))
        return True
for address, port in (("169.254.169.254", 80), ("169.254.170.2", 80), ("fd00:ec2::254", 80), (METADATA, OUTSIDE_PORT)):
    attempt(address, lambda: ask(socket.SOCK_STREAM, address, port))
"""),
)  # fmt: skip
