"""What measuring the tests showed, in words and as small diffs."""

from __future__ import annotations

from collections.abc import Iterable

from council.templating import percent
from council.text import plural
from council.types.probe import Mutant, Probe

SURVIVED = "Your tests would not have noticed this"
CAVEAT = "A change may also make no difference that anybody could see; then no test is missing."
_SHOWN_PLACES = 12


def probe_words(probe: Probe) -> tuple[str, ...]:
    """Return what the tests reach and notice, one sentence a line."""
    said = [] if probe.reason is None else [f"not measured: {probe.reason}"]
    if probe.line_share is not None:
        branches = "" if probe.branch_share is None else f" and {percent(probe.branch_share)} of branches"
        said.append(f"they reach {percent(probe.line_share)} of lines{branches}{_missed(probe)}")
    if probe.found:
        said.append(
            f"they noticed {probe.killed} of {plural(probe.tried, 'small change')} of the code{_untried(probe)}"
        )
    return tuple(said)


def mutant_diff(mutant: Mutant) -> str:
    """Return the lines of a change before and after, as a diff."""
    taken = [f"- {line}" for line in mutant.before.splitlines()]
    given = [f"+ {line}" for line in mutant.after.splitlines()]
    return "\n".join((*taken, *given))


def _missed(probe: Probe) -> str:
    if not probe.unreached:
        return ""
    several = len({path for path, _ in probe.unreached}) > 1
    places = [f"{path}:{line}" if several else str(line) for path, line in _first(probe.unreached)]
    more = ", …" if len(probe.unreached) > _SHOWN_PLACES else ""
    return f"; not line{'s' * (len(probe.unreached) > 1)} {', '.join(places)}{more}"


def _untried(probe: Probe) -> str:
    kinds = []
    if probe.found > probe.reached:
        kinds.append(f"{probe.found - probe.reached} more on lines that no test reaches")
    if probe.reached > probe.tried:
        kinds.append(f"{probe.reached - probe.tried} not tried in {probe.budget_s:g} s")
    return f" ({', '.join(kinds)})" if kinds else ""


def _first(places: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return list(places)[:_SHOWN_PLACES]
