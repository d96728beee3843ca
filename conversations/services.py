"""Every write to what is said, but for turns: each a named function, checked, done, announced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import SecurityEventType
from audit.security.security import record_event
from characters.models import Community, Person
from conversations import nudges
from conversations.care import care
from conversations.feelings import overtones, regard
from conversations.feelings.tone import sentiment
from conversations.floor.pace import energy_after_person
from conversations.floor.rules import director_rules, writing_rules
from conversations.models import (
    Channel,
    Conversation,
    ConversationContext,
    Message,
    ModerationCase,
    Participant,
    Reaction,
    Turn,
)
from conversations.moderation import moderation
from conversations.outgoing import delivering
from conversations.tank import live
from conversations.text import Refused, clean_message
from conversations.turns import injection
from conversations.wishes.plaintalk import is_withheld
from fishbowl.llm.distress import is_crisis
from fishbowl.statements import Statement, inserting, saving, stored, together

UNNAMED = "Here"


def local_community() -> Community:
    """The community of this deployment's own rooms."""
    community, _ = Community.objects.get_or_create(discord_id=None, defaults={"name": UNNAMED})
    return community


def current_conversation(channel: Channel, now: dt.datetime, *, kind: str) -> Conversation:
    """The channel's open conversation, or a new one. The caller holds the channel's lock."""
    conversation = (
        Conversation.objects.open().filter(channel=channel).select_related("context").first()
    )
    if conversation is None:
        conversation = Conversation.objects.create(
            channel=channel,
            kind=Conversation.Kind.DIRECT if channel.is_direct else kind,
            started_at=now,
            topic="",
        )
        ConversationContext.objects.create(
            conversation=conversation, energy_level=director_rules(channel).energy_start
        )
    return conversation


def record_incoming(
    channel_id: int,
    person: Person,
    text: object,
    *,
    nonce: str = "",
    reply_to: int | None = None,
    now: dt.datetime | None = None,
    hearing: Callable[..., Message | ModerationCase] | None = None,
) -> Message:
    """Store what a person said, before anything else happens, and wake the director.

    `hearing` is what takes it in, where that is more than `take_in`. Sending the same `nonce` again
    returns the first message: a browser may retry safely.

    Raises:
        Refused: the text, the person or the channel does not permit it, or moderation holds it.
    """
    now = now or timezone.now()
    content = clean_message(text)
    if nonce:
        known = Message.objects.filter(person=person, client_nonce=nonce).first()
        if known:
            return known
    _check_person(person, now)
    _check_rate(channel_id, person, now)
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first()
        if channel is None or channel.deleting_since is not None:
            raise Refused("channel", "There is no such channel.")
        if nonce:
            known = Message.objects.filter(person=person, client_nonce=nonce).first()
            if known:
                return known
        # What was said among adults is answered, and so quoted, among adults alone.
        seen = Message.objects.filter(
            conversation__channel=channel, conversation__is_adult__in=[False, channel.is_nsfw]
        )
        answered = seen.filter(pk=reply_to).first() if reply_to else None
        heard = (hearing or take_in)(
            channel, person, now, content=content, client_nonce=nonce, reply_to=answered
        )
    if isinstance(heard, ModerationCase):
        raise moderation.refusal(heard)
    return heard


def take_in(
    channel: Channel, person: Person, now: dt.datetime, *, content: str, **fields: Any
) -> Message | ModerationCase:
    """Hear what a person says to a channel whose lock the caller holds, or keep it apart where
    moderation is against it. `fields` are those of `hear`.

    Raises:
        Refused: the person was erased meanwhile, or too much of theirs is kept apart already.
    """
    judgement = moderation.judge(content, "people", channel)
    if judgement.stops:
        return moderation.keep(judgement, channel, person, content, now, **fields)
    asks = moderation.asks_endpoint(channel)
    if asks == "before" and fields.get("is_waking", True) and not is_crisis(content):
        return moderation.await_look_first(channel, person, content, now, **fields)
    message = hear(channel, person, now, content=content, **fields)
    if asks:
        moderation.await_look(message, judgement, channel, now)
    elif judgement.action:
        moderation.flag(message, judgement, channel, now)
    return message


