"""Processes that do one thing on the test's database, and are killed while they do it.

`python -m tests.faults.driver` has all imported, and forks a process for each line of its input: a
JSON object with `do` (a name out of DEEDS and its arguments), `output` (the file that takes what
comes of it) and, to die, `point` (a function by its dotted name), `when` (before it, after it, or
once the transaction that called it has committed) and `call` (the how-manieth call of it). It
answers each with the exit code.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django


def die() -> None:
    """As `kill -9` does it: no handler, no finally, no goodbye to the database."""
    os.kill(os.getpid(), signal.SIGKILL)


def lose_the_database() -> None:
    """As a restart of the server does it: the session is gone from one statement to the next."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        mine = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    other.close()


def break_at(point: str, when: str, call: int, fault: Callable[[], None]) -> None:
    """Have `fault` happen at the `call`th call of the function that `point` names."""
    from django.db import transaction

    path, _, name = point.rpartition(".")
    place = import_module(path)
    function = getattr(place, name)
    calls = 0

    def broken(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != call:
            return function(*args, **kwargs)
        if when == "before":
            fault()
        if when == "commit":
            transaction.on_commit(fault)
        result = function(*args, **kwargs)
        if when == "after":
            fault()
        return result

    setattr(place, name, broken)


def look(channel_id: int) -> Any:
    from conversations.floor import director

    turn = director.look(channel_id)
    return turn and turn.pk


def take(turn_id: int) -> Any:
    from conversations.turns import turns

    turn = turns.take(turn_id)
    return turn and turn.status


def write(channel_id: int, person_id: int, text: str, nonce: str) -> Any:
    from characters.models import Person
    from conversations.services import record_incoming

    person = Person.objects.get(pk=person_id)
    return record_incoming(channel_id, person, text, nonce=nonce).pk


def write_twice(channel_id: int, person_id: int, text: str, nonce: str) -> Any:
    """Write two messages. Returns what came of each, and how many seconds it took."""
    answers = []
    for number in (1, 2):
        began = time.monotonic()
        pk = write(channel_id, person_id, f"{text} {number}", f"{nonce}-{number}")
        answers.append([pk, time.monotonic() - began])
    return answers


def sweep() -> Any:
    from conversations import upkeep

    return upkeep.sweep()


def republish(in_s: float) -> Any:
    """Send what live pages didn't hear of, as a sweep does so much later."""
    from django.utils import timezone

    from conversations import upkeep

    return upkeep.republish_pending(timezone.now() + timezone.timedelta(seconds=in_s))


def take_without_database(turn_id: int) -> Any:
    """Take a turn, lose the database over it, and go on: what a worker's thread lives through."""
    from django.db import OperationalError, close_old_connections

    from conversations.turns import turns

    try:
        turns.take(turn_id)
    except OperationalError as error:
        close_old_connections()
        return [type(error).__name__, sweep(), take(turn_id)]
    return ["nothing was lost"]


def sum_up(conversation_id: int, tokens: int) -> Any:
    """Sum up a conversation with a voice for which so many tokens are set aside."""
    from decimal import Decimal

    from audit.calls import ledger
    from conversations.afterwards import summaries

    ledger.expected_of = lambda request: (tokens, Decimal(0))
    return summaries.summarise(conversation_id)


def send_to_discord(api_base: str, token: str, user_id: int, application_id: int) -> Any:
    """Send what waits for Discord."""
    import asyncio

    from conversations.discord import library
    from conversations.discord.facts import Us
    from conversations.discord.outbound import Outbound

    async def send() -> None:
        await Outbound(token, Us(user_id, application_id)).send_waiting()

    library.speak_to(api_base)
    asyncio.run(send())


DEEDS = {
    f.__name__: f
    for f in (
        look, take, write, write_twice, sweep, republish, take_without_database, sum_up,
        send_to_discord,
    )
}  # fmt: skip
FAULTS = {"die": die, "lose_the_database": lose_the_database}


def perform(order: dict[str, Any]) -> None:
    if order.get("point"):
        fault = FAULTS[order.get("fault", "die")]
        break_at(order["point"], order["when"], order.get("call", 1), fault)
    name, *arguments = order["do"]
    Path(order["output"]).write_text(json.dumps(DEEDS[name](*arguments)))


def main() -> None:
    django.setup()
    import_module("conversations.tasks")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                perform(order)
            except BaseException:
                Path(order["output"]).write_text(traceback.format_exc())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
