"""What workers do when nudged. Tasks carry ids; everything else they read from rows."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from audit import ledger
from conversations import director, summaries, turns, upkeep
from conversations.models import Turn
from memories.embedding import fill_interests


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


@shared_task(name="conversations.sweep", ignore_result=True)
def sweep() -> None:
    """Nudge again what is due, and give new interests their vectors."""
    upkeep.sweep()
    upkeep.republish_pending()
    fill_interests()


@shared_task(name="conversations.summarise", ignore_result=True)
def summarise(conversation_id: int) -> None:
    """Sum up a conversation that has closed."""
    summaries.summarise(conversation_id)


@shared_task(name="conversations.upkeep", ignore_result=True)
def hourly_upkeep() -> None:
    """What is to be done now and then: log partitions, lost calls, missing summaries."""
    now = timezone.now()
    ledger.ensure_partitions(now)
    ledger.abandon_lost_calls(now)
    for pk in summaries.missing(now):
        summaries.summarise(pk)