def hear(
    channel: Channel,
    person: Person,
    now: dt.datetime,
    *,
    content: str,
    said_at: dt.datetime | None = None,
    is_waking: bool = True,
    **fields: object,
) -> Message:
    """Add what a person says to a channel whose lock the caller holds, and wake the director,
    unless nobody shall answer it for itself.

    Raises:
        Refused: the person was erased meanwhile.
    """
    conversation = current_conversation(channel, said_at or now, kind=Conversation.Kind.WITH_PEOPLE)
    message = append_message(
        conversation,
        said_at or now,
        person=person,
        role=Message.Role.USER,
        content=content,
        is_off_record=is_withheld(content),
        sentiment=sentiment(content),
        emotion=overtones.foremost(overtones.shown(content)),
        **fields,
    )
    in_danger = care.notice(message, person, channel, now)
    if conversation.kind == Conversation.Kind.AMBIENT:
        conversation.kind = Conversation.Kind.WITH_PEOPLE
    if is_waking:
        yield_floor_to_person(conversation, now, at_once=in_danger)
        context = conversation.context
        rules = director_rules(channel)
        context.energy_level = energy_after_person(context.energy_level, rules)
        conversation.chain_length = 0
        conversation.next_turn_at = now
        together(saving(context, "energy_level", "last_updated"))
    together(saving(conversation, "kind", "chain_length", "next_turn_at"))
    # An erasure that waited for the room, or that this waited for, leaves nobody to speak.
    if not Person.objects.filter(pk=person.pk, erased_at=None).update(last_seen_at=now):
        raise Refused("person", "You left. Join again to talk.")
    live.publish_message(message, channel.pk)
    if is_waking:
        nudges.look(channel.pk)
    _note_injection(message, channel)
    return message


def _note_injection(message: Message, channel: Channel) -> None:
    """Record that somebody tried to instruct the model, once what they said is stored: the talk
    goes on, and waits for no other writer of the audit log."""
    if kinds := injection.attempts(message.content):
        facts = {
            "person": message.person_id,
            "message": message.pk,
            "channel": channel.pk,
            "kinds": list(kinds),
        }
        transaction.on_commit(
            partial(record_event, SecurityEventType.INJECTION_ATTEMPT, data=facts), robust=True
        )


def _check_person(person: Person, now: dt.datetime) -> None:
    if not person.is_active or person.erased_at is not None:
        raise Refused("person", "You left. Join again to talk.")
    if person.blocked_until and person.blocked_until > now:
        is_today = person.blocked_until.date() == now.date()
        when = person.blocked_until.strftime("at %H:%M" if is_today else "on %d %B %Y at %H:%M")
        raise Refused("person", f"You can write again {when} UTC.")
    if person.consent_level == Person.Consent.NONE:
        raise Refused("person", "You asked not to be taken in. Say “privacy minimal” to undo that.")


def _check_rate(channel_id: int, person: Person, now: dt.datetime) -> None:
    rules = writing_rules(channel_id)
    recent = Message.objects.filter(
        person=person, created_at__gt=now - dt.timedelta(seconds=rules.window_s)
    ).count()
    if recent >= rules.messages:
        raise Refused("rate", "You write faster than anybody can read. Wait a few seconds.")


