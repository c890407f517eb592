"""``council settings show``: each value and where it came from."""

from __future__ import annotations

import argparse
import json

from council.cli.common import emit, resolve
from council.rendering import terminal


def run(options: argparse.Namespace) -> int:
    """Show the settings that hold here."""
    resolved = resolve(options)
    if options.format == "json":
        values = resolved.settings.model_dump(mode="json")
        emit(json.dumps({n: {"value": v, "origin": resolved.origins[n]} for n, v in values.items()}, indent=2), None)
    else:
        terminal.show_settings(resolved)
    return 0
