"""Bringing characters to a channel: one to talk with somebody, or several to play a scene."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from characters.models import Character, Person
from conversations import nudges
from conversations.floor.rules import director_rules
from conversations.models import (
    Channel,
    Conversation,
    ConversationContext,
    Participant,
    Scenario,
    ScheduledEvent,
)
from conversations.services import close_conversation
from conversations.text import Refused, clean_message

LONGEST = 1000  # characters of a premise
MOST = 6  # characters in a scene
REST = dt.timedelta(minutes=10)  # between scenes that others than keepers begin
PENDING = ScheduledEvent.Status.PENDING


def summon(
    character: Character, channel: Channel, person: Person, now: dt.datetime
) -> ScheduledEvent:
    """Have a character come and speak to somebody.

    Raises:
        Refused: it rests, or doesn't come to this channel.
    """
    _check([character], channel)
    with transaction.atomic():
        Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        event, _ = ScheduledEvent.objects.get_or_create(
            person=person,
            character=character,
            channel=channel,
            event_type=ScheduledEvent.EventType.FOLLOW_UP,
            status=PENDING,
            defaults={
                "community": channel.community,
                "trigger_at": now,
                "title": f"{person.name} asked for {character.name}"[:200],
            },
        )
        nudges.look(channel.pk)
    return event


def stage(
    channel: Channel,
    characters: Sequence[Character],
    premise: str,
    now: dt.datetime,
    *,
    scenario: Scenario | None = None,
    by_keeper: bool = False,
) -> Conversation:
    """Begin a scene: these characters, in this situation, in the place of what is being talked of.
    The first of them begins.

    Raises:
        Refused: they can't play here now, or there is nothing to play.
    """
    if not 2 <= len(characters) <= MOST:
        raise Refused("characters", f"A scene takes two to {MOST} characters, parted by commas.")
    _check(characters, channel)
    if scenario is not None and scenario.is_adult and not channel.is_nsfw:
        raise Refused(
            "scenario",
            f"{scenario.name} is played only in age-restricted channels, and #{channel.name} is "
            "none.",
        )
    given = f"{scenario.premise}\n{premise}".strip() if scenario else premise
    text = clean_message(given, LONGEST + (len(scenario.premise) if scenario else 0))
    with transaction.atomic():
        Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        _check_rest(channel, now, by_keeper=by_keeper)
        for open_one in Conversation.objects.open().filter(channel=channel):
            close_conversation(open_one, "a scene begins", now)
        scene = Conversation.objects.create(
            channel=channel,
            kind=Conversation.Kind.SCENE,
            topic=scenario.name if scenario else "a scene",
            premise=text,
            started_at=now,
            next_turn_at=now,
        )
        ConversationContext.objects.create(
            conversation=scene,
            energy_level=director_rules(channel).energy_start,
            conversation_type="scene",
        )
        Participant.objects.bulk_create(
            Participant(conversation=scene, character=one, joined_at=now) for one in characters
        )
        ScheduledEvent.objects.create(
            character=characters[0],
            community=channel.community,
            channel=channel,
            event_type=ScheduledEvent.EventType.FOLLOW_UP,
            trigger_at=now,
            title="A scene begins",
            context={"scene": scene.pk},
        )
        nudges.look(channel.pk)
    return scene


def _check_rest(channel: Channel, now: dt.datetime, *, by_keeper: bool) -> None:
    scenes = Conversation.objects.filter(channel=channel, kind=Conversation.Kind.SCENE)
    if scenes.open().exists():
        raise Refused("channel", "A scene is being played here. Wait until it is over.")
    if not by_keeper and scenes.filter(closed_at__gt=now - REST).exists():
        minutes = int(REST.total_seconds() // 60)
        raise Refused("channel", f"The players rest: {minutes} minutes lie between two scenes.")


def _check(characters: Sequence[Character], channel: Channel) -> None:
    if channel.is_paused:
        raise Refused("channel", f"#{channel.name} rests. A keeper can /resume it.")
    if channel.send_trouble:
        raise Refused(
            "channel", f"Nothing can be said in #{channel.name} now. {channel.send_trouble}"
        )
    here = set(channel.residents.values_list("pk", flat=True))
    for one in characters:
        if not one.is_active:
            raise Refused("character", f"{one.name} rests. A keeper can /resume it.")
        if one.is_adult and not channel.is_nsfw:
            raise Refused(
                "character",
                f"{one.name} speaks only in age-restricted channels, and #{channel.name} is none.",
            )
        if here and one.pk not in here:
            raise Refused(
                "character", f"{one.name} doesn't come to #{channel.name}. A keeper can /setup it."
            )
