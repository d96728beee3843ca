"""What a keeper does to a room by hand: a line said, or something that happens there."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from characters.models import Character, Person
from conversations import nudges
from conversations.feelings.tone import sentiment
from conversations.floor.permission import check_room, check_speaker
from conversations.models import Channel, Conversation, Message, ScheduledEvent
from conversations.services import append_message, current_conversation, hear
from conversations.tank import live
from conversations.text import Refused, clean_message

LONGEST_EVENT = 200
LONGEST_PREMISE = 2000


@transaction.atomic
def inject_line(
    channel: Channel,
    text: object,
    now: dt.datetime,
    *,
    character: Character | None = None,
    person: Person | None = None,
) -> Message:
    """Have a line stand in a room as said by a character or by a person, and the director look at
    it as at any other. With neither it is a notice, which nobody answers.

    Raises:
        Refused: it is no text, whoever is to say it can't or may not here, or nothing is said
            here now.
    """
    if character is not None and person is not None:
        raise Refused("character", "Either a character says it or a person, not both.")
    content = clean_message(text)
    held = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    check_room(held)
    if person is not None:
        if not person.is_active or person.erased_at is not None:
            raise Refused("person", f"{person} isn't here any more. Choose somebody else.")
        return hear(held, person, now, content=content)
    if character is not None:
        check_speaker(character, held)
    conversation = current_conversation(held, now, kind=Conversation.Kind.AMBIENT)
    message = append_message(
        conversation,
        now,
        character=character,
        role=Message.Role.ASSISTANT if character else Message.Role.SYSTEM,
        content=content,
        sentiment=sentiment(content),
    )
    if character is not None:
        Conversation.objects.filter(pk=conversation.pk).update(next_turn_at=now)
        nudges.look(held.pk)
    live.publish_message(message, held.pk)
    return message


@transaction.atomic
def inject_event(
    channel: Channel, what: object, now: dt.datetime, *, character: Character | None = None
) -> ScheduledEvent:
    """Have something happen in a room: all read it, those who speak have it before their minds for
    as long as the conversation lasts, and somebody takes it up: the character named, if one is.

    Raises:
        Refused: it is no text, the character rests, or nothing is said here now.
    """
    content = clean_message(what, LONGEST_EVENT)
    if character is not None and not character.is_active:
        raise Refused("character", f"{character.name} rests, and does nothing until resumed.")
    told = inject_line(channel, content, now)
    happening = f"{told.conversation.premise}\nJust now: {content}".strip()
    Conversation.objects.filter(pk=told.conversation_id).update(
        premise=happening[-LONGEST_PREMISE:]
    )
    event = ScheduledEvent.objects.create(
        community=channel.community,
        channel=channel,
        character=character,
        event_type=ScheduledEvent.EventType.FOLLOW_UP,
        trigger_at=now,
        title=content,
    )
    Channel.objects.filter(pk=channel.pk).update(next_look_at=now)
    nudges.look(channel.pk)
    return event
