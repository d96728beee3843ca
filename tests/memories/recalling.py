"""A character with a little to remember, and asking it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from characters.models import Character
from memories.models import Memory
from memories.recall.recall import Recalled, recall
from memories.view import Audience
from memories.writing import NewMemory, store
from tests.builders import NOON, make_character

DAY = dt.timedelta(days=1)
ELSEWHERE = (
    "The kettle whistled all morning.", "Somebody painted the shed green.",
    "The market closed before noon.", "A goat stood on the roof of the chapel.",
    "The bread was burnt again.", "Two gulls fought over a fish.",
    "The piano needs tuning.", "Snow lay on the hills in April.",
    "The postman brought a parcel.", "Nobody watered the tomatoes.",
    "The children built a raft.", "There was a smell of varnish in the hall.",
)  # fmt: skip


def make_wren() -> Character:
    """A character that remembers a dozen things which nobody will ask for."""
    wren = make_character("Wren")
    store(
        [
            NewMemory(owner_id=wren.pk, kind="experience", content=text, occurred_at=NOON - DAY)
            for text in ELSEWHERE
        ]
    )
    return wren


def ask(who: Character, question: str, **asked: Any) -> list[Recalled]:
    """What comes to mind when it is alone, however little it fits."""
    return recall(who.pk, Audience(), question, **{"now": NOON, "floor": False, **asked})


def part(hits: list[Recalled], memory: Memory, name: str) -> float:
    return next(one.parts[name] for one in hits if one.id == memory.pk)
