"""The inner life of characters for adults, and that nothing of it is said or read elsewhere."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from characters.models import (
    Character,
    CharacterState,
    Goal,
    Insight,
    LearningEvent,
    Person,
    Reflection,
    Relationship,
)
from conversations.afterwards import observe
from conversations.models import Channel, Conversation
from conversations.rooms import set_restricted
from conversations.services import close_conversation
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from conversations.wishes import cast
from memories.models import Memory
from memories.nights import contagion
from memories.reflection import days, figures, thinking
from memories.reflection.wanted import told_before
from memories.view import Audience
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_mood_change,
    make_person,
    make_relationship,
    make_relationship_event,
    make_staff,
    make_turn,
)
from tests.conversations.test_ages import _pages, _talk, seen_in

pytestmark = pytest.mark.django_db

MADE = (Memory.Kind.INSIGHT, Memory.Kind.DIARY, Memory.Kind.DREAM)


@pytest.fixture
def now(redis_client: object) -> dt.datetime:
    return timezone.now().replace(hour=21, minute=0, second=0, microsecond=0)


@pytest.fixture
def ann() -> Person:
    return make_person("Ann", consent_level="full")


@pytest.fixture
def bar(now: dt.datetime, ann: Person) -> Channel:
    """The one channel of characters for adults, after an evening of talk."""
    channel = make_channel("bar", is_nsfw=True)
    living = [
        make_character(name, timezone="UTC", is_adult=True) for name in ("Mara", "Bo", "Cleo")
    ]
    for n in range(3):
        _talk(channel, living, ann, now - dt.timedelta(minutes=180 - 50 * n))
    talk = make_conversation(channel)
    for at in range(8):
        text = f"I have painted the {at} planks of the red boat for you."
        make_message(talk, living[at % 3], text, at=now - dt.timedelta(minutes=20 - at))
    close_conversation(talk, "over", now)
    observe.observe(talk.pk, now)
    return channel


def live_on(character: Character, now: dt.datetime) -> None:
    """What the clock's own tasks do of an evening and a night."""
    states = CharacterState.objects.filter(character=character)
    states.update(last_reflection_at=now - dt.timedelta(days=2))
    assert character.pk in thinking.due(now)
    thinking.reflect(character.pk, now)
    days.write(character.pk, "diary", now)
    days.write(character.pk, "dream", now + dt.timedelta(hours=6))


def talk_in(channel: Channel) -> Conversation:
    return Conversation.objects.open().filter(channel=channel).first() or make_conversation(channel)


def prompt(channel: Channel, mara: Character, ann: Person, now: dt.datetime) -> str:
    talk = talk_in(channel)
    make_message(talk, ann, "Mara, what of the octopus, and of Bo?", at=now)
    asked = make_turn(talk, mara, answers=talk.messages.latest("pk"), decided_at=now)
    return "".join(m.content for m in build(load_brief(asked, channel, now)[0]).messages)


def made_in(talk: Conversation, mara: Character, ann: Person) -> set[str]:
    made = Memory.objects.filter(owner=mara, kind__in=MADE)
    return set(made.values_list("content", flat=True)) & seen_in(talk, mara.pk, ann.pk)


def test_they_think_write_and_dream_among_themselves(
    bar: Channel, ann: Person, now: dt.datetime
) -> None:
    mara = Character.objects.get(name="Mara")
    live_on(mara, now)
    trusted = {"trust": 0.95, "community": bar.community}
    Relationship.objects.update_or_create(from_character=mara, to_person=ann, defaults=trusted)
    pages = Reflection.objects.filter(character=mara, kind__in=["diary", "dream"])
    assert pages.exclude(content="").count() == 2
    assert pages.filter(content__contains="octopus").exists()
    assert Insight.objects.filter(character=mara).exists()
    made = Memory.objects.filter(owner=mara, kind__in=MADE)
    assert set(made.values_list("kind", flat=True)) == set(MADE)
    assert set(made.values_list("is_adult", flat=True)) == {True}
    assert made_in(talk_in(bar), mara, ann) == set(made.values_list("content", flat=True))


