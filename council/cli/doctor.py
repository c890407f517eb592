"""``council doctor``: what works here, what does not, and what to type next."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path

from council.cli.common import emit, resolve, run_async
from council.errors import CouncilError, ModelError
from council.models import is_listed, open_host, retires_on
from council.policies import (
    DRAFTER,
    FALLBACK,
    WRITER,
    Panel,
    load_panel,
    load_policy,
    seat_for,
    seat_role,
    standing_of,
)
from council.rendering import terminal
from council.sandbox import BackendProbe, probe_sandbox
from council.settings import Settings, default_store_path, environment, provider_keys
from council.store import count_records, open_store
from council.text import one_line, plural
from council.types.base import Record
from council.types.calls import LocalModel
from council.validation import tool_versions


class Row(Record):
    """One line of the diagnosis. ``state`` is ok, warn or fail."""

    name: str
    state: str
    text: str


class Diagnosis(Record):
    """Everything the doctor found, and the commands to type next with what each is good for."""

    rows: tuple[Row, ...]
    next_commands: tuple[tuple[str, str], ...]
    able: bool
    """Whether code can be executed at all."""


def run(options: argparse.Namespace) -> int:
    """Show the diagnosis; 3 when no sandbox works, so that nothing can be judged."""
    diagnosis = diagnose(resolve(options).settings)
    if options.format == "json":
        emit(json.dumps(diagnosis.model_dump(mode="json"), indent=2), None)
    else:
        terminal.show_rows([(row.name, row.state, row.text) for row in diagnosis.rows], diagnosis.next_commands)
    return 0 if diagnosis.able else 3


def diagnose(settings: Settings) -> Diagnosis:
    """Look at Ollama, the seats, the sandbox, the tools, the store and the name."""
    steps: list[tuple[str, str]] = []
    panel = load_panel(settings.panel, folders=settings.policy_folders)
    sandboxes, able = _sandbox(settings, steps)
    rows = [
        _ollama(settings, steps),
        *_seats(panel, settings, steps),
        *_standings(panel, settings, steps),
        *sandboxes,
        _tools(),
        _store(settings),
        *_name(),
    ]
    if able:
        steps.append(("council validate FILE --tests TESTS", "runs the checks; needs no key and no model"))
    return Diagnosis(rows=tuple(rows), next_commands=tuple(steps), able=able)


def _ollama(settings: Settings, steps: list[tuple[str, str]]) -> Row:
    try:
        version, models = run_async(_ask_ollama(settings))
    except ModelError as error:
        steps.append(("ollama serve", "starts the local model server (council generate needs it)"))
        return Row(name="Ollama", state="warn", text=one_line(error.problem))
    where = f"{version} at {settings.ollama_host}"
    if not models:
        steps.append(("ollama pull qwen2.5-coder:1.5b", "gets a model that writes code"))
        return Row(name="Ollama", state="warn", text=f"{where} · no models")
    fitting = largest_fitting(models, available_memory())
    text = f"{where} · {plural(len(models), 'model')}"
    text += f" · largest that fits in memory: {one_line(fitting.name, 60)}" if fitting else " · none fits in memory"
    if settings.model is None and fitting is not None:
        steps.append((f"export OLLAMA_MODEL={one_line(fitting.name, 60)}", "the model council generate asks"))
    elif settings.model is not None and settings.model not in {model.name for model in models}:
        text += f" · {one_line(settings.model, 60)} is not among them"
        steps.append((f"ollama pull {one_line(settings.model, 60)}", "gets the model your settings name"))
    return Row(name="Ollama", state="ok", text=text)


async def _ask_ollama(settings: Settings) -> tuple[str, tuple[LocalModel, ...]]:
    host = open_host(settings)
    return await host.version(), await host.models()


def largest_fitting(models: tuple[LocalModel, ...], memory_bytes: int | None) -> LocalModel | None:
    """Return the largest model whose weights, with a fifth more for its context, fit in memory."""
    sized = [m for m in models if m.size_bytes and (memory_bytes is None or m.size_bytes * 1.2 <= memory_bytes)]
    return max(sized, key=lambda m: (m.size_bytes or 0, m.name), default=None)


def available_memory() -> int | None:
    """Return the memory a new program could use, in bytes, as Linux says; ``None`` elsewhere."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _seats(panel: Panel, settings: Settings, steps: list[tuple[str, str]]) -> list[Row]:
    present = provider_keys(tuple(seat.key for seat in panel.seats if seat.key))
    words = [f"{name} {'set' if there else 'missing'}" for name, there in present.items()]
    able = sum(1 for seat in panel.seats if not seat.retired and (seat.key is None or present[seat.key]))
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    quorum = panel.quorum or policy.voting.quorum
    text = " · ".join(words) or "no key needed"
    text += f" · {able} of {len(panel.seats)} seats of panel {one_line(panel.id, 40)} can sit (quorum is {quorum})"
    rows = [Row(name="Seats", state="ok" if able >= quorum else "warn", text=text)]
    for seat in panel.seats:
        rows += _retirement(seat_for(seat.model).name, seat.model, seat.retired, seat.replacement)
    if able < quorum:
        for name in [name for name, there in present.items() if not there][: quorum - able]:
            steps.append((f"export {name}=…", "gives a seat its voice"))
        steps.append(("council review FILE --policy checks-only", "lets the checks alone decide, and says so"))
    return rows


