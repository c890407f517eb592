"""What measuring the tests showed: what they reach, and the changes they did not notice."""

from __future__ import annotations

from council.rendering.probe import CAVEAT, SURVIVED, mutant_diff, probe_words
from council.rendering.terminal.page import Page
from council.templating import seconds
from council.text import one_line, plural
from council.types.probe import Probe

_SHOWN = 5


def write_probe(page: Page, probe: Probe) -> None:
    """Add the block about the tests; of the changes that survived the first few."""
    page.title("Tests", seconds(probe.duration_s) if probe.duration_s else "")
    for sentence in probe_words(probe):
        page.wrap(sentence, indent=2)
    if not probe.survived:
        return
    page.wrap((f"{SURVIVED}:", "yellow"), indent=2)
    for mutant in probe.survived[:_SHOWN]:
        page.wrap(f"{mutant.path}:{mutant.line}  {one_line(mutant.kind, 40)}", indent=4)
        page.code(mutant_diff(mutant), indent=6, cut=True)
    if len(probe.survived) > _SHOWN:
        page.wrap(f"and {plural(len(probe.survived) - _SHOWN, 'more change')}, all in --format markdown", indent=4)
    page.wrap((CAVEAT, "dim"), indent=2)
