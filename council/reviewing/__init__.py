"""What the seats are asked, and what they answered."""

from council.reviewing.ballot import Unread, read_ballot
from council.reviewing.panel import collect_reviews
from council.reviewing.prompt import compose_prompt
from council.reviewing.schema import BALLOT_SCHEMA

__all__ = ["BALLOT_SCHEMA", "Unread", "collect_reviews", "compose_prompt", "read_ballot"]