def _standings(panel: Panel, settings: Settings, steps: list[tuple[str, str]]) -> list[Row]:
    """Tell which configured models the policy bans or discourages; a banned one stops the command it is named for."""
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    wanted = [((s := settings).model, WRITER), (s.draft_model, DRAFTER), (s.fallback_model, FALLBACK)]
    if not policy.checks_only:
        named = tuple(seat_for(model) for model in settings.seats)
        seats = named or tuple(
            seat_for(s.model, name=s.name, fallback=s.fallback) for s in panel.seats if not s.retired
        )
        panel_id = None if named else panel.id
        wanted += [(name, seat_role(seat, panel_id)) for seat in seats for name in (seat.model, seat.fallback)]
    rows = []
    for name, role in wanted:
        standing = None if name is None else standing_of(policy, name, use=role.use)
        if standing is None or not standing.remarkable:
            continue
        rows.append(
            Row(name="Policy", state="fail" if standing.banned else "warn", text=f"{role.title}: {standing.reason}")
        )
        if standing.rule is not None and standing.rule.replacement and role is WRITER:
            word = shlex.quote(one_line(standing.rule.replacement, 80))
            steps.append((f"export OLLAMA_MODEL={word}", "the model the policy names instead"))
    return rows


def _retirement(name: str, model: str, retired: str | None, replacement: str | None) -> list[Row]:
    if retired:
        text = f"{name} is retired ({retired})" + (f"; its successor is {replacement}" if replacement else "")
    elif model.startswith(("ollama", "openai/", "anthropic/", "gemini/", "perplexity/")) and not is_listed(model):
        if model.startswith("ollama"):
            return []
        text = f"{name} is not in the price list of the installed litellm: it may be retired, and its price is unknown"
    elif (date := retires_on(model)) is not None:
        text = f"{name} will be retired on {date}"
    else:
        return []
    return [Row(name="Seats", state="warn", text=text)]


def _sandbox(settings: Settings, steps: list[tuple[str, str]]) -> tuple[list[Row], bool]:
    """Tell of each backend whether it works, or why not and what to type; the one that runs the code comes first."""
    probe = probe_sandbox(settings, every=True)
    if probe.remedy:
        steps.append((probe.remedy, "mends the sandbox; without one nothing is executed"))
    names = dict.fromkeys(backend.info.backend for backend in probe.backends)
    told = [_telling([one for one in probe.backends if one.info.backend == name]) for name in names]
    told.sort(key=lambda one: one is not probe.chosen)
    return [_backend(backend, probe.chosen) for backend in told], probe.chosen is not None


def _telling(tried: list[BackendProbe]) -> BackendProbe:
    """Return of several ways to run one backend the one that works, else the preferred one."""
    return next((one for one in tried if one.usable), tried[0])


def _backend(backend: BackendProbe, chosen: BackendProbe | None) -> Row:
    info = backend.info
    if not backend.usable:
        text = f"{info.backend}: {backend.problem}" + (f" · mend it with: {backend.remedy}" if backend.remedy else "")
        return Row(name="Sandbox", state="fail" if chosen is None else "warn", text=one_line(text, 500))
    name = " ".join(word for word in (info.backend, info.version, f"({info.binary})" if info.binary else None) if word)
    lacking = f"lacks {', '.join(info.missing)}" if info.missing else f"all {len(info.layers)} layers"
    checked = "" if backend.self_check_ms is None else f" · self-check passed in {backend.self_check_ms:.0f} ms"
    if backend is not chosen:
        return Row(name="Sandbox", state="ok", text=f"{name} · works too · {lacking}{checked}")
    return Row(name="Sandbox", state="warn" if info.missing else "ok", text=f"{name} · {lacking}{checked}")


def _tools() -> Row:
    versions = tool_versions()
    missing = [name for name, version in versions.items() if version is None]
    text = " · ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
    return Row(name="Tools", state="fail" if missing else "ok", text=text)


def _store(settings: Settings) -> Row:
    if not settings.store:
        return Row(name="Store", state="warn", text="off (store = false): sessions are not kept")
    path = default_store_path()
    if settings.store_url is None and not path.exists():
        return Row(name="Store", state="ok", text=f"{_homely(path)} · made with the first session")
    try:
        store = open_store(settings.store_url, readonly=True)
        try:
            counts = count_records(store)
        finally:
            store.close()
    except CouncilError as error:
        return Row(name="Store", state="fail", text=one_line(str(error), 300))
    shown = _homely(path) if settings.store_url is None else one_line(settings.store_url.rpartition("@")[2], 80)
    held = ((counts.sessions, "session"), (counts.benchmarks, "benchmark"), (counts.knowledge, "lesson"))
    return Row(name="Store", state="ok", text=" · ".join([shown, *(plural(count, noun) for count, noun in held)]))


def _name() -> list[Row]:
    """Tell when the shell would start another program called council."""
    ours = {Path(sys.argv[0]).resolve(), (Path(sys.executable).parent / "council").resolve()}
    for folder in (environment("PATH") or "").split(os.pathsep):
        candidate = Path(folder or ".") / "council"
        if candidate.is_file() and os.access(candidate, os.X_OK):
            if candidate.resolve() in ours or is_ours(candidate):
                return []
            text = f"another program called council is at {_homely(candidate)} and comes first on PATH"
            return [Row(name="Name", state="warn", text=f"{text}; use: python -m council")]
    return []


def is_ours(path: Path) -> bool:
    """Whether a program called council starts this project, in another environment perhaps."""
    try:
        head = path.read_bytes()[:4096]
    except OSError:
        return False
    return b"council.__main__" in head


def _homely(path: Path) -> str:
    home = Path.home()
    return one_line(f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else path.as_posix(), 120)
