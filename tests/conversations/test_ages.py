"""What is for adults: who speaks in age-restricted channels alone, and what is remembered of
them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from audit.configuration import configuration
from conversations.discord import inbound, places
from conversations.floor import scene
from conversations.models import Channel, Conversation, Scenario, Turn
from conversations.text import Refused
from conversations.turns import turns
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import FOR_ADULTS, FOR_ALL, build
from conversations.wishes import summoning
from fishbowl.llm.types import Brief
from memories import view
from memories.formation import facts
from memories.lore import lore
from memories.models import LoreChunk, LoreDocument, Memory, PersonFact
from memories.rules import in_force
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_turn,
)
from tests.discord.happenings import US, guild, said, somewhere

pytestmark = pytest.mark.django_db


def seen_in(talk: Conversation, owner: int, listener: int) -> set[str]:
    """What a character may bring up in a conversation."""
    before = view.Audience(
        people=frozenset({listener}), community=talk.channel.community_id, conversation=talk.pk
    )
    with view.seen_by(owner, before):
        known = {*Memory.objects.values_list("content", flat=True)}
        return known | {*PersonFact.objects.values_list("fact_content", flat=True)}


def test_what_was_learned_among_adults_comes_to_mind_among_adults_alone() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    bar, hall = make_channel("bar", is_nsfw=True), make_channel("hall")
    late, noon = make_conversation(bar), make_conversation(hall)
    line = make_message(late, ann, "I keep snakes in the bath.")
    (known,) = store([_memory(mara.pk, "Ann keeps snakes.", from_messages=(line.pk,))])
    (thought,) = store([_memory(mara.pk, "Ann is bold.", from_memories=(known.id,))])
    (_,) = store([_memory(mara.pk, "Ann has a boat.", source_conversation_id=noon.pk)])
    facts.learn([_fact(ann.pk, mara.pk, line.pk)], [None], in_force())
    assert seen_in(noon, mara.pk, ann.pk) == {"Ann has a boat."}
    everything = {"Ann keeps snakes.", "Ann is bold.", "Ann has a boat.", "Ann likes snakes."}
    assert seen_in(late, mara.pk, ann.pk) == everything
    with view.seen_by(mara.pk, view.Audience()):  # alone with its thoughts
        assert Memory.objects.filter(pk=thought.id).exists()
    # What is heard again where all may hear it is for all.
    store([_memory(mara.pk, "Ann keeps snakes.", source_conversation_id=noon.pk)])
    assert "Ann keeps snakes." in seen_in(noon, mara.pk, ann.pk)


def _memory(owner: int, content: str, **how: Any) -> NewMemory:
    return NewMemory(owner, "experience", content, NOON, visibility="public", **how)


def _fact(person: int, knower: int, message: int) -> facts.NewFact:
    return facts.NewFact(
        person_id=person, character_id=knower, community_id=None, subject="Ann",
        content="Ann likes snakes.", fact_type="preference", confidence=0.9, importance=0.5,
        temporal="present", lasts="", visibility="public", learned_at=NOON, message_id=message,
        context="",
    )  # fmt: skip


def test_lore_for_adults_is_known_there_alone() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    book = LoreDocument.objects.create(title="Nights", source="nights", content="x")
    piece = make_memory(None, "The cellar has a second door.", kind="lore", visibility="public")
    LoreChunk.objects.create(document=book, number=1, memory=piece)
    talk = make_conversation(make_channel("hall"))
    assert seen_in(talk, mara.pk, ann.pk) == {piece.content}
    assert lore.set_adult([book.pk], True) == 1
    assert seen_in(talk, mara.pk, ann.pk) == set()
    Channel.objects.update(is_nsfw=True)
    assert seen_in(talk, mara.pk, ann.pk) == {piece.content}
    Channel.objects.update(is_nsfw=False)
    assert lore.set_adult([book.pk], False) == 1
    assert seen_in(talk, mara.pk, ann.pk) == {piece.content}


def test_a_character_for_adults_speaks_among_them_alone(redis_client: object) -> None:
    vera = make_character("Vera", is_adult=True)
    bar, hall = make_channel("bar", is_nsfw=True), make_channel("hall")
    for channel, may in ((bar, True), (hall, False)):
        floor = scene.load_floor(channel, None, "tick", timezone.now())
        assert [one.id for one in floor.candidates] == ([vera.pk] if may else [])
    with pytest.raises(Refused, match="only in age-restricted"):
        summoning.summon(vera, hall, make_person(), timezone.now())
    planned = make_turn(make_conversation(bar), chosen=vera, status="planned")
    Channel.objects.filter(pk=bar.pk).update(is_nsfw=False)  # the mark is taken away meanwhile
    assert turns.take(planned.pk) is None
    planned.refresh_from_db()
    assert planned.status == Turn.Status.ABANDONED
    assert "age-restricted" in planned.error


def test_the_prompt_names_the_rating_and_keeps_premises_for_adults_to_their_place() -> None:
    texts = [
        "\n".join(m.content for m in build(Brief("Mara", is_adult=is_adult)).messages)
        for is_adult in (True, False)
    ]
    assert FOR_ADULTS in texts[0] and FOR_ALL not in texts[0]
    assert FOR_ALL in texts[1] and FOR_ADULTS not in texts[1]
    bar = make_channel("bar", is_nsfw=True)
    bar.scenario = make_scenario()
    turn = make_turn(make_conversation(bar), chosen=make_character("Mara"))
    brief, _ = load_brief(turn, bar, timezone.now())
    assert (brief.is_adult, brief.scenario) == (True, "A long night.")
    bar.is_nsfw = False
    brief, _ = load_brief(turn, bar, timezone.now())
    assert (brief.is_adult, brief.scenario) == (False, "")


def make_scenario() -> Scenario:
    return Scenario.objects.create(slug="n", name="Night", premise="A long night.", is_adult=True)


def test_age_restricted_channels_can_be_refused(redis_client: object) -> None:
    configuration.set_value("discord_inbound", "new_channel_mode", "live")
    configuration.forget_cached()
    places.take_in_guild(guild(somewhere(711, is_nsfw=True), somewhere(712)))
    make_character("Mara")
    bar = Channel.objects.get(discord_id=711)
    here = said("Anybody up?", place=somewhere(711, is_nsfw=True))
    assert inbound.receive(here, US) is not None
    configuration.set_value("age", "restricted_channels", "refused")
    configuration.forget_cached()
    later = said("And now?", place=somewhere(711, is_nsfw=True))
    assert inbound.receive(later, US) is None
    assert places.listened(711) is None
    assert places.listened(712) is not None
    assert scene.load_floor(bar, None, "tick", timezone.now()).mode == Channel.Mode.MUTED
