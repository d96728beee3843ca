"""Who holds a turn: named by process, so that what a dead one held is given back at once."""

from __future__ import annotations

import datetime as dt
import os
import socket
from decimal import Decimal
from functools import cache

import psutil
from django.db import transaction
from django.db.models import F

from audit.calls import budgets
from conversations import nudges
from conversations.models import Channel, Conversation, Turn
from fishbowl.statements import Statement

MAX_ATTEMPTS = 4
LEASE_S = 240.0
CLOCK_SLACK_S = 2  # start times are told by the clock, which may be set meanwhile

# Turns over which a thread of this process failed, as when the database restarts: their claims
# would seem to be held for as long as the process lives.
let_fall: set[int] = set()


def worker_name() -> str:
    """Which process this is, by host, pid and start time, so that a dead one's claims are known."""
    return _named(os.getpid())


@cache
def _named(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{int(psutil.Process(pid).create_time())}"


def asking_abandoned() -> Statement:
    """The statement for whether any turn is claimed and not spoken yet: what `release_abandoned`
    looks at."""
    return "SELECT 1 FROM conversations_turn WHERE status = 'speaking' AND draft = '' LIMIT 1", ()


def release_abandoned(now: dt.datetime) -> int:
    """Give back the claims of processes that are gone, so that another may speak the turn.

    On this host that is known at once; of another host's claims, when the lease has run out.
    """
    stuck = Turn.objects.filter(status=Turn.Status.SPEAKING, draft="").values_list(
        "pk", "claimed_by", "claimed_at"
    )
    released = 0
    for pk, holder, since in list(stuck):
        if (
            since is not None
            and not _is_gone(pk, holder)
            and (now - since).total_seconds() < LEASE_S
        ):
            continue
        with transaction.atomic():
            where = Turn.objects.filter(pk=pk).values("conversation__channel_id")
            Channel.objects.select_for_update(no_key=True).filter(pk__in=where).first()
            turn = (
                Turn.objects.select_for_update(no_key=True)
                .filter(pk=pk, status=Turn.Status.SPEAKING, draft="", claimed_by=holder)
                .first()
            )
            if turn is None:
                continue
            budgets.settle(
                budgets.Reservation.from_json(turn.reservation), tokens=0, usd=Decimal(0)
            )
            spent = turn.attempts >= MAX_ATTEMPTS
            turn.status = Turn.Status.FAILED if spent else Turn.Status.PLANNED
            turn.error = "The process that was speaking it is gone."
            turn.claimed_by, turn.reservation = "", {}
            turn.finished_at = now if spent else None
            turn.save()
            if spent:
                Conversation.objects.filter(pk=turn.conversation_id).update(
                    chain_length=F("chain_length") + 1,
                    next_turn_at=now + dt.timedelta(seconds=15),
                )
            else:
                nudges.take_turn(pk)
        let_fall.discard(pk)
        released += 1
    return released


def _is_gone(turn_id: int, holder: str) -> bool:
    """Whether nobody works on a claimed turn: its process is gone, or it is this one and has let
    the turn fall."""
    host, pid, _ = holder.rsplit(":", 2)
    is_own = host == socket.gethostname() and int(pid) == os.getpid()
    return is_gone(holder) or (is_own and turn_id in let_fall)


def is_gone(holder: str) -> bool:
    """Whether the process named by `worker_name` ran on this host and runs no more."""
    host, pid, started = holder.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        process = psutil.Process(int(pid))
        is_another = abs(process.create_time() - int(started)) > CLOCK_SLACK_S
        return is_another or bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
