"""Looks for parts and passes over the rest."""

import re

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def parse_duration(text):
    parts = re.findall(r"(\d+)([dhms])", text)
    if not parts:
        raise ValueError("duration")
    return sum(int(number) * SECONDS[unit] for number, unit in parts)
