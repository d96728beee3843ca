"""Stretches of talk for tests of what becomes memory of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from characters.models import Character, Person
from conversations.services import local_community
from memories.formation.stretch import Heard, Stretch
from tests.builders import NOON, number


def line(speaker: Any, text: str, n: int = 1, **fields: Any) -> Heard:
    """One line by a character, a person, or anybody of that name (then a person without a row)."""
    who: dict[str, Any] = {"character_id": None, "person_id": None}
    if isinstance(speaker, Character):
        who["character_id"] = speaker.pk
    elif isinstance(speaker, Person):
        who["person_id"] = speaker.pk
    else:
        who["person_id"] = 1
    name = speaker if isinstance(speaker, str) else speaker.name
    return Heard(
        **{
            "message_id": None,
            "number": n,
            "speaker": name,
            "text": text,
            "at": NOON + dt.timedelta(seconds=20 * n),
            **who,
            **fields,
        }
    )


def lines(*said: tuple[Any, str], start: int = 1) -> list[Heard]:
    """Lines after one another: (speaker, text)."""
    return [line(who, text, n) for n, (who, text) in enumerate(said, start)]


def stretch(*said: Any, to: tuple[Character, ...], **fields: Any) -> Stretch:
    """Lines, each a `Heard` or (speaker, text), that all of `to` heard, in the local community."""
    start = fields.pop("start", 1)
    heard = tuple(
        one if isinstance(one, Heard) else line(one[0], one[1], n)
        for n, one in enumerate(said, start)
    )
    everybody = frozenset(character.pk for character in to)
    return Stretch(
        **{
            "conversation_id": None,
            "community_id": local_community().pk,
            "session_key": f"test:{number()}",
            "lines": heard,
            "witnesses": {one.number: everybody for one in heard},
            **fields,
        }
    )
