"""What a visitor does at the tank: each a step that crosses to the database once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils import timezone

from characters.models import Person
from conversations import services
from conversations.models import Message
from conversations.tank import tank
from conversations.tank.guests import Visitor, join_as_guest, person_with
from conversations.text import Refused
from conversations.wishes.granting import hear_out, let_back


def join(visitor: Visitor, name: object) -> Person:
    """Join under a name, or take another one.

    Raises:
        Refused: the visitor may only watch, keeps no cookies, or the name won't do.
    """
    if not visitor.may_talk:
        raise Refused("may_talk", visitor.why_not)
    if not visitor.key:
        raise Refused(
            "name",
            "Your browser kept no cookie from this page, so nobody could tell you from others. "
            "Allow cookies and load the page again.",
        )
    return join_as_guest(name, visitor.key)


def enter(visitor: Visitor, channel_id: int) -> None:
    """Come into a room.

    Raises:
        Refused: the visitor hasn't joined, or there is no such room.
    """
    person = _person(visitor)
    _require_room(visitor, channel_id)
    services.enter_room(channel_id, person)


def say(
    visitor: Visitor, channel_id: int, text: object, nonce: str, reply_to: int | None
) -> Message:
    """Say something in a room.

    Raises:
        Refused: the visitor, the room or the text doesn't permit it.
    """
    person = _person(visitor)
    _require_room(visitor, channel_id)
    if person.consent_level == Person.Consent.NONE and isinstance(text, str):
        let_back(person, text, timezone.now())
    hearing = partial(hear_out, may_keep=visitor.may_keep)
    return services.record_incoming(
        channel_id, person, text, nonce=nonce, reply_to=reply_to, hearing=hearing
    )


def react(visitor: Visitor, message_id: int, emoji: str) -> bool:
    """Put an emoji under a message of a room, or take it away. Returns whether it stands now.

    Raises:
        Refused: the visitor hasn't joined, or there is no such message to be seen.
    """
    person = _person(visitor)
    seen = tank.rooms(for_adults=visitor.is_staff)
    message = Message.objects.filter(pk=message_id, conversation__channel__in=seen)
    if not message.exclude(tank.BEFORE_IT_OPENED).exists():
        raise Refused("message", "That message is gone.")
    return services.toggle_reaction(message_id, person, emoji)


def watch_on(channel_ids: Iterable[int]) -> None:
    """Somebody still looks on in these rooms."""
    for channel_id in channel_ids:
        services.note_watchers(channel_id)


def _person(visitor: Visitor) -> Person:
    if not visitor.may_talk:
        raise Refused("may_talk", visitor.why_not)
    person = person_with(visitor.key)
    if person is None:
        raise Refused("name", "Join under a name first.")
    return person


def _require_room(visitor: Visitor, channel_id: int) -> None:
    if not tank.rooms(for_adults=visitor.is_staff).filter(pk=channel_id).exists():
        raise Refused("channel", "There is no such room.")
