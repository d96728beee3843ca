"""Processes that do one thing on the test's database, and are killed while they do it.

`python -m tests.faults.driver` has all imported, and forks a process for each line of its input: a
JSON object with `do` (a name out of DEEDS and its arguments), `output` (the file that takes what
comes of it) and, to die, `point` (a function or method by its dotted name), `when` (before it,
after it, or once the transaction that called it has committed) and `call` (the how-manieth call of
it); or `write` (the how-manieth statement that writes or locks rows). It answers each with the
exit code.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import django

WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b")


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
    place = resolve_name(path)
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


def break_at_write(number: int, fault: Callable[[], None]) -> None:
    """Have `fault` happen before the `number`th statement that writes or locks rows."""
    from django.db import connection

    writes = 0

    def broken(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal writes
        if WRITES.search(sql):
            writes += 1
            if writes == number:
                fault()
        return execute(sql, *rest)

    connection.execute_wrappers.append(broken)


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


def command(*arguments: str) -> Any:
    """A command of `manage.py`. Returns what it says, and the sentence in which it refuses."""
    from django.core.management import CommandError, call_command

    out, refusal = io.StringIO(), ""
    try:
        call_command(*arguments, stdout=out, stderr=io.StringIO())
    except CommandError as error:
        refusal = str(error)
    return [out.getvalue(), refusal]


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
        command, send_to_discord,
    )
}  # fmt: skip
FAULTS = {"die": die, "lose_the_database": lose_the_database}


def perform(order: dict[str, Any]) -> None:
    fault = FAULTS[order.get("fault", "die")]
    if order.get("write"):
        break_at_write(order["write"], fault)
    if order.get("point"):
        break_at(order["point"], order["when"], order.get("call", 1), fault)
    name, *arguments = order["do"]
    Path(order["output"]).write_text(json.dumps(DEEDS[name](*arguments)))


def main() -> None:
    django.setup()
    for name in ("conversations.tasks", "fishbowl.llm.embedding_server"):
        import_module(name)
    import_module("fishbowl.llm.embedding").WordLlamaEmbedder().embed(["fish"])  # loads it
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
