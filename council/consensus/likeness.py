"""How alike two findings are: by their words, by the names of code in them, and by where they stand.

Two measures, both blind to the order of findings.

``compare_within`` is the finer one. It weighs what two findings share by how rare that is among the findings of the
same change, and asks whether each is the other's best match in its seat: a seat does not say one thing twice, so of its
findings at most one means what another seat's means. It is what people are shown.

``compare_alone`` looks at the two and nothing else, so that a further finding can only bring likenesses and never take
one away. It is what the decision counts by.

The weights are those of a logistic regression on 1,125 findings of 12 review tools in 30 pull requests (withmartian/
code-review-benchmark, MIT), fitted by ``benchmarks/concerns.py --fit``. Those findings carry no places: what a place
adds is a judgement. scikit-learn is loaded by the first comparison.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from council.types.findings import Finding, Location

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

NGRAMS = (3, 5)
"""Lengths of the pieces of words that are compared: forms of a word and parts of a name share most of them."""
TEXT_CHARS = 2000
NEAR_LINES = 3
"""Findings this close are in the same place: reviewers count lines badly, and one defect spans a few."""
FAR_LINES = 12
"""Findings further apart are different things, whatever they say."""
NEAR_BONUS = 2.0
"""What the same place adds to the log odds that two findings are one."""
NEARBY_DISCOUNT = 0.8
"""What is left of the likeness of words where the lines are neither close nor far."""
CHANCE = 0.2
"""As alike as a finding is at least, in seven of eight cases, to one of another seat that means something else: what is
compared with where that seat says nothing else."""
COPY = 0.9
"""From this likeness of words on a seat has said one thing twice."""


class Within(NamedTuple):
    """Weights of the log odds that two findings of a change are one thing."""

    similarity: float
    names: float
    margin: float
    intercept: float


class Alone(NamedTuple):
    """Weights of the log odds from two findings alone."""

    similarity: float
    names: float
    intercept: float


WITHIN = Within(similarity=4.46, names=0.77, margin=13.23, intercept=-2.03)
ALONE = Alone(similarity=9.57, names=1.54, intercept=-5.62)

_NAME = re.compile(
    r"`[^`\n]{1,200}`|\b\w+_\w+|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*|\b[A-Z]{2,}\w*"
    r"|\b\w+(?=\(\)|\.[A-Za-z_])|(?<=\w\.)\w+"
)
_WORD = re.compile(r"\w{3,}")


class Features(NamedTuple):
    """What is known of each pair of some findings, as matrices; 0 where places forbid that two are one."""

    similarity: Matrix
    names: Matrix
    margin: Matrix
    """How much more alike the two are than either is to any other finding of the other's seat."""
    bonus: Matrix
    """What the place adds to the log odds; minus infinity where it forbids."""


def compare_within(findings: Sequence[Finding], weights: Within = WITHIN) -> Matrix:
    """Return for each pair the probability that the two are one thing, given all others of the change.

    Two findings of one seat are different things unless one repeats the other.
    """
    import numpy as np

    found = measure_within(findings)
    odds = weights.similarity * found.similarity + weights.names * found.names + weights.margin * found.margin
    likeness: Matrix = _expit(odds + weights.intercept + found.bonus)
    seats = _seats(findings)
    same = seats[:, None] == seats[None, :]
    return np.where(same, (found.similarity >= COPY).astype(float), likeness)


def measure_within(findings: Sequence[Finding]) -> Features:
    """Return what ``compare_within`` weighs."""
    place, bonus = _places(findings)
    texts = [text_of(finding) for finding in findings]
    similarity = _similarity(tuple(texts), rarity=True) * place
    names = _shared_names(texts, rarity=True) * (place > 0)
    return Features(similarity, names, _margins(similarity, _seats(findings)), bonus)


def compare_alone(findings: Sequence[Finding], weights: Alone = ALONE) -> Matrix:
    """Return for each pair the probability that the two are one thing, from the two alone."""
    found = measure_alone(findings)
    odds = weights.similarity * found.similarity + weights.names * found.names + weights.intercept
    return _expit(odds + found.bonus)


def measure_alone(findings: Sequence[Finding]) -> Features:
    """Return what ``compare_alone`` weighs; no margin."""
    place, bonus = _places(findings)
    texts = [text_of(finding) for finding in findings]
    similarity = _similarity(tuple(texts), rarity=False) * place
    return Features(similarity, _shared_names(texts, rarity=False) * (place > 0), 0 * similarity, bonus)


