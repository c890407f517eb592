"""``council init``: a commented council.toml, made from the settings' own declarations."""

from __future__ import annotations

import argparse
import json
import textwrap
from pathlib import Path
from typing import Any

from council.cli.common import tell, write_whole
from council.errors import UsageError
from council.settings import Settings
from council.text import one_line

_HEAD = """\
# Settings of council for this project. Every line is commented out and shows the default.
# Later ones win: defaults, your user file, this file, environment (COUNCIL_DEADLINE_S …), flags.
# See what holds and why with: council settings show
"""


def run(options: argparse.Namespace) -> int:
    """Write the file, unless there is one."""
    folder = Path(options.folder)
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", f"Make it with: mkdir -p {folder}")
    path = folder / "council.toml"
    if path.exists() and not options.force:
        raise UsageError(f"{path} exists already", "Replace it with --force")
    write_whole(path, commented_settings())
    tell(f"wrote {one_line(str(path))}\nnext: council doctor\n")
    return 0


def commented_settings() -> str:
    """Return the text of a council.toml with every setting, its meaning and its default."""
    parts = [_HEAD]
    tables = []
    defaults = Settings().model_dump(mode="json")
    for name, field in Settings.model_fields.items():
        comment = "\n".join(textwrap.wrap(field.description or "", 98, initial_indent="# ", subsequent_indent="# "))
        if isinstance(defaults[name], dict):
            tables.append(f"{comment}\n" + "\n".join(_table(name, defaults[name])))
        else:
            value = "" if defaults[name] is None else _toml(defaults[name])
            parts.append(f"{comment}\n#{name} = {value}".rstrip())
    return "\n\n".join([*parts, *tables]) + "\n"


def _table(name: str, entries: dict[str, dict[str, Any]]) -> list[str]:
    lines = []
    for key, values in entries.items():
        lines.append(f"#[{name}.{key}]")
        lines += [f"#{field} = {_toml(value)}" for field, value in values.items()]
    return lines


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
