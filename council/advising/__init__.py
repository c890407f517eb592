"""An advisory about a model from what was measured: every statement a fact that can be looked up again."""

from council.advising.classes import CLASSES, BugClass, classify
from council.advising.composing import advisory_id, compose_advisory, slug_of, with_history
from council.advising.evidence import Evidence, Figures, Measured, Words
from council.advising.history import changes_between, same_facts, stated
from council.advising.prose import foreign_numbers, prose_prompt
from council.advising.sittings import gather_sittings
from council.advising.tracing import Untraced, trace

__all__ = [
    "CLASSES",
    "BugClass",
    "Evidence",
    "Figures",
    "Measured",
    "Untraced",
    "Words",
    "advisory_id",
    "changes_between",
    "classify",
    "compose_advisory",
    "foreign_numbers",
    "gather_sittings",
    "prose_prompt",
    "same_facts",
    "slug_of",
    "stated",
    "trace",
    "with_history",
]
