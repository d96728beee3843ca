"""A stretch of talk, as those who were there heard it: what memories are formed from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heard:
    """One line. Exactly one of `character_id` and `person_id` names who said it. `recalled` are the
    memories that stood in the speaker's prompt when it said this; `seen` what pictures showed.
    `is_off_record`: a person said it who did not consent to being remembered. `tone` is how it
    sounds, −1.0 (bitter) to 1.0 (glad). `instead`: they corrected themselves in a few words,
    `text` is the sentence that they meant, and this stood in it before."""

    message_id: int | None
    number: int
    speaker: str
    text: str
    at: dt.datetime
    character_id: int | None = None
    person_id: int | None = None
    recalled: tuple[int, ...] = ()
    seen: str = ""
    is_off_record: bool = False
    tone: float = 0.0
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of one conversation, oldest first. `witnesses` are the ids of the characters that heard
    each line, by its number; nobody else may remember it. `is_adult` is whether it was said in an
    age-restricted channel."""

    conversation_id: int | None
    community_id: int | None
    session_key: str
    lines: tuple[Heard, ...]
    witnesses: dict[int, frozenset[int]]
    is_private: bool = False
    is_adult: bool = False
    room: str = ""
    channel_id: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody may hear elsewhere of what was said in it."""
        return not (self.is_private or self.is_adult)

    def everybody(self) -> frozenset[int]:
        """The characters that heard any of it."""
        return frozenset().union(*self.witnesses.values())