def append_message(conversation: Conversation, now: dt.datetime, **fields: object) -> Message:
    """Add the next message of a conversation. The caller holds the channel's lock; waiting for it
    may have made `now` older than the last message, which time never runs behind."""
    now = max(now, conversation.last_message_at or now)
    message = Message(
        conversation=conversation,
        number=conversation.message_count + 1,
        created_at=now,
        token_count=max(1, len(str(fields["content"])) // 4),
        **fields,
    )
    asked: list[Statement] = [
        (_COUNT_MESSAGE, (now, conversation.pk)),
        delivering(
            inserting(message), conversation.channel_id, now, is_heard=bool(message.person_id)
        ),
        (_NOTE_MESSAGE, (now, conversation.channel_id)),
    ]
    if message.character_id or message.person_id:
        author = "character_id" if message.character_id else "person_id"
        key = message.character_id or message.person_id
        asked.append((_COUNT_PART.format(author=author), (conversation.pk, key, now)))
    _, ((key,), *_), *_ = together(*asked)
    conversation.message_count += 1
    conversation.last_message_at = now
    return stored(message, key)


_COUNT_MESSAGE = """
    UPDATE conversations_conversation SET message_count = message_count + 1, last_message_at = %s
    WHERE id = %s
"""
_NOTE_MESSAGE = "UPDATE conversations_channel SET last_message_at = %s WHERE id = %s"
_COUNT_PART = """
    INSERT INTO conversations_participant (conversation_id, {author}, joined_at, message_count)
    VALUES (%s, %s, %s, 1)
    ON CONFLICT (conversation_id, {author}) WHERE {author} IS NOT NULL
    DO UPDATE SET message_count = conversations_participant.message_count + 1, left_at = NULL
"""


def yield_floor_to_person(
    conversation: Conversation, now: dt.datetime, *, at_once: bool = False
) -> None:
    """A person spoke: what a character was about to say to others is dropped unsaid; where they
    must be answered `at_once`, whatever it was."""
    dropped = Turn.objects.filter(
        conversation=conversation, status__in=[Turn.Status.PLANNED, Turn.Status.SPEAKING]
    )
    if not at_once:
        dropped = dropped.exclude(
            Q(answers__role=Message.Role.USER)
            | Q(trigger="event", move__in=["remind", "ask_after"])
        )
    for pk in list(dropped.values_list("pk", flat=True)):
        live.publish(conversation.channel_id, "turn.over", turn=pk)
        Turn.objects.filter(pk=pk).update(
            status=Turn.Status.ABANDONED, error="A person spoke first.", finished_at=now
        )


def enter_room(channel_id: int, person: Person, now: dt.datetime | None = None) -> None:
    """Note that a person came in. Characters may greet one who is new or was long away. Who may
    not write only looks on."""
    now = now or timezone.now()
    try:
        _check_person(person, now)
    except Refused:
        return
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first()
        if channel is None or channel.deleting_since is not None:
            raise Refused("channel", "There is no such channel.")
        conversation = current_conversation(channel, now, kind=Conversation.Kind.WITH_PEOPLE)
        participant, is_new = Participant.objects.get_or_create(
            conversation=conversation, person=person, defaults={"joined_at": now}
        )
        if not is_new and participant.left_at is not None:
            Participant.objects.filter(pk=participant.pk).update(left_at=None)
        if is_new:
            live.publish(channel.pk, "person.joined", person=person.pk, name=person.name)
            Conversation.objects.filter(pk=conversation.pk).update(
                next_turn_at=now, kind=Conversation.Kind.WITH_PEOPLE
            )
            nudges.look(channel.pk)


def toggle_reaction(
    message_id: int, person: Person, emoji: str, now: dt.datetime | None = None
) -> bool:
    """Put a person's emoji under a message, or take it away. Returns whether it stands there now.

    Raises:
        Refused: there is no such message, or the person may not write.
    """
    now = now or timezone.now()
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(of=("self",), no_key=True)
            .select_related("conversation__channel")
            .filter(pk=message_id, deleted_at__isnull=True)
            .first()
        )
        if message is None:
            raise Refused("message", "That message is gone.")
        _check_person(person, now)
        standing = Reaction.objects.filter(
            message=message, person=person, emoji=emoji, removed_at__isnull=True
        ).first()
        stands = standing is None
        if standing is None:
            moderation.check_emoji(emoji, message.conversation.channel)
            added = Reaction.objects.create(
                message=message, person=person, emoji=emoji, created_at=now
            )
            regard.count(added, message, now)
        else:
            Reaction.objects.filter(pk=standing.pk).update(removed_at=now)
            regard.take_back(standing, message, now)
        live.publish(
            message.conversation.channel_id,
            "reaction.added" if stands else "reaction.removed",
            message=message.pk,
            emoji=emoji,
            person=person.pk,
            name=person.name,
        )
    return stands


def note_watchers(channel_id: int, now: dt.datetime | None = None) -> None:
    """Somebody looks on: the channel is lively for the next 45 s. Wakes an empty room."""
    now = now or timezone.now()
    updated = Channel.objects.filter(pk=channel_id, watched_until__gt=now).update(
        watched_until=now + dt.timedelta(seconds=45)
    )
    if not updated and Channel.objects.filter(pk=channel_id).update(
        watched_until=now + dt.timedelta(seconds=45), next_look_at=now
    ):
        nudges.look(channel_id)


def close_conversation(conversation: Conversation, reason: str, now: dt.datetime) -> bool:
    """End a conversation. The caller holds the channel's lock. Returns whether it was open."""
    closed = Conversation.objects.filter(
        pk=conversation.pk, status=Conversation.Status.OPEN
    ).update(
        status=Conversation.Status.CLOSED,
        closed_at=now,
        close_reason=reason[:40],
        next_turn_at=None,
    )
    if closed:
        Turn.objects.filter(
            conversation=conversation, status__in=[Turn.Status.PLANNED, Turn.Status.SPEAKING]
        ).update(status=Turn.Status.ABANDONED, error="The conversation ended.", finished_at=now)
        live.publish(
            conversation.channel_id,
            "conversation.closed",
            conversation=conversation.pk,
            reason=reason[:40],
        )
        nudges.summarise(conversation.pk)
        nudges.observe(conversation.pk)
    return bool(closed)
