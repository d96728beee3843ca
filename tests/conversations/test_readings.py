"""What a model hears of feelings in talk moves those who heard it: a little, and with its cause."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from characters.emotion import EMOTIONS
from characters.feelings import feelings_of
from characters.models import CharacterState, MoodChange
from characters.rules import LivingRules
from conversations.afterwards import observe
from conversations.feelings import readings
from conversations.feelings.readings import moved
from conversations.models import Message
from fishbowl.llm.chat import Endpoint, close_clients
from memories.formation.findings import Feeling
from memories.formation.stretch import Stretch
from memories.models import Memory
from tests.builders import make_channel, make_character, make_conversation, make_message
from tests.memories.talking import line
from tests.modelserver import ModelServer, reply


def heard(*said: str) -> Stretch:
    """Lines of characters 1, 2 and so on, which 1 and 2 heard."""
    lines = tuple(
        line("Mara", text, n, character_id=n, person_id=None) for n, text in enumerate(said, 1)
    )
    return Stretch(None, None, "test", lines, {x.number: frozenset({1, 2}) for x in lines})


felt = st.builds(Feeling, st.integers(0, 3), st.sampled_from(EMOTIONS), st.floats(0, 1))


@given(st.lists(felt, max_size=30))
def test_it_is_bounded_and_nothing_comes_of_nothing(feelings: list[Feeling]) -> None:
    found = moved(feelings, heard("So.", "Well."))
    assert set(found) <= {1, 2}
    for each in found.values():
        values = [*each.stirred.values(), *each.seen.values()]
        assert values
        assert all(0 < value <= 1 for value in values)
        assert all(abs(axis) <= 1.0 for axis in each.sway(LivingRules()))
    assert bool(found) == any(f.line in (1, 2) and f.intensity > 0 for f in feelings)


def test_what_the_words_had_told_is_not_felt_twice() -> None:
    talk = heard("I am so angry, I hate it!")
    assert moved([Feeling(1, "anger", 0.5)], talk) == {}
    assert moved([Feeling(1, "sadness", 0.5)], talk)[1].stirred == {"sadness": 0.5}


@pytest.mark.django_db(transaction=True)
def test_a_models_reading_moves_moods_with_their_cause(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memories.formation.extraction.is_due", lambda *_: True)
    mara, bram = make_character("Mara"), make_character("Bram")
    paused = make_character("Odile", status="paused")
    talk = make_conversation(make_channel(), status="closed", closed_at=timezone.now())
    for character, said in (
        (mara, "They have taken the bench by the harbour away, the one we used to sit on."),
        (bram, "I know the one, it stood there before either of us could walk."),
        (paused, "I sat on it as well, with a book that I never finished reading."),
    ):
        make_message(talk, character, said)
    before = feelings_of(bram.pk, timezone.now()).levels["sadness"]
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (
            Endpoint("main", server.base_url, "test", timeout_s=5.0, max_retries=0,
                     price_in=Decimal(0), price_out=Decimal(0)),
        )  # fmt: skip
        server.enqueue(
            reply(json.dumps({"feelings": [{"line": 1, "emotion": "sadness", "intensity": 0.9}]}))
        )
        assert observe.observe(talk.pk) == 3
    close_clients()

    assert Message.objects.get(conversation=talk, number=1).emotion == "sadness"
    change = MoodChange.objects.get(character=mara)
    assert (change.description, change.trigger_type) == ("it was sad in talk", "conversation")
    assert -0.2 <= change.delta_valence < -0.02
    state = CharacterState.objects.get(character=mara)  # as whoever starts anew finds it
    assert state.mood_valence == change.valence
    assert feelings_of(bram.pk, timezone.now()).levels["sadness"] > before
    assert not MoodChange.objects.filter(character=paused).exists()


@pytest.mark.django_db(transaction=True)
def test_no_mood_is_lost_when_it_dies_over_them(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr("memories.formation.extraction.is_due", lambda *_: True)
    mara = make_character("Mara")
    talk = make_conversation(make_channel(), status="closed", closed_at=timezone.now())
    make_message(talk, mara, "They have taken the bench by the harbour away, the one we sat on.")
    read = reply(json.dumps({"feelings": [{"line": 1, "emotion": "sadness", "intensity": 0.9}]}))
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (
            Endpoint("main", server.base_url, "test", timeout_s=5.0, max_retries=0,
                     price_in=Decimal(0), price_out=Decimal(0)),
        )  # fmt: skip
        server.enqueue(read, read)
        with monkeypatch.context() as dying:
            dying.setattr(readings, "move_mood", die)
            with pytest.raises(Killed):
                observe.observe(talk.pk)
        observe.forget_failures()
        observe.observe(talk.pk)
        observe.observe(talk.pk)
    close_clients()
    assert MoodChange.objects.get(character=mara).description == "it was sad in talk"
    assert Memory.objects.filter(owner=mara, source_message__isnull=False).count() == 1