async def warm_up() -> None:
    """Import scikit-learn now, in a thread, while something else is going on. Without it the first comparison waits."""
    await asyncio.to_thread(_cosines, ["some words", "other words"], True)


def text_of(finding: Finding) -> str:
    """Return the words of a finding that are compared."""
    parts = (finding.rule or "", finding.message, finding.explanation or "")
    return " ".join(part for part in parts if part)[:TEXT_CHARS]


def names_in(text: str) -> frozenset[str]:
    """Return the names of code in a text, in small letters: what stands in backticks or is spelt like code.

    >>> sorted(names_in("`put()` of LRUCache never calls move_to_end"))
    ['lrucache', 'move_to_end', 'put']
    """
    return frozenset(word.lower() for found in _NAME.findall(text) for word in _WORD.findall(found))


@lru_cache(maxsize=64)
def _similarity(texts: tuple[str, ...], *, rarity: bool) -> Matrix:
    """Return the cosine of the texts' pieces of words, by how rare they are among the texts where that is asked for.

    It is kept for the next time: a sitting weighs the same findings again with every ballot.
    """
    import numpy as np

    known = [n for n, text in enumerate(texts) if _WORD.search(text)]
    found = np.array([[one == other for other in texts] for one in texts], dtype=float)
    if len(known) >= 2:
        found[np.ix_(known, known)] = np.maximum(
            found[np.ix_(known, known)], _cosines([texts[n] for n in known], rarity)
        )
    found.flags.writeable = False
    return found


def _cosines(texts: list[str], rarity: bool) -> Matrix:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=NGRAMS, sublinear_tf=True, use_idf=rarity)
    vectors = vectorizer.fit_transform(texts)
    cosines: Matrix = (vectors @ vectors.T).toarray()
    return np.minimum(cosines, 1.0)


def _shared_names(texts: Sequence[str], *, rarity: bool) -> Matrix:
    """Return the weight of the names two texts share as a fraction of the lighter one's; 0 where one has none."""
    import numpy as np

    names = [names_in(text) for text in texts]
    counts = Counter(name for held in names for name in held)
    weights = {name: math.log((len(texts) + 1) / (count + 0.5)) if rarity else 1.0 for name, count in counts.items()}
    total = [sum(weights[name] for name in sorted(held)) for held in names]
    found = np.zeros((len(texts), len(texts)))
    for one, held in enumerate(names):
        for other in range(one):
            lighter = min(total[one], total[other])
            shared = sum(weights[name] for name in sorted(held & names[other]))
            found[one, other] = found[other, one] = shared / lighter if lighter else 0.0
    return found


def _margins(similarity: Matrix, seats: NDArray[np.int_]) -> Matrix:
    """Return how much more alike two findings are than either is to the next best of the other's seat, or by chance."""
    import numpy as np

    best = np.full_like(similarity, CHANCE)
    for seat in np.unique(seats):
        own = np.flatnonzero(seats == seat)
        for place in own:
            others = [n for n in own if n != place and similarity[n, place] < COPY]
            if others:
                best[:, place] = np.maximum(CHANCE, similarity[:, others].max(axis=1))
    one_way = similarity - best
    return np.minimum(one_way, one_way.T)


def _seats(findings: Sequence[Finding]) -> NDArray[np.int_]:
    import numpy as np

    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(finding.source, len(numbers)) for finding in findings], dtype=int)


def _places(findings: Sequence[Finding]) -> tuple[Matrix, Matrix]:
    """Return how far places let words count, 0 to 1, and what they add to the log odds."""
    import numpy as np

    size = len(findings)
    factor, bonus = np.ones((size, size)), np.zeros((size, size))
    for one in range(size):
        for other in range(one):
            gap = _distance(findings[one].location, findings[other].location)
            if gap is not None:
                far, near = gap > FAR_LINES, gap <= NEAR_LINES
                factor[one, other] = factor[other, one] = 0.0 if far else 1.0 if near else NEARBY_DISCOUNT
                bonus[one, other] = bonus[other, one] = -math.inf if far else NEAR_BONUS if near else 0.0
    return factor, bonus


def _distance(one: Location | None, other: Location | None) -> float | None:
    """Return how many lines two places are apart; infinite in different files, ``None`` where that is not known."""
    if one is None or other is None:
        return None
    if one.path != other.path:
        return math.inf
    if one.line is None or other.line is None:
        return None
    return max(one.line, other.line) - min(one.end_line or one.line, other.end_line or other.line)


def _expit(odds: Matrix) -> Matrix:
    import numpy as np

    with np.errstate(over="ignore"):
        found: Matrix = 1.0 / (1.0 + np.exp(-odds))
    return found
