"""A society that runs for a test: its processes by their parts, its rows, and what befalls it."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg
import redis

from fishbowl.embedded import DATABASE, ROLE, Places
from fishbowl.embedded.owners import find_owner
from fishbowl.embedded.postgres import PORT, programs
from tests.embedded.copies import Copy
from tests.patience import PATIENCE_S
from tests.stock import stock_var

PARTS = {
    "web": "fishbowl.processes web",
    "worker": "fishbowl.processes worker",
    "beat": "fishbowl.processes beat",
    "supervisor": "fishbowl.processes supervisor",
    "postgres": "bin/postgres -D",
    "redis": "bin/redis-server",
}


def quiet_port() -> int:
    """A free port that the kernel gives to nobody as a source: whoever keeps knocking at one of
    those while nobody listens there connects to itself some day, and holds it."""
    numbers = list(range(8400, 9000))
    Random().shuffle(numbers)
    for number in numbers:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number
    raise AssertionError("no port is free between 8400 and 8999")


class Society:
    """One copy, its insides at hand; its database is there when it first comes up."""

    def __init__(self, var: Path, **settings: str) -> None:
        if not var.exists():
            stock_var(var)
        self.copy = Copy(var, **{"PORT": str(quiet_port()), **settings})
        self.places = Places.at(var)

    @property
    def port(self) -> int:
        return self.copy.port

    # --- its parts --------------------------------------------------------------------------------

    def pids(self, part: str) -> set[int]:
        return {process.pid for process in self.processes(part)}

    def processes(self, part: str) -> list[psutil.Process]:
        return self.copy.named(PARTS[part])

    def kill(self, part: str) -> int:
        """`kill -9` of a part. Returns how many processes that was."""
        found = self.processes(part)
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.kill()
        return len(found)

    def kill_up(self) -> None:
        assert self.copy.up_process is not None
        self.copy.up_process.send_signal(signal.SIGKILL)
        self.copy.up_process.wait(PATIENCE_S)

    def restart_database(self, mode: str) -> None:
        """`pg_ctl stop` and `start`, as somebody who looks after the database does it. `up` may be
        quicker to start it again: then there is one that runs all the same."""
        options = (self.places.postgres / "postmaster.opts").read_text().split(" ", 1)[1].strip()
        running = self.processes("postgres")
        assert running, "PostgreSQL doesn't run"
        self._pg_ctl("stop", "-m", mode, "-W")
        psutil.wait_procs(running, timeout=PATIENCE_S)
        log = self.places.logs / "postgres.log"
        self._pg_ctl("start", "-W", "-l", str(log), "-o", options.replace('"', "'"))

    def _pg_ctl(self, *arguments: str) -> None:
        data = self.places.postgres
        subprocess.run(
            [str(programs() / "pg_ctl"), "-D", str(data), *arguments],
            cwd=data,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            **find_owner(data).popen_options(),
        )

    def flush_redis(self) -> None:
        with redis.Redis(unix_socket_path=str(self.places.redis_socket)) as client:
            client.flushall()

    # --- its rows ---------------------------------------------------------------------------------

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.places.sockets),
            port=PORT,
            user=ROLE,
            dbname=DATABASE,
            connect_timeout=5,
            autocommit=True,
        )

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.connect() as session:
            return session.execute(query, parameters or None).fetchall()

    def value(self, query: str, *parameters: Any) -> Any:
        return self.rows(query, *parameters)[0][0]

    def channels(self) -> list[int]:
        return [pk for (pk,) in self.rows("SELECT id FROM conversations_channel ORDER BY id")]

    def said(self) -> int:
        """The last message of a character, by its key."""
        query = (
            "SELECT coalesce(max(id), 0) FROM conversations_message WHERE character_id IS NOT NULL"
        )
        return int(self.value(query))

    def wait_until(self, fact: Callable[[], Any], seconds: float, what: str = "") -> float:
        """Wait for a fact; a database that is away makes none. Returns how long it took."""
        began = time.monotonic()
        while True:
            with contextlib.suppress(psycopg.Error, OSError, redis.RedisError):
                if fact():
                    return time.monotonic() - began
            took = time.monotonic() - began
            assert took < seconds, f"not within {seconds} s: {what}\n{self.copy.said[-3000:]}"
            time.sleep(0.05)

    def talks_on(self, seconds: float) -> float:
        """Wait until a character says something new. Returns how long it took."""
        began = time.monotonic()
        before: list[int] = []

        def is_new() -> bool:
            if not before:
                before.append(self.said())
            return self.said() > before[0]

        self.wait_until(is_new, seconds, "no character said anything")
        return time.monotonic() - began
