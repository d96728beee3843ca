"""What becomes of what was said: a message's words changed, or taken away for good, by a keeper or
by whoever wrote it on Discord."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from characters.models import Person
from conversations import nudges, outgoing
from conversations.care import care
from conversations.community import decisions
from conversations.feelings.tone import sentiment
from conversations.floor.lines import UNDER_WAY
from conversations.floor.permission import check_room
from conversations.models import (
    Channel,
    Conversation,
    ConversationContext,
    Message,
    MessageEdit,
    Turn,
)
from conversations.services import (
    append_message,
    current_conversation,
    yield_floor_to_person,
)
from conversations.tank import live
from conversations.text import MAX_PERSON_MESSAGE, Refused, clean_message
from conversations.wishes.plaintalk import is_withheld
from fishbowl.llm.distress import is_crisis


def edit_message(
    message_id: int,
    text: object,
    now: dt.datetime | None = None,
    longest: int = MAX_PERSON_MESSAGE,
) -> Message:
    """Change what a message says; what it said before is kept, for keepers alone. Its vector goes
    with the old words; the next look at the room has the new ones embedded. What was made of them
    follows (`afterwards.revision`). A person who seems in danger by it now is attended to.

    Raises:
        Refused: the message is gone, or the text can't be taken.
    """
    now = now or timezone.now()
    content = clean_message(text, longest)
    with transaction.atomic():
        message = _hold(message_id)
        if message.content == content:
            return message
        was_in_danger = is_crisis(message.content)
        _forget_question(message)
        decisions.forget([message.pk])
        MessageEdit.objects.create(message=message, content_before=message.content, edited_at=now)
        message.content = content
        message.edited_at = now
        message.sentiment = sentiment(content)
        message.token_count = max(1, len(content) // 4)
        message.embedding = message.embedding_model = None
        message.awaits_revision = True
        if message.person_id is not None and is_withheld(content):
            message.is_off_record = True
        message.save(
            update_fields=[
                "content", "edited_at", "sentiment", "token_count", "embedding", "embedding_model",
                "awaits_revision", "is_off_record",
            ]
        )  # fmt: skip
        nudges.revise(message.pk)
        outgoing.follow([message.pk], now)
        live.publish(
            message.conversation.channel_id, "message.edited", **live.change_facts(message)
        )
        person, channel = message.person, message.conversation.channel
        if person is not None and care.notice(message, person, channel, now) and not was_in_danger:
            _attend(message, person, now)
    return message


def _attend(message: Message, person: Person, now: dt.datetime) -> None:
    """Have somebody in danger answered: by a character, if nobody has answered the message yet.
    Characters answer a line once, so else the system says where to turn. The caller holds the
    channel's lock."""
    talk = message.conversation
    yield_floor_to_person(talk, now, at_once=True)
    decided = Turn.objects.filter(conversation=talk, answers__gte=message.pk)
    decided = decided.exclude(status=Turn.Status.ABANDONED).exclude(action=Turn.Action.REACT)
    later = Message.objects.filter(
        conversation=talk, number__gt=message.number, deleted_at=None
    ).exclude(role=Message.Role.SYSTEM)
    if talk.status == Conversation.Status.OPEN:
        Conversation.objects.filter(pk=talk.pk).update(next_turn_at=now)
        nudges.look(talk.channel_id)
        if not decided.exists() and not later.exists():
            return
    try:
        check_room(talk.channel)
    except Refused:
        return
    told = append_message(
        current_conversation(talk.channel, now, kind=Conversation.Kind.WITH_PEOPLE),
        now,
        role=Message.Role.SYSTEM,
        content=care.where_to_turn(person, talk.channel),
        reply_to=message,
    )
    live.publish_message(told, talk.channel_id)


def remove_message(message_id: int, now: dt.datetime | None = None) -> Message:
    """Take a message away from all who watch, and from the minds of those who speak, with what was
    made of it (`afterwards.revision`). What somebody was about to answer to it is dropped, and the
    director looks again.

    Raises:
        Refused: it is gone already.
    """
    now = now or timezone.now()
    with transaction.atomic():
        message = _hold(message_id)
        _forget_question(message)
        decisions.forget([message.pk])
        message.deleted_at, message.awaits_revision = now, True
        message.save(update_fields=["deleted_at", "awaits_revision"])
        nudges.revise(message.pk)
        outgoing.follow([message.pk], now)
        channel_id = message.conversation.channel_id
        answers = Turn.objects.filter(answers=message, status__in=UNDER_WAY)
        for pk in answers.values_list("pk", flat=True):
            live.publish(channel_id, "turn.over", turn=pk)
        if answers.update(
            status=Turn.Status.ABANDONED, error="The message was removed.", finished_at=now
        ):
            Conversation.objects.open().filter(pk=message.conversation_id).update(next_turn_at=now)
            nudges.look(channel_id)
        live.publish(channel_id, "message.removed", **live.change_facts(message))
    return message


def _hold(message_id: int) -> Message:
    """Lock a message, and its channel before it: everybody takes locks in this order."""
    where = Message.objects.filter(pk=message_id).values("conversation__channel_id")
    Channel.objects.select_for_update(no_key=True).filter(pk__in=where).first()
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation__channel", "person")
        .defer("embedding", "search")
        .filter(pk=message_id, deleted_at__isnull=True)
        .first()
    )
    if message is None:
        raise Refused("message", "That message is gone.")
    return message


def _forget_question(message: Message) -> None:
    """The conversation no longer keeps the message's old words as a question that stands open."""
    context = ConversationContext.objects.filter(conversation=message.conversation_id).first()
    if context is None:
        return
    kept = [asked for asked in context.open_questions if asked != message.content[:200]]
    if kept != context.open_questions:
        context.open_questions = kept
        context.save(update_fields=["open_questions", "last_updated"])
