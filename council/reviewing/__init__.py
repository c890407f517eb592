"""What the seats are asked, and what they answered."""

from council.reviewing.asking import Turns
from council.reviewing.ballot import Unread, read_ballot
from council.reviewing.chair import write_statement
from council.reviewing.examining import Bar, cross_examine, seconds_of
from council.reviewing.lures import nonce_of
from council.reviewing.panel import collect_reviews
from council.reviewing.prompt import compose_prompt, spoken_by
from council.reviewing.readings import ask_readings
from council.reviewing.schema import BALLOT_SCHEMA

__all__ = [
    "BALLOT_SCHEMA",
    "Bar",
    "Turns",
    "Unread",
    "ask_readings",
    "collect_reviews",
    "compose_prompt",
    "cross_examine",
    "nonce_of",
    "read_ballot",
    "seconds_of",
    "spoken_by",
    "write_statement",
]
