"""Programs that do the same on every input that counts, and which program of several is picked.

Agreement among samples picks better than any one of them: CodeT (Chen and others, arXiv 2207.10397), MBR-exec (Shi and
others, arXiv 2204.11454). Here examples come first, and votes are counted over whole behaviours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from council.types.versions import Cluster, Pick, Version
from council.versions.agreeing import Example, Table, comparable, counting, examples_passed
from council.versions.confidence import probability_right
from council.versions.programs import distinct, size_of


def clusters_of(table: Table, names: Iterable[str], written: Mapping[str, int]) -> tuple[Cluster, ...]:
    """Return the clusters of equal behaviour over the inputs that count, the largest first.

    Size is how many versions were written, copies counted: here they are votes of the models that wrote them, and not
    witnesses. Ties go to more distinct programs, then by name.
    """
    ordered = tuple(sorted(set(names)))
    traces = [table.trace(number, ordered)[-1] for number in counting(table, ordered)]
    groups: dict[tuple[int, ...], list[str]] = {}
    for place, name in enumerate(ordered):
        groups.setdefault(tuple(labels[place] for labels in traces), []).append(name)
    made = [Cluster(members=tuple(group), written=sum(written[name] for name in group)) for group in groups.values()]
    return tuple(sorted(made, key=lambda cluster: (-cluster.written, -len(cluster.members), cluster.members)))


def pick(
    table: Table,
    versions: Sequence[Version],
    examples: Sequence[Example],
    beliefs: Sequence[Example] = (),
    *,
    written: int | None = None,
) -> Pick:
    """Return the version that is most likely right; the order of the versions never matters.

    ``written``: how many there were before tests sorted some out; all of them are given otherwise.

    First what the task's examples say, then what its author believed without running it, then the largest cluster of
    equal behaviour, then agreement with all versions that run, input by input and at the borders too, then the version
    asked for with the lowest temperature, then the plainest.
    """
    groups = {name: group for name, group in distinct(versions).items() if name in table.behaviours}
    fit = [name for name in groups if table.behaviours[name].failure is None]
    asked, hoped = comparable(table, examples), comparable(table, beliefs)
    passed = {name: examples_passed(table, name, asked) for name in fit}
    if not fit:
        return Pick(chosen=None, examples=len(asked))
    most = max(passed.values())
    best = [name for name in fit if passed[name] == most]
    good = {name: examples_passed(table, name, hoped) for name in best}
    best = [name for name in best if good[name] == max(good.values())]
    copies = {name: len(group) for name, group in groups.items()}
    clusters = clusters_of(table, best, copies)
    support = _support(table, fit, copies)
    ranked = sorted(
        (name for cluster in clusters for name in cluster.members),
        key=lambda name: (
            -next(cluster.written for cluster in clusters if name in cluster.members),
            -round(support[name], 9),
            _heat(groups[name]),
            size_of(groups[name][0].code),
            name,
        ),
    )
    chosen = ranked[0]
    whole = next(cluster for cluster in clusters if chosen in cluster.members)
    return Pick(
        chosen=chosen,
        probability=probability_right(
            agreement=whole.written / max(1, written or len(versions)), examples=len(asked), passed=most == len(asked)
        ),
        clusters=clusters,
        examples_passed=most,
        examples=len(asked),
    )


def _heat(group: tuple[Version, ...]) -> float:
    return min(9.0 if version.temperature is None else version.temperature for version in group)


def _support(table: Table, names: Sequence[str], written: Mapping[str, int]) -> dict[str, float]:
    """Return for each program the sum of the shares of versions that do the same, over all inputs, borders too."""
    ordered = tuple(sorted(names))
    found = dict.fromkeys(ordered, 0.0)
    for number in range(len(table.inputs)):
        camp = table.camp(number, ordered)
        if camp is None or camp.rejects:
            continue
        labels = table.trace(number, ordered)[-1]
        votes: dict[int, int] = {}
        for name, label in zip(ordered, labels, strict=True):
            votes[label] = votes.get(label, 0) + written[name]
        for name, label in zip(ordered, labels, strict=True):
            found[name] += votes[label] / sum(votes.values()) if label >= 0 else 0.0
    return found
