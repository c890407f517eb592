"""Every knob, declared once, with where its value came from. The only door to the environment.

Layers, later ones win: defaults → user file → ``council.toml`` or ``[tool.council]`` of the nearest pyproject.toml →
environment (``COUNCIL_DEADLINE_S``, and Ollama's own ``OLLAMA_MODEL`` and ``OLLAMA_HOST``) → flags → arguments.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import Field, ValidationError, model_validator

from council.errors import SettingsError
from council.layers import file_layers, placed, shown_path
from council.text import SECRET_NAME, logins_of
from council.types.base import Record

Seconds = Annotated[float, Field(gt=0)]


class GateSettings(Record):
    """How hard one provider may be asked."""

    rate_per_s: Annotated[float, Field(gt=0)] = 5.0
    """Calls that may start in a second."""
    concurrency: Annotated[int, Field(ge=1)] = 8
    """Calls under way at once."""


class Settings(Record):
    """Every knob of council. Each field's text is what ``council init`` writes above it."""

    policy: str = Field("python-team", description="Id or file of the policy that decides.")
    panel: str = Field("frontier", description="Id or file of the panel that sits.")
    seats: tuple[str, ...] = Field((), description="Models that sit instead of a panel, as LiteLLM names them.")
    policies_dir: Path | None = Field(None, description="Folder with your own policies, and panels/ below it.")
    templates_dir: Path | None = Field(
        None, description="Folder whose templates replace the shipped ones file by file."
    )

    deadline_s: Seconds = Field(120.0, description="A sitting ends then, with the seats that have answered.")
    attempt_timeout_s: Seconds = Field(
        60.0, description="Limit for one attempt of one seat; never longer than the deadline."
    )
    attempts: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="How often one seat is asked before it has failed."
    )
    max_tokens: Annotated[int, Field(ge=64)] = Field(4096, description="Longest answer of a seat, in tokens.")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(
        None, description="Sampling of the seats; unset leaves it to the model (some accept no other)."
    )
    budget_usd: Annotated[float, Field(ge=0)] | None = Field(
        None,
        description="No call starts that could take a sitting above this; a model without a price is not called.",
    )
    chair: str | None = Field(
        None, description="Model that words the decision once it has fallen, as LiteLLM names it; it decides nothing."
    )
    cross_examination_rounds: Annotated[int, Field(ge=0, le=3)] = Field(
        1, description="How often reproduced claims that nobody confirmed are put to the other seats; 0 is never."
    )
    cross_examination_calls: Annotated[int, Field(ge=0, le=100)] = Field(
        12, description="Most calls that one sitting spends on that."
    )
    gates: dict[str, GateSettings] = Field(
        {"ollama": GateSettings(rate_per_s=20.0, concurrency=1)},
        description="Rate and concurrency by provider.",
    )

    key_hosts: tuple[str, ...] = Field(
        (),
        description="Hosts besides the makers' own and this machine that may get your keys; a project cannot set it.",
    )

    ollama_host: str = Field("127.0.0.1:11434", description="Where Ollama answers (also OLLAMA_HOST).")
    model: str | None = Field(None, description="Local model that writes code (also OLLAMA_MODEL).")
    draft_model: str | None = Field(None, description="Faster local model that writes the first draft.")
    fallback_model: str | None = Field(None, description="Local model that writes when the first is not there.")
    repairs: Annotated[int, Field(ge=0, le=10)] = Field(
        2, description="How often a failed attempt is sent back to the model."
    )
    context_tokens: Annotated[int, Field(ge=512)] = Field(
        8192, description="Context Ollama reserves; longer prompts are refused, never cut."
    )
    reply_tokens: Annotated[int, Field(ge=32)] = Field(
        2048, description="Longest piece of code a local model may write, in tokens."
    )
    generation_temperature: Annotated[float, Field(ge=0, le=2)] = Field(
        0.0, description="Sampling of the local model that writes."
    )
    generation_timeout_s: Seconds = Field(
        600.0, description="Limit for one attempt of a local model, loading included."
    )

    samples: Annotated[int, Field(ge=1, le=64)] = Field(
        1, description="Versions that local models write of a task; of several the best is picked by agreement."
    )
    versions: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Independent versions of the task that local models write to be run against the submission."
    )
    version_models: tuple[str, ...] = Field(
        (), description="Local models that write them, in equal shares; unset is the model that writes code."
    )
    versions_from: Path | None = Field(
        None, description="File of recorded versions, one JSON object with model and code a line; used before others."
    )
    versions_limit_s: Seconds = Field(1800.0, description="No further version is begun after that time.")

    sandbox: Literal["auto", "bubblewrap", "landlock", "sandbox-exec"] = Field(
        "auto", description="Which sandbox runs untrusted code."
    )
    sandbox_memory_mb: Annotated[int, Field(ge=64)] = Field(2048, description="Memory of a sandboxed program.")
    check_timeout_s: Seconds = Field(60.0, description="Limit for one tool.")
    test_timeout_s: Seconds = Field(10.0, description="Limit for one test.")
    tests_apart: bool = Field(
        True, description="Run tests and code in two processes where the tests allow it, so that code cannot see them."
    )
    counterexamples: Annotated[int, Field(ge=0)] = Field(
        12, description="Most counterexamples of one sitting that are run, the gravest first; 0 runs none."
    )
    counterexample_runs: Annotated[int, Field(ge=2, le=20)] = Field(
        5, description="How often each is run: only one that ends alike every time proves anything."
    )
    probe: bool = Field(
        False, description="Measure the submission's own tests before an approval leans on them; a policy can ask too."
    )
    probe_budget_s: Annotated[float, Field(ge=0)] = Field(
        20.0, description="How long small changes of the code are tried on its tests; 0 measures only what they reach."
    )
    max_file_kb: Annotated[int, Field(ge=1)] = Field(1024, description="Longest file that is reviewed.")
    max_files: Annotated[int, Field(ge=1)] = Field(200, description="Most files in one submission.")

    store_url: str | None = Field(
        None,
        description="Database: a SQLite file's path or a postgresql:// URL; unset is the user's data folder.",
    )
    store: bool = Field(True, description="Whether sessions are kept.")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        given = self.model_fields_set
        if {"attempt_timeout_s", "deadline_s"} <= given and self.attempt_timeout_s > self.deadline_s:
            raise ValueError(
                f"attempt_timeout_s ({self.attempt_timeout_s:g}) is longer than deadline_s ({self.deadline_s:g})"
            )
        if {"test_timeout_s", "check_timeout_s"} <= given and self.test_timeout_s > self.check_timeout_s:
            raise ValueError(
                f"test_timeout_s ({self.test_timeout_s:g}) is longer than check_timeout_s ({self.check_timeout_s:g})"
            )
        if {"reply_tokens", "context_tokens"} <= given and self.reply_tokens >= self.context_tokens:
            raise ValueError(f"reply_tokens ({self.reply_tokens}) fills context_tokens ({self.context_tokens})")
        return self

    def but(self, **changes: Any) -> Any:
        """Return a copy with some fields replaced. What nobody has set stays unset, so that it contradicts nothing."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self).model_validate({**given, **changes})

    @property
    def policy_folders(self) -> tuple[Path, ...]:
        """Return where policies and panels are looked up first."""
        return () if self.policies_dir is None else (self.policies_dir,)

    @property
    def suite_folders(self) -> tuple[Path, ...]:
        """Return where suites are looked up first."""
        return tuple(folder / "suites" for folder in self.policy_folders)

    @property
    def attempt_limit_s(self) -> float:
        """Limit for one attempt of a seat: never longer than the sitting."""
        return min(self.attempt_timeout_s, self.deadline_s)

    @property
    def later_limit_s(self) -> float:
        """Limit for what is asked after the seats have answered: half of a sitting's deadline."""
        return self.deadline_s / 2

    @property
    def test_limit_s(self) -> float:
        """Limit for one test: never longer than its tool's."""
        return min(self.test_timeout_s, self.check_timeout_s)

    @property
    def reply_limit_tokens(self) -> int:
        """Longest reply of a local model: at most half of a context that is smaller than the default."""
        return min(self.reply_tokens, self.context_tokens // 2)

    def gate(self, provider: str) -> GateSettings:
        """Return the gate of a provider; one nobody configured gets the default."""
        return self.gates.get(provider, GateSettings())


class Resolved(Record):
    """Settings with the origin of each value: ``default``, a file's name, ``COUNCIL_…``, ``--flag`` or ``argument``."""

    settings: Settings
    origins: dict[str, str]


def load_settings(
    *,
    folder: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    user_file: Path | None = None,
) -> Resolved:
    """Return the settings that hold in a folder, and where each came from.

    Among ``flags`` and ``arguments``, ``None`` counts as not given. Raises ``SettingsError`` with file and field.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origins = {name: "default" for name in Settings.model_fields}
    layers: list[tuple[str, Mapping[str, Any]]] = []
    layers += file_layers(folder or Path.cwd(), user_file or user_settings_path())
    layers += _environment(environ)
    layers += [
        (f"--{name.replace('_', '-')}", {name: value}) for name, value in (flags or {}).items() if value is not None
    ]
    layers += [("argument", {name: value}) for name, value in (arguments or {}).items() if value is not None]
    personal = shown_path(user_file or user_settings_path(), folder or Path.cwd())
    for origin, table in layers:
        _known(table, origin)
        if "key_hosts" in table and ".toml" in origin and origin != personal:
            # A repository must not be able to name the server that your keys are sent to.
            remedy = "Set it in your user file, or with COUNCIL_KEY_HOSTS"
            raise SettingsError(f"{placed(origin, 'key_hosts')}: a project may not set key_hosts", remedy)
        _validated(table, origin, alone=True)
        for name, value in table.items():
            merge = name == "gates" and isinstance(value, Mapping)
            values[name] = _laid_over(values.get("gates", _default_gates()), value) if merge else value
            origins[name] = origin
    settings = _validated(values, _blame(origins), alone=False)
    for address in (settings.ollama_host, settings.store_url):
        hide_logins(address)
    return Resolved(settings=settings, origins=origins)


def provider_keys(names: tuple[str, ...], environ: Mapping[str, str] | None = None) -> dict[str, bool]:
    """Return for each environment variable whether it holds something. Values are never returned."""
    environ = os.environ if environ is None else environ
    return {name: bool(environ.get(name, "").strip()) for name in names}


def secret_values(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the values that must never be printed or stored, the longest first.

    These are variables named after a key, token or password, and what stands as a login or key in any address: in a
    variable (``HTTPS_PROXY``, ``OLLAMA_HOST``), in the settings, or in the panel that sits.
    """
    environ = os.environ if environ is None else environ
    found = set(_LOGINS)
    for name, value in environ.items():
        if SECRET_NAME.search(name.upper()):
            found |= {value, value.strip()}
        if "@" in value or "?" in value:
            found |= logins_of(value)
    return tuple(sorted((value for value in found if len(value) >= _SHORTEST_SECRET), key=lambda v: (-len(v), v)))


def hide_logins(address: str | None) -> None:
    """Count the login and the keys inside an address among the secrets from now on."""
    if address:
        _LOGINS.update(logins_of(address))


def named_logins() -> tuple[str, ...]:
    """Return the logins that ``hide_logins`` has been told of, for whoever asked for the secrets before."""
    return tuple(sorted(value for value in _LOGINS if len(value) >= _SHORTEST_SECRET))


_SHORTEST_SECRET = 8
"""A shorter value is too likely to be a word of a text that has nothing to do with it."""
_LOGINS: set[str] = set()
"""Logins of addresses that no variable holds. It only grows, and only ever hides."""


def environment(name: str) -> str | None:
    """Return one variable that is no knob of council: ``NO_COLOR``, ``PATH``, ``TERM`` …; an empty one is ``None``."""
    return os.environ.get(name) or None


def set_environment_default(name: str, value: str) -> None:
    """Set a variable for a library that reads it at import, unless the user has set it."""
    os.environ.setdefault(name, value)


def default_store_path() -> Path:
    """Return the SQLite file of the user's data folder."""
    return platformdirs.user_data_path("council", appauthor=False) / "council.db"


def log_dir() -> Path:
    """Return the folder where the log of a bug is written."""
    return platformdirs.user_log_path("council", appauthor=False)


def user_settings_path() -> Path:
    """Return the user's own settings file; it need not exist."""
    return platformdirs.user_config_path("council", appauthor=False) / "council.toml"


def _default_gates() -> dict[str, Any]:
    return {name: gate.model_dump() for name, gate in Settings().gates.items()}


def _laid_over(gates: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Lay gates over gates, field by field: who changes one limit of a provider keeps the other."""
    merged = dict(gates)
    for provider, gate in more.items():
        below = merged.get(provider)
        merged[provider] = {**below, **gate} if isinstance(below, Mapping) and isinstance(gate, Mapping) else gate
    return merged


def _environment(environ: Mapping[str, str]) -> list[tuple[str, Mapping[str, Any]]]:
    layers: list[tuple[str, Mapping[str, Any]]] = []
    for variable, field in (("OLLAMA_MODEL", "model"), ("OLLAMA_HOST", "ollama_host")):
        if environ.get(variable):
            layers.append((variable, {field: environ[variable]}))
    for variable in sorted(environ):
        if variable.startswith("COUNCIL_") and variable not in _OTHER_VARIABLES and environ[variable]:
            name = variable.removeprefix("COUNCIL_").lower()
            value: Any = environ[variable]
            if name in ("seats", "key_hosts"):
                value = tuple(part.strip() for part in value.split(",") if part.strip())
            layers.append((variable, {name: value}))
    return layers


_OTHER_VARIABLES = {"COUNCIL_DEBUG"}


def _known(table: Mapping[str, Any], origin: str) -> None:
    for name in table:
        if name not in Settings.model_fields:
            shown, options = name, list(Settings.model_fields)
            if origin.startswith("COUNCIL_"):
                shown, options = origin, [f"COUNCIL_{field.upper()}" for field in Settings.model_fields]
            close = difflib.get_close_matches(shown, options, 1)
            remedy = f"Did you mean {close[0]}?" if close else "council settings show lists them all"
            raise SettingsError(f"{placed(origin, name)}: unknown setting '{shown}'", remedy)


def _validated(table: Mapping[str, Any], origin: str, *, alone: bool) -> Settings:
    try:
        return Settings.model_validate(dict(table))
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            if alone:  # a contradiction may be resolved by a later layer
                return Settings()
            raise SettingsError(f"{origin}: {first['msg'].removeprefix('Value error, ')}") from None
        place = ".".join(str(part) for part in first["loc"])
        where = placed(origin, str(first["loc"][0]))
        raise SettingsError(f"{where}: {place}: {first['msg'][0].lower()}{first['msg'][1:]}") from None


def _blame(origins: Mapping[str, str]) -> str:
    return ", ".join(sorted({origin for origin in origins.values() if origin != "default"})) or "settings"
