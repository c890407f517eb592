"""Durations such as 1h30m."""

import re

PARTS = re.compile(r"(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
SECONDS = (86400, 3600, 60, 1)


def parse_duration(text):
    """Return the seconds of a duration."""
    text = text.strip()
    found = PARTS.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"{text!r} is no duration")
    return sum(int(number) * seconds for number, seconds in zip(found.groups(), SECONDS) if number)