def test_nothing_of_it_is_said_or_read_elsewhere_though_they_are_let_there(
    client: Client, bar: Channel, ann: Person, now: dt.datetime
) -> None:
    """A keeper takes the mark from the characters: what they made stays where it was made."""
    mara = Character.objects.get(name="Mara")
    for one in Character.objects.all():
        live_on(one, now)
    hall = make_channel("hall")
    trusted = {"trust": 0.95, "community": hall.community}
    Relationship.objects.update_or_create(from_character=mara, to_person=ann, defaults=trusted)
    Character.objects.update(is_adult=False)
    mara.refresh_from_db()
    assert made_in(talk_in(hall), mara, ann) == set()
    said = prompt(hall, mara, ann, now + dt.timedelta(hours=8))
    said += cast.feelings(mara, hall.community)
    said += _pages(client, "/", "/community/", mara)
    here = Audience(people=frozenset({ann.pk}), community=hall.community_id)
    wanted = Goal.objects.filter(pk__in=told_before(mara.pk, here), character=mara)
    assert not wanted.filter(evidence_memories__isnull=False).exists()
    for told in Insight.objects.filter(character=mara).values_list("insight_content", flat=True):
        assert told not in said
    assert "octopus" not in said.replace("what of the octopus", "")
    assert "red boat" not in said
    assert not any("octopus" in line.text for line in contagion.read(hall.community_id, now).lines)
    days.write(mara.pk, "diary", now + dt.timedelta(days=1))
    open_to_all = Reflection.objects.filter(is_withheld=False)
    assert not open_to_all.filter(content__regex="octopus|red boat").exists()


def test_who_is_not_for_adults_makes_nothing_of_it(
    bar: Channel, ann: Person, now: dt.datetime
) -> None:
    Character.objects.update(is_adult=False)
    CharacterState.objects.update(unreflected_importance=0, last_reflection_at=None)
    living = list(Character.objects.order_by("pk"))
    _talk(bar, living, ann, now - dt.timedelta(minutes=50))
    assert thinking.due(now) == []
    for one in living:
        days.write(one.pk, "diary", now)
    assert not Reflection.objects.exclude(content="").exists()


def test_a_bar_that_opens_takes_nothing_along(
    bar: Channel, ann: Person, now: dt.datetime, client: Client
) -> None:
    mara = Character.objects.get(name="Mara")
    live_on(mara, now)
    set_restricted(bar, False, now)
    Character.objects.update(is_adult=False)
    bar.refresh_from_db()
    assert made_in(talk_in(bar), mara, ann) == set()
    assert "octopus" not in _pages(client, "/", mara)


def test_elsewhere_nobody_hears_how_it_stands_to_who_is_for_adults(
    client: Client, redis_client: object
) -> None:
    mara, vera = make_character("Mara"), make_character("Vera", is_adult=True)
    bar, hall = make_channel("bar", is_nsfw=True), make_channel("hall")
    at = timezone.now() - dt.timedelta(minutes=5)
    bond = make_relationship(mara, vera, score=72.0)
    make_relationship_event(bond, occurred_at=at)
    heard = make_message(make_conversation(bar), vera, "Kind of you.", at=at)
    make_mood_change(
        mara,
        community=bar.community,
        trigger_message=heard,
        delta_valence=0.15,
        description="",
        recorded_at=at,
    )
    LearningEvent.objects.create(
        character=mara,
        relationship=bond,
        learning_type="relationship",
        learning_event="With Vera: they have become friends.",
        trigger_message=heard,
        learning_date=at,
    )
    ann = make_person("Ann")
    for channel, is_named in ((hall, False), (bar, True)):
        talk = talk_in(channel)
        before = Audience(
            people=frozenset({ann.pk}), community=channel.community_id, conversation=talk.pk
        )
        for kind in ("closest", "most", "mood", "changed"):
            said, _ = figures.answer(kind, mara.pk, before, timezone.now())
            assert ("Vera" in said) is is_named, (channel.name, kind, said)
    assert "Vera" not in _pages(client, mara)
    client.force_login(make_staff())
    assert "With Vera: they have become friends." in _pages(client, mara)
