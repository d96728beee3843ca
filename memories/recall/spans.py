"""Lengths of time in words: 'half a year', 'two and a half weeks', 'a fortnight'. Pure."""

from __future__ import annotations

import re

NUMBERS: dict[str, float] = {
    "half a": 0.5, "half an": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "a couple of": 2, "a few": 3, "some": 3, "several": 4,
}  # fmt: skip
_HALF = r"\s+and\s+a\s+half"
COUNT = (
    rf"(?P<n>\d{{1,3}}(?:\.\d)?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
    rf"(?P<half>{_HALF})?"
)
UNIT = rf"(?P<u>minute|hour|day|week|fortnight|month|year|decade)s?(?P<more>{_HALF})?"
SPAN = rf"\b{COUNT}\s+{UNIT}"
_ALIKE = {"fortnight": ("week", 2), "decade": ("year", 10)}
DAYS = {"minute": 0, "hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}


def span(match: re.Match[str]) -> tuple[int, str]:
    """How many of which unit a match of `SPAN` means: 'half a year' is 6 months, 'two and a half
    weeks' 18 days, 'half an hour' 30 minutes. The unit is one of `DAYS`, which says how long it
    is."""
    said = " ".join(match["n"].lower().split())
    count = NUMBERS[said] if said in NUMBERS else float(said)
    if match["half"] or match["more"]:
        count += 0.5
    unit = match["u"].lower()
    unit, times = _ALIKE.get(unit, (unit, 1))
    count *= times
    if count == int(count):
        return int(count), unit
    if unit == "year":
        return round(12 * count), "month"
    if unit == "hour":
        return round(60 * count), "minute"
    return (int(DAYS[unit] * count + 0.5), "day") if DAYS[unit] > 1 else (round(count), unit)
