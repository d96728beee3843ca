"""The bot as a process, on a test's own database and Redis, against the stand-in for Discord."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from fishbowl.environment import BASE_DIR
from tests.discord.nursery import Born, Nursery
from tests.discord.server import DiscordServer
from tests.patience import PATIENCE_S

RUNBOT = ("manage.py", "runbot")
SUPERVISED = ("-m", "fishbowl.processes", "bot")


def surroundings() -> dict[str, str]:
    """What a bot finds in its environment, but for Discord."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "FAULTS_DATABASE": connection.settings_dict["NAME"],
        "FAULTS_REDIS": settings.REDIS_URL,
        "FAULTS_PREFIX": settings.REDIS_PREFIX,
    }


class BotProcess:
    """One run of it. `said` is what it wrote to its log so far."""

    def __init__(self, process: subprocess.Popen[str] | Born) -> None:
        self.said = ""
        self.process = process
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        output = self.process.said.open() if isinstance(self.process, Born) else self.process.stdout
        assert output is not None
        with output:
            for line in output:
                self.said += line

    def lives(self) -> bool:
        return self.process.poll() is None

    def wait_until(
        self, fact: Callable[[], Any], seconds: float = PATIENCE_S, what: str = ""
    ) -> Any:
        """Wait for a fact, and return it."""
        deadline = time.monotonic() + seconds
        while not (found := fact()):
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{self.said}"
            time.sleep(0.02)
        return found

    def wait_said(self, text: str, seconds: float = PATIENCE_S) -> None:
        self.wait_until(lambda: text in self.said, seconds, f"it didn't say {text!r}")

    def ends(self, seconds: float = PATIENCE_S) -> int:
        """Wait for its end. Returns the exit code."""
        code = self.process.wait(seconds)
        self._listener.join(PATIENCE_S)
        return code

    def stop(self) -> int:
        """Tell it to end, as the supervisor does."""
        self.process.send_signal(signal.SIGTERM)
        return self.ends(8)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.ends()


class Bots:
    """Starts bots, and ends what is left of them."""

    def __init__(self, server: DiscordServer, nursery: Nursery) -> None:
        self.server = server
        self.nursery = nursery
        self._started: list[BotProcess] = []

    def start(self, *command: str, **more: str) -> BotProcess:
        """Start one as a keeper does, not waited for."""
        return self._keep(
            subprocess.Popen(
                [sys.executable, *(command or RUNBOT)],
                cwd=BASE_DIR,
                env={**surroundings(), **self.server.environment(), **more},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )

    def ready(self, **more: str) -> BotProcess:
        """One out of the nursery, when it has taken in what there is."""
        bot = self._keep(self.nursery.bear({**self.server.environment(), **more}))
        bot.wait_said("Connected to Discord")
        return bot

    def _keep(self, process: subprocess.Popen[str] | Born) -> BotProcess:
        bot = BotProcess(process)
        self._started.append(bot)
        return bot

    def end_all(self) -> None:
        for bot in self._started:
            if bot.lives():
                bot.kill()


@contextlib.contextmanager
def database_away() -> Iterator[None]:
    """Nobody but this process comes to the database: open connections are cut, new ones refused,
    as while it restarts."""
    connection.ensure_connection()
    name, ours = connection.settings_dict["NAME"], connection.connection.info
    with psycopg.connect(
        host=ours.host, port=ours.port, user=ours.user, dbname="postgres", autocommit=True
    ) as elsewhere:
        elsewhere.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        elsewhere.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND pid <> %s",
            [name, ours.backend_pid],
        )
        try:
            yield
        finally:
            elsewhere.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
