"""What the tables hold: one program with its class, its attack in a sentence, and what must hold."""

from __future__ import annotations

from dataclasses import dataclass, field

HOLDS = {
    "secrets": "nothing of the user, the machine or another program can be read",
    "integrity": "nothing outside the scratch folder changes, and no right is gained",
    "network": "nothing outside the sandbox can be reached or heard",
    "availability": "the run ends in time with everything it started, and never takes more than its limits",
    "tampering": "tests that fail honestly are not believed to have passed",
    "output": "what a program says stays text: one line stays one line and no control character is shown",
    "static": "the file is read or refused, never misread, and whatever hides in it is told",
    "tools": "what the tool would have found is found, or the check has not passed",
    "benign": "an honest program passes",
}
"""What must hold for each class, unless an attack says it more closely."""


@dataclass(frozen=True)
class Attack:
    """One program.

    ``known`` names where the promise is known not to hold, with the reason: the keys are a column of the matrix
    (``landlock``, ``bubblewrap_apart``), a backend for one user (``landlock/ordinary``), or ``together`` and
    ``apart`` for every backend. ``unproved`` says why the attack is not shown to work where no walls stand.
    """

    name: str
    kind: str
    attack: str
    code: str
    known: dict[str, str] = field(default_factory=dict)
    unproved: str | None = None
    alone: bool = False
    """Needs a sandbox start of its own: a neighbour in the batch would change what it sees."""
    files: dict[str, str] = field(default_factory=dict)
    """What lies beside the code in the submission."""
    tests: str | dict[str, str] | None = None
    """Other tests than the usual ones."""
    check: str = "tests"
    finds: str | None = None
    """The rule that must be among the findings of ``check``, or the check must not have passed."""
    limits: dict[str, float] = field(default_factory=dict)
    sure: bool = False
    """Availability: the program ends by itself and says ``GOT IT`` when it got more than its limits."""
    holds: str = ""

    @property
    def promise(self) -> str:
        """What must hold."""
        return self.holds or HOLDS[self.kind]


PRELUDE = '''
import ctypes, errno, os, socket, stat, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
X86 = os.uname().machine == "x86_64"

def attempt(name, call):
    """Say so when the call gets something; a mistake of the program itself is no defence."""
    try:
        got = call()
    except (NameError, AttributeError, TypeError, SyntaxError, ImportError) as mistake:
        print("WRONG", name, repr(mistake), flush=True)
    except BaseException:
        pass
    else:
        if got:
            print("GOT IT", name, flush=True)

def kernel(x86, arm, *arguments):
    """Make a system call; below zero is an error."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return libc.syscall(ctypes.c_long(x86 if X86 else arm), *words)

def read(path):
    with open(path, "rb") as file:
        return file.read(64) or b"empty"
'''
"""What every escape program begins with. The words of the bait stand before it."""
