"""The picture of the house, held: storeys, rooms, doors, no cycle in any sense, names of one word."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "council"
STOREY = {
    "types": 0, "errors": 0, "text": 0, "syntax": 0, "concurrency": 0, "_version": 0, "resources": 0,
    "keeping": 1, "layers": 1, "prose": 1,
    "policies": 1, "protocols": 1, "settings": 1, "templating": 1, "sources": 1, "examples": 1,
    "models": 2, "generation": 2, "sandbox": 2, "validation": 2, "reviewing": 2, "evidence": 2, "probing": 2, "consensus": 2, "versions": 2,
    "store": 2, "rendering": 2, "suites": 2, "measuring": 2, "advising": 2, "auditing": 2,
    "turns": 3, "engine": 3, "stages": 3, "witnessing": 3, "sampling": 3, "questioning": 3, "rehearings": 4,
    "api": 4, "bench": 4, "advisories": 4, "guidance": 4, "audits": 4, "batch": 4, "selftest": 4,
    "cli": 5, "mcp": 5, "__main__": 6, "__init__": 6,
}  # fmt: skip
ROOMS = {name for name, storey in STOREY.items() if storey == 2}
MAY_KNOW_ROOMS = {
    "turns", "engine", "stages", "witnessing", "sampling", "questioning", "rehearings", "api", "bench", "advisories",
    "guidance", "audits", "batch", "selftest", "cli", "mcp",
}  # fmt: skip
DOORS = {
    "litellm": {"models/litellm.py"},
    "httpx": {"models/ollama.py"},
    "asyncio_throttle": {"models/gate.py"},
    "tenacity": {"models/gate.py"},
    "jinja2": {"templating.py"},
    "sqlalchemy": {"store/"},
    "alembic": {"store/"},
    "psycopg": {"store/"},
    "subprocess": {"sandbox/"},
    "ctypes": {"sandbox/"},
    "json_repair": {"reviewing/"},
    "rich": {"rendering/terminal.py", "rendering/terminal/", "rendering/live.py", "cli/"},
    "platformdirs": {"settings.py"},
    "scipy": {"measuring/"},
    "libcst": {"probing/inside/"},
    "coverage": {"validation/inside/"},
    "sklearn": {"consensus/likeness.py"},
    "dulwich": {"auditing/"},
    "psutil": {"bench/machine.py"},
    "tomlkit": {"policies/"},
    "markdown_it": {"rendering/pages.py"},
    "nh3": {"rendering/pages.py"},
    "sarif_pydantic": {"rendering/sarif.py"},
    "xllamacpp": {"models/embedded.py"},
}


class Module:
    """One file of the package with every import in it, wherever it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path.relative_to(PACKAGE).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.room = parts[1] if len(parts) > 1 else "__init__"

    def imports(self) -> set[str]:
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno} imports relatively"
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    is_module = module_file(inner) is not None
                    found.add(inner if is_module else node.module or "")
        return found


def module_file(name: str) -> Path | None:
    base = ROOT.joinpath(*name.split("."))
    if base.with_suffix(".py").is_file():
        return base.with_suffix(".py")
    return base / "__init__.py" if (base / "__init__.py").is_file() else None


MODULES = [Module(path) for path in sorted(PACKAGE.rglob("*.py")) if "migrations/versions" not in path.as_posix()]
IDS = [module.path for module in MODULES]


def room_of(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def council_imports(module: Module) -> set[str]:
    return {name for name in module.imports() if name == "council" or name.startswith("council.")}


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_every_module_has_a_storey(module: Module) -> None:
    assert module.room in STOREY


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_imports_go_down(module: Module) -> None:
    for name in council_imports(module):
        theirs = room_of(name)
        assert theirs == module.room or STOREY[theirs] <= STOREY[module.room], f"{module.path} imports up: {name}"


@pytest.mark.parametrize("module", [m for m in MODULES if m.room not in MAY_KNOW_ROOMS], ids=lambda m: m.path)
def test_no_room_knows_another(module: Module) -> None:
    others = {name for name in council_imports(module) if room_of(name) in ROOMS and room_of(name) != module.room}
    assert not others


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_each_library_has_one_door(module: Module) -> None:
    for name in module.imports():
        doors = DOORS.get(name.split(".")[0])
        if doors is not None:
            assert any(module.path == d or (d.endswith("/") and module.path.startswith(d)) for d in doors), name


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_the_environment_has_one_door(module: Module) -> None:
    if module.path == "settings.py" or "/inside/" in module.path:
        return  # a program that runs inside the sandbox has an environment of its own
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in ("environ", "getenv", "putenv"), f"{module.path}:{node.lineno}"
            # A program runs through sandbox/; the launcher that becomes the sandbox lives there too.
            assert not node.attr.startswith(("exec", "spawn", "system", "popen")) or module.room == "sandbox"


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_only_doors_print(module: Module) -> None:
    if module.room in ("cli", "__main__") or module.path.startswith(("rendering/terminal", "sandbox/", "validation/")):
        return  # programs that run inside the sandbox speak on their own standard output
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{module.path}:{node.lineno}"


def test_no_cycle_in_any_sense() -> None:
    """Functions, TYPE_CHECKING blocks and top level count alike."""
    graph = {}
    for module in MODULES:
        edges = set()
        for name in council_imports(module):
            target = name if module_file(name) is not None else name.rpartition(".")[0]
            if target not in (module.name, "council"):
                edges.add(target)
        graph[module.name] = edges
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"import cycle: {' → '.join((*trail[trail.index(name):], name))}"
        if name not in done:
            for target in sorted(graph.get(name, ())):
                visit(target, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_no_bare_tasks(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("ensure_future", "gather"):
            pytest.fail(f"{module.path}:{node.lineno}: {node.attr}")
        if isinstance(node, ast.Attribute) and node.attr == "create_task" and isinstance(node.value, ast.Name):
            assert node.value.id != "asyncio" or module.path == "api.py", f"{module.path}:{node.lineno}"


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_public_things_say_what_they_do(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.path} has no docstring"
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module.path}: {node.name} has no docstring"


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_files_stay_small(module: Module) -> None:
    lines = (PACKAGE / module.path).read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{module.path} has {lines} lines; about 300 is the rule"


@pytest.mark.parametrize("module", MODULES, ids=IDS)
def test_no_possessive_groups(module: Module) -> None:
    """Python 3.11.0 to 3.11.4 match possessive groups wrongly (gh-106052), and Debian ships 3.11.2."""
    compiles = "re.compile" in ast.unparse(module.tree)
    for node in ast.walk(module.tree):
        if compiles and isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(
                r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+(?!\w)|\(\?>", node.value
            ), f"{module.path}:{node.lineno}"


def test_no_module_and_function_of_the_public_face_share_a_name() -> None:
    import council

    modules = {path.stem for path in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir() if p.is_dir()}
    assert not modules & set(council.__all__)


def test_the_picture_names_every_room() -> None:
    picture = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for module in MODULES:
        if module.room not in ("__init__", "_version"):
            assert module.room in picture, f"CONTRIBUTING.md does not show {module.room}"


def test_every_pinned_package_has_a_hash_and_none_is_a_compromised_release() -> None:
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9._-]+)==(\S+)(.*(?:\n    --hash=sha256:\S+(?: \\)?)+)", lock, re.MULTILINE)
    names = re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE)
    assert len(pins) == len(names) > 50
    versions = {name: version for name, version, _ in pins}
    assert versions["litellm"] not in ("1.82.7", "1.82.8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = next(d for d in project["dependencies"] if d.startswith("litellm"))
    assert "!=1.82.7" in ours and "!=1.82.8" in ours
