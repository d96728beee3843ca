"""What workers do when nudged. Tasks carry ids; everything else they read from rows."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from audit.calls import budgets, calls, lessons
from audit.operation import health, keeping, metrics, partitions, troubles
from characters.models import Character
from conversations import deleting, nudges, upkeep
from conversations.afterwards import afterwards, analytics, observe, revision, summaries
from conversations.floor import director
from conversations.initiative import activity, reminders
from conversations.models import Channel, Turn
from conversations.moderation import endpoint, quarantine
from conversations.people import erasure
from conversations.turns import turns
from conversations.vectors import if_possible
from conversations.wishes import granting
from fishbowl.alone import alone
from memories import scratchpad
from memories.embedding import filling
from memories.formation import formation
from memories.recall import cache_counts


@shared_task(name="conversations.look", ignore_result=True)
def look(channel_id: int) -> None:
    """Let the director look at a channel."""
    director.look(channel_id)


@shared_task(name="conversations.take_turn", ignore_result=True)
def take_turn(turn_id: int) -> None:
    """Take a turn a step further; when it is over, let the director look at once."""
    turn = turns.take(turn_id)
    if turn is not None and turn.status == Turn.Status.DONE:
        director.look(turn.conversation.channel_id)


@shared_task(name="conversations.moderate", ignore_result=True)
def moderate(case_id: int) -> None:
    """Have the moderation endpoint asked about a case."""
    endpoint.look(case_id)


@shared_task(name="conversations.sweep", ignore_result=True)
def sweep() -> None:
    """Nudge again what is due, and give what has no vector its own."""
    health.give_sign(troubles.WORKER, timezone.now())
    upkeep.sweep()
    upkeep.republish_pending()
    for pk in endpoint.due(timezone.now() - dt.timedelta(seconds=2)):
        nudges.moderate(pk)
    if_possible(filling.fill_missing)
    cache_counts.store()


@shared_task(name="conversations.summarise", ignore_result=True)
def summarise(conversation_id: int) -> None:
    """Sum up a conversation that has closed."""
    summaries.summarise(conversation_id)


@shared_task(name="conversations.observe", ignore_result=True)
def observe_conversation(conversation_id: int) -> None:
    """Make memories of what was said in a conversation since it was last observed."""
    observe.observe(conversation_id)
    afterwards.after_talk(conversation_id, timezone.now())


@shared_task(name="conversations.revise", ignore_result=True)
def revise(message_id: int) -> None:
    """Have what was made of a message follow what became of it."""
    revision.revise(message_id, timezone.now())


@shared_task(name="conversations.delete_room", ignore_result=True)
def delete_room(channel_id: int) -> None:
    """Take away the talk of a room that a keeper has deleted, and then the room."""
    deleting.go_on(Channel, channel_id, timezone.now())


@shared_task(name="conversations.delete_character", ignore_result=True)
def delete_character(character_id: int) -> None:
    """Take away what a character said and remembered that a keeper has deleted, and then it."""
    deleting.go_on(Character, character_id, timezone.now())


@shared_task(name="conversations.observe_due", ignore_result=True)
def observe_due() -> None:
    """Find the talk that has paused, and have it remembered, and what was said otherwise after it
    was; look at what is over or long. Go on with what is being deleted."""
    now = timezone.now()
    for pk in deleting.due(Channel):
        nudges.delete_room(pk)
    for pk in deleting.due(Character):
        nudges.delete_character(pk)
    for pk in revision.due():
        nudges.revise(pk)
    for pk in observe.due(now):
        nudges.observe(pk)
    formation.remember_all_formative()
    for pk in analytics.due(now):
        analytics.calculate(pk, now)


@shared_task(name="conversations.activities", ignore_result=True)
def activities() -> None:
    """Let every character go on with its day."""
    activity.tend(timezone.now())


@shared_task(name="conversations.upkeep", ignore_result=True)
def hourly_upkeep() -> None:
    """What is to be done now and then: log partitions, lost calls, missing summaries, erasures that
    were cut short; by one worker at a time."""
    with alone("conversations.upkeep") as is_mine:
        if is_mine:
            _keep_up(timezone.now())


def _keep_up(now: dt.datetime) -> None:
    """Do all of it, whatever fails of it.

    Raises:
        ExceptionGroup: what failed.
    """
    failed: list[Exception] = []
    for step in (
        partitions.ensure_partitions, calls.abandon_lost_calls, lessons.forget_others,
        budgets.give_back, metrics.roll_up_rest, keeping.let_go, quarantine.let_go,
        granting.forget_who_was_sure,
        erasure.sweep, _sum_up, _observe_rest, scratchpad.forget_expired, reminders.plan_birthdays,
        afterwards.hourly,
    ):  # fmt: skip
        try:
            step(now)
        except Exception as error:
            failed.append(error)
    if failed:
        why = "; ".join(f"{type(one).__name__}: {one}" for one in failed)
        raise ExceptionGroup(f"Not all of the hourly upkeep was done: {why}", failed)


def _sum_up(now: dt.datetime) -> None:
    for pk in summaries.missing(now):
        summaries.summarise(pk)


def _observe_rest(now: dt.datetime) -> None:
    for pk in [*observe.due(now, within=dt.timedelta(days=3650)), *observe.unsettled(now)]:
        nudges.observe(pk)
