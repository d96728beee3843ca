"""What keepers set for one place acts there, and nowhere else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.configuration import configuration
from audit.configuration.places import Place
from audit.configuration.wording import written
from characters.models import Community
from conversations.afterwards.observe import stretch_of
from conversations.moderation import quarantine
from conversations.turns import remembering
from fishbowl.llm.chat import Endpoint, close_clients
from memories.formation.discretion import of_lines
from memories.formation.extraction import find
from memories.models import Memory
from memories.nights.condensing import condense
from memories.reflection import days, thinking
from memories.rules import MemoryRules
from memories.view import Audience
from tests.builders import (
    NOON,
    make_case,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_turn,
)
from tests.modelserver import ModelServer, reply

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)
MARK = "Speak of the harbour as of an old aunt."


@pytest.fixture
def guild() -> Community:
    return make_community(discord_id=11)


@pytest.fixture
def other() -> Community:
    return make_community(discord_id=22)


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (Endpoint("main", server.base_url, "test", max_retries=0),)
        yield server
    close_clients()


def there(community: Community) -> Place:
    return Place("community", community.pk)


def word(name: str, community: Community) -> None:
    text = f"{written()[name].text}\n{MARK}"
    configuration.set_value("prompts", name, text, place=there(community))
    configuration.forget_cached()


def is_marked(server: ModelServer) -> bool:
    return MARK in json.dumps(server.history[-1].body)


def test_a_communitys_words_for_observing_and_summing_up_are_used_there(
    guild: Community, other: Community, server: ModelServer
) -> None:
    for name in ("observe", "consolidate"):
        word(name, guild)
    bram = make_character("Bram")
    for community in (guild, other):
        talk = make_conversation(make_channel(community=community, discord_id=community.pk + 900))
        said = make_message(talk, make_person(), "I work as a nurse at the harbour, since May.")
        heard = stretch_of(talk, [said])
        server.enqueue(reply("{}"))
        find(heard, of_lines(heard.lines), {}, MemoryRules(messages_a_call=1))
        assert is_marked(server) is (community == guild)
        server.enqueue(reply("The harbour was quiet."))
        condense("Bram", ["The harbour was quiet."] * 3, (NOON, NOON), character_id=bram.pk,
                 community_id=community.pk, now=NOON)  # fmt: skip
        assert is_marked(server) is (community == guild)


@pytest.mark.parametrize("kind", ["reflect", "diary"])
def test_a_communitys_words_for_thinking_it_over_are_used_of_it(
    guild: Community, other: Community, server: ModelServer, kind: str
) -> None:
    word(kind, guild)
    for community in (guild, other):
        ada, ben = make_character(), make_character()
        talk = make_conversation(make_channel(community=community, discord_id=ada.pk + 900))
        for n in range(40):
            by = (ada, ben)[n % 2]
            text = f"I have painted the {n} planks of the red boat for you."
            message = make_message(talk, by, text, at=NOON + n * dt.timedelta(minutes=5))
            make_memory(ada, f"{by.name} said: “{text}”", kind="conversation",
                        occurred_at=message.created_at, community_id=community.pk,
                        source_message_id=message.pk, source_conversation_id=talk.pk)  # fmt: skip
        server.enqueue(reply("{}" if kind == "reflect" else "The boat is red now."))
        if kind == "reflect":
            thinking.reflect(ada.pk, NOON + DAY, forced=True)
        else:
            configuration.set_value("reflection", "rich_day", 0.1)
            days.write(ada.pk, "diary", NOON + dt.timedelta(hours=9))
        assert is_marked(server) is (community == guild)


def test_a_characters_own_sense_of_what_is_strong_has_it_reflect() -> None:
    ada, ben = make_character("Ada"), make_character("Ben")
    configuration.set_value("reflection", "strong_importance", 6, place=Place("character", ada.pk))
    configuration.forget_cached()
    for one in (ada, ben):
        one.state.last_reflection_at = NOON - dt.timedelta(hours=5)
        one.state.save()
        make_memory(one, importance=7.0, occurred_at=NOON - dt.timedelta(hours=1))
    assert thinking.due(NOON) == [ada.pk]


def test_words_that_were_decided_against_are_kept_as_long_as_their_place_has_it(
    guild: Community, other: Community
) -> None:
    rooms = [
        make_channel(community=one, discord_id=n) for n, one in enumerate((guild, guild, other))
    ]
    configuration.set_value("moderation", "words_days", 5, place=there(guild))
    configuration.set_value("moderation", "words_days", 60, place=Place("channel", rooms[1].pk))
    configuration.forget_cached()
    now = timezone.now()
    cases = [
        make_case(
            channel=room, state="removed", opened_at=now - 30 * DAY, decided_at=now - 30 * DAY
        )
        for room in rooms
    ]
    assert quarantine.let_go(now) == 1
    for case in cases:
        case.refresh_from_db()
    assert [case.text for case in cases] == ["", "Fish!", "Fish!"]


def test_how_much_a_memory_grows_by_being_thought_of_goes_by_where_it_was(
    guild: Community, other: Community
) -> None:
    configuration.set_value("memory", "used_gain", 0.9, place=there(guild))
    configuration.forget_cached()
    grown = []
    for community in (guild, other):
        ada, ben = make_character(), make_character()
        make_relationship(ada, ben, community=community, trust=0.9)
        make_memory(ada, "The copper kettle belonged to a smuggler.", community_id=community.pk,
                    visibility="public")  # fmt: skip
        Memory.objects.filter(owner=ada).update(strength=0.2)
        room = make_channel(community=community, discord_id=ada.pk + 900)
        talk = make_conversation(room)
        asked = make_message(talk, ben, "To whom did the copper kettle belong?")
        turn = make_turn(talk, ada, answers=asked)
        before = Audience(frozenset({ben.pk}), community=community.pk, conversation=talk.pk)
        lines = remembering.asking_present(talk.pk)
        assert lines
        memory = Memory.objects.get(owner=ada)
        kept = remembering.Remembered(to_tell=None, before=before, insight=remembering.Surfacing(
            0, memory.pk, remembering.Recollection("x")))  # fmt: skip
        remembering.keep(turn, kept, timezone.now())
        memory.refresh_from_db()
        grown.append(memory.strength)
    assert grown[0] > 0.9
    assert grown[1] < 0.6


def test_the_tank_calls_bonds_as_its_own_community_does(client: Client) -> None:
    ada, ben = make_character("Ada"), make_character("Ben")
    make_relationship(ada, ben, trust=0.9, affection=0.9, attunement=0.9)
    for name in ("stranger", "acquaintance", "friend", "good_friend", "close_friend"):
        configuration.set_value("living", f"name_{name}", "Messmate", place=there(make_community()))
    configuration.forget_cached()
    assert "messmate" in client.get("/characters/ada/").content.decode()
