"""A process that does one thing on the test's database, and is killed while it does it.

`python -m tests.faults.driver JSON` with `do` (a name out of DEEDS and its arguments) and, to die,
`point` (a function by its dotted name), `when` (before it, after it, or once the transaction that
called it has committed) and `call` (the how-manieth call of it).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
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
    from conversations import director

    turn = director.look(channel_id)
    return turn and turn.pk


def take(turn_id: int) -> Any:
    from conversations import turns

    turn = turns.take(turn_id)
    return turn and turn.status


def write(channel_id: int, person_id: int, text: str, nonce: str) -> Any:
    from characters.models import Person
    from conversations.services import record_incoming

    person = Person.objects.get(pk=person_id)
    return record_incoming(channel_id, person, text, nonce=nonce).pk


def sweep() -> Any:
    from conversations import upkeep

    return upkeep.sweep()


def take_without_database(turn_id: int) -> Any:
    """Take a turn, lose the database over it, and go on: what a worker's thread lives through."""
    from django.db import OperationalError, close_old_connections

    from conversations import turns

    try:
        turns.take(turn_id)
    except OperationalError as error:
        close_old_connections()
        return [type(error).__name__, sweep(), take(turn_id)]
    return ["nothing was lost"]


DEEDS = {f.__name__: f for f in (look, take, write, sweep, take_without_database)}
FAULTS = {"die": die, "lose_the_database": lose_the_database}


def main() -> None:
    order = json.loads(sys.argv[1])
    django.setup()
    if order.get("point"):
        fault = FAULTS[order.get("fault", "die")]
        break_at(order["point"], order["when"], order.get("call", 1), fault)
    name, *arguments = order["do"]
    sys.stdout.write(json.dumps(DEEDS[name](*arguments)))


if __name__ == "__main__":
    main()
