"""Says what a turn has found to say: the message or the emoji, its delivery and every effect, in
the one transaction that makes it seen."""

from __future__ import annotations

import datetime as dt
from random import Random

from django.db import transaction

from audit.operation import metrics
from conversations import outgoing
from conversations.care import care
from conversations.feelings import overtones, regard
from conversations.feelings.tone import emoji_for, sentiment
from conversations.floor.holds import give_up, hold_turn
from conversations.floor.rules import director_rules
from conversations.floor.scene import pace_of
from conversations.models import Conversation, Message, Reaction, Turn
from conversations.moderation import moderation
from conversations.services import append_message
from conversations.tank import live
from conversations.turns.effects import after_speaking
from conversations.vectors import embed_if_possible
from fishbowl.statements import planned

STALE_AFTER = dt.timedelta(minutes=10)


def say(turn_id: int, now: dt.datetime, draft: str = "") -> Turn | None:
    """Say a finished draft: message, delivery, and every effect in one transaction. `draft` is what
    it was when it was kept a moment ago; it is read where it isn't given.

    Returns None when it is not to be said: not yet, said already, held by a pause, or taken away.
    """
    draft = draft or draft_of(turn_id)
    if not draft:
        return None
    vectors = embed_if_possible([draft])
    with transaction.atomic():
        turn = hold_turn(turn_id, Turn.Status.SPEAKING, now)
        if turn is None or turn.draft != draft:
            return None
        channel, conversation = turn.conversation.channel, turn.conversation
        heard = turn.answers
        if turn.say_at is None or turn.say_at > now + dt.timedelta(milliseconds=50):
            return None
        if now - turn.say_at > STALE_AFTER:
            give_up(turn, now, "It was held too long to be said.")
            return None
        message = append_message(
            conversation,
            now,
            character=turn.chosen,
            role=Message.Role.ASSISTANT,
            content=turn.draft,
            turn=turn,
            reply_to=heard if turn.trigger == "person" else None,
            is_off_record=care.is_apart(heard),
            sentiment=sentiment(turn.draft),
            emotion=overtones.foremost(overtones.shown(turn.draft)),
            embedding=vectors[0] if vectors else None,
            embedding_model_id=vectors[0].model_id if vectors else None,
        )
        _finish(turn, heard, message, now)
        live.publish_message(message, channel.pk)
    if heard is not None and turn.trigger == "person":
        waited = (now - heard.created_at).total_seconds()
        metrics.record("person.waited", waited, "s", character_id=turn.chosen_id)
    return turn


def draft_of(turn_id: int) -> str:
    """The words that wait to be said; empty where there are none."""
    sql = "SELECT draft FROM conversations_turn WHERE id = %(turn)s AND status = 'speaking'"
    return next((str(draft) for (draft,) in planned(sql, turn=turn_id)), "")


def react(turn: Turn, now: dt.datetime) -> Turn | None:
    """Put an emoji under the message that the turn answers: a choice beside speech and silence."""
    with transaction.atomic():
        held = hold_turn(turn.pk, Turn.Status.SPEAKING, now)
        if held is None:
            return None
        turn, heard = held, held.answers
        if heard is None or turn.chosen is None:
            give_up(turn, now, "The message is gone.")
            return None
        channel, humour = turn.conversation.channel, turn.chosen.style.humour
        turn.emoji = emoji_for(heard.content, humour, Random(turn.random_seed).random())
        if (found := moderation.judge(turn.emoji, "characters", channel)).stops:
            give_up(turn, now, f"That emoji isn't used here: {found.why}.")
            return None
        reaction = Reaction.objects.create(
            message=heard,
            character=turn.chosen,
            emoji=turn.emoji,
            turn=turn,
            created_at=now,
        )
        regard.count(reaction, heard, now)
        outgoing.send_reaction(reaction, channel, now)
        Conversation.objects.filter(pk=turn.conversation_id).update(next_turn_at=now)
        _finish(turn, heard, None, now)
        live.publish(
            channel.pk,
            "reaction.added",
            message=turn.answers_id,
            emoji=turn.emoji,
            slug=turn.chosen.slug,
            name=turn.chosen.name,
        )
    return turn


def _finish(turn: Turn, heard: Message | None, message: Message | None, now: dt.datetime) -> None:
    """Everything that saying or reacting does besides, in the same transaction."""
    channel = turn.conversation.channel
    rules = director_rules(channel)
    turn.status = Turn.Status.DONE
    turn.finished_at = now
    pace = pace_of(channel, turn.conversation, now)
    mood = after_speaking(turn, heard, message, pace, rules, now)
    if mood is not None and turn.chosen is not None:
        live.publish(
            channel.pk,
            "mood.changed",
            slug=turn.chosen.slug,
            label=mood.mood_label,
            valence=round(mood.mood_valence, 2),
            arousal=round(mood.mood_arousal, 2),
        )
