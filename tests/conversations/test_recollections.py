"""What came to a speaker's mind, as the page of its turn shows it to keepers and to visitors."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.models import Channel, TurnMemory
from memories.models import Memory
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_staff,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Channel:
    return make_channel("bar")


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response
    return response.content.decode()


def test_why_shows_what_came_to_mind_as_far_as_it_may(client: Client, room: Channel) -> None:
    mara, teller = make_character("Mara"), make_character("Bram")
    turn = make_turn(make_conversation(room), mara, status="done")
    for rank, (content, fields) in enumerate(
        [
            ("Ada keeps a brass telescope.",
             {"visibility": "public", "provenance": "told", "told_by_character_id": teller.pk}),
            ("Mara fears the ice house.", {"visibility": "private", "provenance": "own"}),
            ("The will is behind the sundial.", {"visibility": "personal"}),
        ],
        1,
    ):  # fmt: skip
        TurnMemory.objects.create(
            turn=turn,
            memory=make_memory(mara, content, **fields),
            rank=rank,
            score=2.0 / rank,
            parts={"text": 0.8, "vector": 0.0, "strength": 0.9, "recency": 1.0},
        )
    html = page(client, f"/why/{turn.pk}/")
    for shown in ("What came to mind", "Ada keeps a brass telescope.", "Bram told it",
                  "the same words +0.80", "how strong ×0.90", "And 2 more"):  # fmt: skip
        assert shown in html
    for hidden in ("ice house", "sundial", "the same meaning", "how long ago", "/admin/memories/"):
        assert hidden not in html
    client.force_login(make_staff())
    html = page(client, f"/why/{turn.pk}/")
    for shown in ("ice house", "sundial", "not for everybody", "/admin/memories/memory/"):
        assert shown in html
    assert "its own business" not in html


def test_why_follows_a_memory_that_is_kept_from_visitors_since(
    client: Client, room: Channel
) -> None:
    mara = make_character("Mara")
    turn = make_turn(make_conversation(room), mara, status="done")
    memory = make_memory(mara, "Ada keeps a brass telescope.", visibility="public")
    TurnMemory.objects.create(turn=turn, memory=memory, rank=1, score=1.0)
    assert "brass telescope" in page(client, f"/why/{turn.pk}/")
    Memory.objects.update(visibility="personal")
    html = page(client, f"/why/{turn.pk}/")
    assert "brass telescope" not in html
    assert "1 memory that is its own business" in html


def test_why_says_nothing_of_a_mind_to_which_nothing_came(client: Client, room: Channel) -> None:
    turn = make_turn(make_conversation(room), make_character(), status="done")
    assert "What came to mind" not in page(client, f"/why/{turn.pk}/")
