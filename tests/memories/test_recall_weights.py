"""Every weight of recall counts: what is weighed by it moves when it no longer is."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any

import pytest

from characters.models import Character
from conversations.services import local_community
from memories.models import Contagion, Entity, EntityMention
from memories.recall.recall import recall
from memories.recall.weights import Weights
from memories.view import Audience
from tests.builders import NOON, make_character, make_memory, make_person
from tests.memories.recalling import DAY, make_wren

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]

# With these a factor changes nothing; a share counts nothing with 0.
WITHOUT = {
    "contrast": 1.0, "question": 1.0, "again": 1.0, "answer": 1.0, "reply": 0.0, "context": 1.0,
    "days": 10.0**9, "derived": 1.0, "told": 1.0, "gossip": 1.0, "damped": 1.0,
}  # fmt: skip
QUESTIONS = (
    "When did Ada mend the lantern at the lighthouse in January?",
    "What of the “brass lantern” and the salt moon?",
    "Has Zorblax a boat?",
    "What was the job?",
    "Where does Sam live?",
)


@pytest.fixture
def wren() -> Character:
    """One whose few memories give every kind of evidence."""
    wren, ada, bram = make_wren(), make_person("Ada"), make_character("Bram")
    talk: dict[str, Any] = {"kind": "conversation", "session_key": "a", "occurred_at": NOON}
    for at, text in enumerate(
        (
            "The rain stopped.", "Bring the oars.", "Mind the step.", "Who has the ladder?",
            QUESTIONS[0], "Ada mended it, the lantern of the lighthouse.", "With wire.",
            "It took an hour.", "Then we had soup.", "And bread.",
        ),
        1,
    ):  # fmt: skip
        whose = {"told_by_person_id": ada.pk} if at == 6 else {"told_by_character_id": bram.pk}
        make_memory(wren, f"“{text}”", text=text, sequence=at, **talk, **whose)
    make_memory(
        wren, "The lantern was dear.", session_key="a", sequence=11, occurred_at=NOON,
        kind="reflection", provenance="derived",
    )  # fmt: skip
    mended = make_memory(
        wren, "Ada mended a brass lantern on a Sunday in January.", about_person_id=ada.pk,
        occurred_at=dt.datetime(NOON.year, 1, 9, tzinfo=dt.UTC), importance=8.0, confidence=0.6,
        provenance="told",
    )  # fmt: skip
    EntityMention.objects.create(
        entity=Entity.objects.create(name="lighthouse", kind="place"), memory=mended
    )
    make_memory(wren, "Behind a red door.", about_person_id=make_person("Sam").pk, occurred_at=NOON)
    make_memory(wren, "The salt moon again, said Bram.", kind="gossip", occurred_at=NOON)
    faint = make_memory(wren, "Her career began at a boat.", occurred_at=NOON - 300 * DAY)
    type(faint).objects.filter(pk=faint.pk).update(strength=0.3)
    Contagion.objects.create(
        community=local_community(), kind="phrase", text="salt moon", first_seen_at=NOON,
        last_seen_at=NOON,
    )  # fmt: skip
    return wren


def test_every_weight_counts(wren: Character) -> None:
    def found(weights: Weights) -> list[tuple[int, float, float]]:
        before = Audience(community=local_community().pk)
        return [
            (one.id, round(one.score, 9), round(one.parts["known"], 9))
            for question in QUESTIONS
            for one in recall(
                wren.pk, before, question, now=NOON, floor=False, limit=40, weights=weights
            )
        ]

    usual = found(Weights())
    names = [field.name for field in fields(Weights)]
    assert [n for n in names if found(Weights(**{n: WITHOUT.get(n, 0.0)})) == usual] == []
