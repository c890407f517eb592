"""What is wrong with a counterexample before it is run: it comes from a model that nobody trusts.

A test can look like a proof and be none: by asserting something that has nothing to do with the code, by changing the
code or the judge, by leaving or skipping, by comparing with an object that equals nothing, by chance. Each of these has
a name. What is no danger to the proof, such as a clumsy import, is let through.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from council.evidence.claims import Claim, Flawed
from council.evidence.dataflow import mentions
from council.types.evidence import Flaw

_TAMPERING_CALLS = frozenset("exec eval compile __import__ globals locals vars setattr delattr".split())
_TAMPERING_FIXTURES = frozenset("monkeypatch mocker patch request".split())
_TAMPERING_ATTRIBUTES = frozenset(
    "__code__ __globals__ __dict__ __class__ __subclasses__ __builtins__ __closure__ __defaults__ __kwdefaults__"
    " __bases__ __mro__ __wrapped__ __self__ __func__ __loader__ __spec__ __setattr__ __delattr__ f_back f_globals"
    " f_locals tb_frame gi_frame cr_frame reload modules".split()
)
_JUDGE = frozenset(
    "council _pytest pluggy conftest builtins gc ctypes inspect importlib imp runpy code codeop pdb bdb trace atexit"
    " faulthandler tracemalloc dis ast symtable".split()
)
_MACHINE = frozenset(
    "subprocess socket ssl signal multiprocessing pty fcntl resource mmap shutil tempfile glob pathlib urllib http"
    " requests httpx ftplib smtplib telnetlib webbrowser getpass pwd pickle shelve dbm sqlite3 posix nt".split()
)
_CLOCK = frozenset("time secrets uuid".split())
_HARMLESS = {
    "sys": frozenset("maxsize float_info maxunicode version_info getsizeof byteorder".split()),
    "os": frozenset("path sep linesep".split()),
}
_COMPARING = frozenset(
    "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __bool__ __hash__ __contains__ __instancecheck__".split()
)
_ENDS = frozenset("exit quit".split())
_ENDINGS = frozenset("_exit abort kill killpg exit".split())
_SKIPS = frozenset("skip xfail importorskip skipif skipIf skipUnless skipTest expectedFailure".split())
_NEVER = (ast.NotEq, ast.Lt, ast.Gt, ast.IsNot, ast.NotIn)
_ENDLESS = frozenset("count cycle".split())


def screen(claim: Claim) -> Flawed | None:
    """Return what makes a counterexample worthless whatever its run shows; ``None`` where nothing is seen."""
    tree = claim.tree
    for look in (_leaving, _tampering, _reaching_out, _skipping, _chance, _rigged, _endless, _vacuous):
        found = next(iter(look(tree, claim)), None)
        if found is not None:
            return found
    return None


def _flaw(flaw: Flaw, words: str) -> Flawed:
    return Flawed(flaw=flaw, reason=words)


def _leaving(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name, base = _called(node)
            if (base is None and name in _ENDS) or (base in ("os", "sys", "pytest", "signal") and name in _ENDINGS):
                yield _flaw(Flaw.EXITS, f"it ends the interpreter itself: {_short(node)}")
        elif isinstance(node, ast.Raise) and node.exc is not None:
            if any(word in ast.unparse(node.exc) for word in ("SystemExit", "KeyboardInterrupt", "GeneratorExit")):
                yield _flaw(Flaw.EXITS, f"it ends the interpreter itself: {_short(node)}")
        elif isinstance(node, ast.ImportFrom) and node.module in ("os", "sys"):
            if {alias.name for alias in node.names} & _ENDINGS:
                yield _flaw(Flaw.EXITS, f"it takes the way out of the interpreter: {_short(node)}")


def _tampering(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if _root(node) in claim.roots:
                yield _flaw(Flaw.TAMPERS, f"it changes the code under review: {_short(node)}")
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and node.id in claim.roots:
            yield _flaw(Flaw.TAMPERS, f"it puts its own {node.id} in the place of the code's")
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in claim.roots:
            yield _flaw(Flaw.TAMPERS, f"it puts its own {node.name} in the place of the code's")
        elif isinstance(node, ast.Attribute) and node.attr in _TAMPERING_ATTRIBUTES:
            yield _flaw(Flaw.TAMPERS, f"it reaches behind the code: {_short(node)}")
        elif isinstance(node, ast.Call) and _called(node) in [(name, None) for name in _TAMPERING_CALLS]:
            yield _flaw(Flaw.TAMPERS, f"it reaches behind the code: {_short(node)}")
        elif isinstance(node, ast.arg) and node.arg in _TAMPERING_FIXTURES:
            yield _flaw(Flaw.TAMPERS, f"it takes {node.arg}, which replaces parts of the code")
        elif isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node):
            yield _flaw(Flaw.TAMPERS, f"it replaces parts of the code: {_short(node)}")


def _reaching_out(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    for node in ast.walk(tree):
        for module in _imports(node):
            head = module.partition(".")[0]
            if head in _JUDGE and head not in claim.roots:
                yield _flaw(Flaw.REACHES_OUT, f"it imports {module}, a part of what judges it")
            elif head in _MACHINE and head not in claim.roots:
                yield _flaw(Flaw.REACHES_OUT, f"it imports {module}: it uses the machine")
        if isinstance(node, ast.ImportFrom) and node.module in _HARMLESS:
            if not {alias.name for alias in node.names} <= _HARMLESS[node.module]:
                yield _flaw(Flaw.REACHES_OUT, f"it uses the machine: {_short(node)}")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _HARMLESS:
            if node.value.id not in claim.roots and node.attr not in _HARMLESS[node.value.id]:
                yield _flaw(Flaw.REACHES_OUT, f"it uses the machine: {_short(node)}")
        elif isinstance(node, ast.Call) and _called(node) in [("open", None), ("input", None), ("breakpoint", None)]:
            yield _flaw(Flaw.REACHES_OUT, f"it uses the machine: {_short(node)}")


def _skipping(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _SKIPS and _root(node) in ("pytest", "unittest", "self"):
            yield _flaw(Flaw.SKIPS, f"it skips itself or expects to fail: {_short(node)}")
        elif isinstance(node, ast.ImportFrom) and node.module in ("pytest", "unittest"):
            if {alias.name for alias in node.names} & _SKIPS:
                yield _flaw(Flaw.SKIPS, f"it skips itself or expects to fail: {_short(node)}")


def _chance(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    text = ast.unparse(tree)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        for module in _imports(node) if _bound_by(node) & {*used, "*"} else ():  # an idle import changes nothing
            if module in _CLOCK and module not in claim.roots:
                yield _flaw(Flaw.CHANCE, f"it imports {module}: it depends on chance or on the clock")
            elif module == "random" and not _seeded(tree):
                yield _flaw(Flaw.CHANCE, "it imports random and sets no seed")
        if isinstance(node, ast.Call) and _called(node)[0] in ("now", "today", "utcnow") and "datetime" in text:
            yield _flaw(Flaw.CHANCE, f"it depends on the clock: {_short(node)}")
        elif isinstance(node, ast.Call) and _called(node) in [("id", None), ("hash", None)]:
            yield _flaw(Flaw.CHANCE, f"it depends on an address: {_short(node)}")


def _seeded(tree: ast.Module) -> bool:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node)[0] in ("seed", "Random")]
    fixed = [call.args[0] for call in calls if call.args]
    return any(isinstance(seed, ast.Constant) and seed.value is not None for seed in fixed)


def _rigged(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            own = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)} & _COMPARING
            if own:
                yield _flaw(Flaw.RIGGED, f"{node.name} says itself what it equals ({', '.join(sorted(own))})")
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_is_nan(side) for side in sides) or any(_called(s) == ("object", None) for s in sides):
                yield _flaw(Flaw.RIGGED, f"nothing equals what it compares with: {_short(node)}")
            fresh = any(isinstance(side, ast.List | ast.Dict | ast.Set | ast.Tuple) for side in sides)
            if fresh and any(isinstance(operator, ast.Is) for operator in node.ops):
                yield _flaw(Flaw.RIGGED, f"nothing is the same object as a new one: {_short(node)}")


def _endless(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    for node in ast.walk(tree):
        if isinstance(node, ast.While) and _is_true(node.test):
            leaves = any(isinstance(inner, ast.Break | ast.Return | ast.Raise) for inner in ast.walk(node))
            if not leaves:
                yield _flaw(Flaw.ENDLESS, "it holds a loop without an end")
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and _called(node.iter)[0] in _ENDLESS:
            if not any(isinstance(inner, ast.Break | ast.Return) for inner in ast.walk(node)):
                yield _flaw(Flaw.ENDLESS, "it holds a loop without an end")


def _vacuous(tree: ast.Module, claim: Claim) -> Iterator[Flawed]:
    if not any(mentions(node, claim.names) for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Assert)):
        yield Flawed(flaw=Flaw.VACUOUS, reason="it never uses the code under review")
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _NEVER):
            if ast.dump(node.left) == ast.dump(node.comparators[0]):
                yield _flaw(Flaw.VACUOUS, f"no code can fulfil {_short(node)}")


def _called(node: ast.AST) -> tuple[str | None, str | None]:
    """Return the name that is called and the one before its dot, where there are such."""
    if not isinstance(node, ast.Call):
        return None, None
    if isinstance(node.func, ast.Name):
        return node.func.id, None
    if isinstance(node.func, ast.Attribute):
        return node.func.attr, _root(node.func)
    return None, None


def _root(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _bound_by(node: ast.AST) -> set[str]:
    """Return the names that an import brings."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}


def _is_nan(node: ast.AST) -> bool:
    return ast.unparse(node).lower().replace('"', "'") in ("float('nan')", "math.nan", "nan", "np.nan", "numpy.nan")


def _is_true(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).partition("\n")[0]
    return text if len(text) <= 80 else f"{text[:79]}…"
