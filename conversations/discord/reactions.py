"""Emoji that people put under messages on Discord. The same event twice is the same as once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from characters.models import Person
from conversations.discord import people, places
from conversations.discord.facts import Reacted, Us
from conversations.discord.known import message_id_of
from conversations.feelings import regard
from conversations.models import Message, Reaction
from conversations.moderation import moderation
from conversations.tank import live


def react(reacted: Reacted, us: Us, now: dt.datetime | None = None) -> bool:
    """Put a person's emoji under a message, or take it away. Returns whether that changed anything.

    Bots' are left out; so are those of people who have neither said anything here nor shown who
    they are with the event, and any in a channel that nobody listens to, where they may still be
    taken away.
    """
    now = now or timezone.now()
    if reacted.user_id == us.user_id or (reacted.author and reacted.author.is_bot):
        return False
    with transaction.atomic():
        message = _hold(reacted.message_id)
        if message is None:
            return False
        if reacted.stands and not places.is_listened(message.conversation.channel):
            return False
        person = Person.objects.filter(discord_id=reacted.user_id).first()
        if person is None and reacted.stands and reacted.author and people.agrees(reacted.author):
            person = people.know(reacted.author)
        if person is None or person.consent_level == Person.Consent.NONE:
            return False
        if people.is_kept_out(person, now):
            return False
        standing = Reaction.objects.filter(
            message=message, person=person, emoji=reacted.emoji, removed_at__isnull=True
        ).first()
        if (standing is not None) == reacted.stands:
            return False
        if standing is None:
            if moderation.judge(reacted.emoji, "people", message.conversation.channel).stops:
                return False
            added = Reaction.objects.create(
                message=message, person=person, emoji=reacted.emoji, created_at=now
            )
            regard.count(added, message, now)
        else:
            Reaction.objects.filter(pk=standing.pk).update(removed_at=now)
            regard.take_back(standing, message, now)
        _tell(message, person, reacted.emoji, reacted.stands)
    return True


def clear(message_id: int, emoji: str = "", now: dt.datetime | None = None) -> int:
    """All emoji under a message were taken away, or all of one kind. Returns how many people's."""
    now = now or timezone.now()
    with transaction.atomic():
        message = _hold(message_id)
        if message is None:
            return 0
        standing = Reaction.objects.filter(
            message=message, person__isnull=False, removed_at__isnull=True
        ).select_related("person")
        if emoji:
            standing = standing.filter(emoji=emoji)
        gone = list(standing)
        Reaction.objects.filter(pk__in=[one.pk for one in gone]).update(removed_at=now)
        for one in gone:
            regard.take_back(one, message, now)
            if one.person is not None:
                _tell(message, one.person, one.emoji, False)
    return len(gone)


def _hold(discord_id: int) -> Message | None:
    key = message_id_of(discord_id)
    if key is None:
        return None
    return (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation__channel")
        .defer("embedding", "search")
        .filter(pk=key, deleted_at__isnull=True)
        .first()
    )


def _tell(message: Message, person: Person, emoji: str, stands: bool) -> None:
    live.publish(
        message.conversation.channel_id,
        "reaction.added" if stands else "reaction.removed",
        message=message.pk,
        emoji=emoji,
        person=person.pk,
        name=person.name,
    )
