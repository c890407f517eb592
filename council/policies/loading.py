"""Finds policies and panels, reads their TOML, and lays a policy over what it extends."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from council.errors import PolicyError
from council.policies.records import Panel, Policy, Voting
from council.resources import shipped
from council.settings import hide_logins
from council.types.base import Record
from council.types.reviews import Seat

T = TypeVar("T", bound=Record)


class PolicyFile(Record):
    """One file of a policy as it is written, with its id filled in."""

    id: str
    path: Path
    table: dict[str, Any]


def load_policy(name: str, *, folders: tuple[Path, ...] = ()) -> Policy:
    """Return a policy by id or by the path of a TOML file, with everything it extends.

    Looks in ``folders`` first, then in the shipped ones (``base``, ``python-team``, ``checks-only``).
    Raises ``PolicyError`` with file and field.
    """
    return lay_over(read_chain(name, folders=folders))


def read_chain(name: str, *, folders: tuple[Path, ...] = ()) -> tuple[PolicyFile, ...]:
    """Return the files a policy is made of, what it extends first and itself last. Raises ``PolicyError``."""
    return _climb(name, folders, seen=())


def lay_over(chain: tuple[PolicyFile, ...]) -> Policy:
    """Return the policy that a chain of files makes, each laid over the ones before. Raises ``PolicyError``."""
    policy: Policy | None = None
    for file in chain:
        alone = _build(Policy, file.table, file.path)  # right by itself, so that the error names its own file
        whole = alone if policy is None else _merge(policy.model_dump(mode="json"), file.table)
        policy = whole if isinstance(whole, Policy) else _build(Policy, whole, file.path)
    if policy is None:
        raise ValueError("a chain needs at least one file")
    return policy


def altered(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    """Return a policy with some fields changed. Raises ``PolicyError`` that names the field.

    ``changes`` are as ``--set`` gives them: ``{"voting": {"quorum": 2}}``, a field of ``voting`` by itself, or
    ``{"criteria": {"lint": {"required": "never"}}}``.
    """
    try:
        return Policy.model_validate(_merge(policy.model_dump(mode="json"), _as_table(changes)))
    except (ValidationError, TypeError, ValueError, KeyError) as error:
        said = explain(error, Policy) if isinstance(error, ValidationError) else "that is no field of a policy"
        raise PolicyError(f"--set {', '.join(changes)}: {said}") from None


def _as_table(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes as a policy file would write them."""
    table: dict[str, Any] = {name: value for name, value in changes.items() if name not in Voting.model_fields}
    bare = {name: value for name, value in changes.items() if name in Voting.model_fields}
    if bare:
        table["voting"] = {**table.get("voting", {}), **bare}
    for field, key in (("criteria", "check"), ("rules", "id"), ("models", "name")):
        if isinstance(table.get(field), Mapping):
            table[field] = [{key: name, **dict(entry)} for name, entry in table[field].items()]
    return table


def list_policies(*, folders: tuple[Path, ...] = ()) -> tuple[str, ...]:
    """Return the ids that ``load_policy`` finds, sorted."""
    found = {path.stem for folder in (*folders, shipped("policies")) for path in folder.glob("*.toml")}
    return tuple(sorted(found))


def load_panel(name: str, *, folders: tuple[Path, ...] = ()) -> Panel:
    """Return a panel by id or by the path of a TOML file: ``frontier``, ``story``, ``economy``, ``local``."""
    path = _find(name, tuple(folder / "panels" for folder in folders), shipped("policies") / "panels", "panel")
    return _build(Panel, {"id": path.stem, **_read(path)}, path)


def list_panels(*, folders: tuple[Path, ...] = ()) -> tuple[str, ...]:
    """Return the ids that ``load_panel`` finds, sorted."""
    found = {p.stem for folder in (*folders, shipped("policies")) for p in (folder / "panels").glob("*.toml")}
    return tuple(sorted(found))


def seat_for(
    model: str,
    *,
    name: str | None = None,
    provider: str | None = None,
    api_base: str | None = None,
    fallback: str | None = None,
) -> Seat:
    """Make a seat of a LiteLLM model name; what is not given follows from it.

    >>> seat_for("ollama_chat/qwen2.5-coder:0.5b").name
    'qwen2.5-coder:0.5b'
    """
    head, _, tail = model.partition("/")
    if provider is None:
        provider = head if tail else _provider_of(model)
    provider = {"ollama_chat": "ollama"}.get(provider, provider)
    name = name or model.rpartition("/")[2] or model
    hide_logins(api_base)
    return Seat(name=name, model=model, provider=provider, api_base=api_base, fallback=fallback)


def distinct_seats(seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """Return the seats with names made unique by a number (``gpt-5.2``, ``gpt-5.2#2``)."""
    count: dict[str, int] = {}
    named = []
    for seat in seats:
        count[seat.name] = count.get(seat.name, 0) + 1
        number = count[seat.name]
        named.append(seat if number == 1 else seat.but(name=f"{seat.name}#{number}"))
    return tuple(named)


def _provider_of(model: str) -> str:
    for start, provider in (
        ("gpt-", "openai"),
        ("claude-", "anthropic"),
        ("gemini", "gemini"),
        ("sonar", "perplexity"),
    ):
        if model.startswith(start):
            return provider
    return "other"


def _climb(name: str, folders: tuple[Path, ...], seen: tuple[str, ...]) -> tuple[PolicyFile, ...]:
    path = _find(name, folders, shipped("policies"), "policy")
    file = PolicyFile(id=path.stem, path=path, table={"id": path.stem, **_read(path)})
    parent = file.table.get("extends")
    if parent is None:
        return (file,)
    if not isinstance(parent, str):
        raise PolicyError(f"{path.name}: extends must be the id of a policy, in quotes")
    if parent in seen or parent == name:
        chain = " → ".join((*seen, name, parent))
        raise PolicyError(f"{path.name}: extends goes round in a circle ({chain})", "Remove one of them")
    return (*_climb(parent, (path.parent, *folders), (*seen, name)), file)


def _merge(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    """Lay a child over its parent: lists by their keys, tables field by field, all else replaced."""
    merged = dict(parent)
    for field, value in child.items():
        if field in KEYS:
            merged[field] = _merge_by(parent.get(field, []), value, KEYS[field])
        elif isinstance(value, dict) and isinstance(parent.get(field), dict):
            merged[field] = {**parent[field], **value}
        else:
            merged[field] = value
    return merged


def _merge_by(
    parent: list[dict[str, Any]], child: list[dict[str, Any]], key: Callable[[dict[str, Any]], object]
) -> list[dict[str, Any]]:
    by_key = {key(entry): entry for entry in parent}
    for entry in child:
        by_key[key(entry)] = {**by_key.get(key(entry), {}), **entry}
    return list(by_key.values())


KEYS: dict[str, Callable[[dict[str, Any]], object]] = {
    "criteria": lambda entry: entry["check"],
    "rules": lambda entry: entry["id"],
    "models": lambda entry: (entry.get("name"), entry.get("family")),
}
"""What tells the entries of a list apart: a child's entry replaces the fields of its parent's with the same key."""


def _find(name: str, folders: tuple[Path, ...], last: Path, noun: str) -> Path:
    if name.endswith(".toml") or "/" in name:
        path = Path(name)
        if path.is_file():
            return path
        raise PolicyError(f"{name}: there is no such {noun} file")
    for folder in (*folders, last):
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    known = sorted({path.stem for folder in (*folders, last) for path in folder.glob("*.toml")})
    close = difflib.get_close_matches(name, known, 1)
    remedy = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}. {_OWN.format(noun)}"
    raise PolicyError(f"unknown {noun} '{name}'", remedy)


_OWN = "One of your own is named by its file, or by its id once policies_dir names the folder of your {} files"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path.name}: not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path.name}: not UTF-8") from None
    except OSError as error:
        raise PolicyError(f"{path.name}: cannot be read ({error.strerror})") from None


def _build(kind: type[T], table: dict[str, Any], path: Path) -> T:
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        raise PolicyError(f"{path.name}: {explain(error, kind)}") from None


def explain(error: ValidationError, kind: type[Record]) -> str:
    """Say the first mistake of a validation in a sentence, with a suggestion for a misspelt field."""
    mistakes = error.errors()
    # A misspelt field also makes the right one missing: what is there and wrong says more than what is not there.
    first = min(mistakes, key=lambda mistake: (mistake["type"] == "missing", mistakes.index(mistake)))
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _fields_at(kind, first["loc"][:-1])
        close = difflib.get_close_matches(str(first["loc"][-1]), known, 1)
        return f"unknown field '{place}'" + (f". Did you mean {close[0]}?" if close else "")
    return f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _fields_at(kind: type[Record], loc: tuple[int | str, ...]) -> list[str]:
    fields: Any = kind
    for part in loc:
        if isinstance(part, int):
            continue
        annotation = fields.model_fields[part].annotation
        inner = getattr(annotation, "__args__", (annotation,))
        fields = next((a for a in inner if isinstance(a, type) and issubclass(a, Record)), kind)
    return list(fields.model_fields)
