"""Processes that are killed at an exact point, and a worker that comes after them."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit.configuration import configuration
from conversations import tasks, upkeep
from conversations.models import Channel
from fishbowl.environment import BASE_DIR
from tests.builders import make_channel, make_character

QUEUE = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}turns"

STYLE = {
    "improv": {
        "topics": {
            "tides": {
                "keys": ["tide", "ebb"],
                "claims": ["The ebb leaves the mussels bare till four.", "Springs come Thursday."],
                "questions": ["Who moved my tide table?"],
            }
        },
        "openers": ["Somebody left a boot on the slip again."],
        "greet": ["Come in, {name}, mind the step."],
        "farewell": ["Right, the nets won't mend themselves."],
    }
}


class Process:
    """Whoever does something on this test's database, a new process each time."""

    def __init__(self, output: Path, redis_url: str = "", **environment: str) -> None:
        self.output = output
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
        self.driver = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=BASE_DIR,
            env={
                **kept,
                **environment,
                "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
                "FAULTS_DATABASE": connection.settings_dict["NAME"],
                "FAULTS_REDIS": redis_url or settings.REDIS_URL,
                "FAULTS_PREFIX": settings.REDIS_PREFIX,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _run(self, **order: Any) -> tuple[int, str]:
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        self.output.write_text("")
        self.driver.stdin.write(json.dumps({**order, "output": str(self.output)}) + "\n")
        self.driver.stdin.flush()
        answer = self.driver.stdout.readline()
        assert answer, "the driver is gone"
        return int(answer), self.output.read_text()

    def does(self, *deed: Any, **order: Any) -> Any:
        """Let it do something to the end. Returns what came of it."""
        code, said = self._run(do=deed, **order)
        assert code == 0, said
        return json.loads(said)

    def dies(self, *deed: Any, point: str, when: str, call: int = 1) -> None:
        """Let it do something and be killed over it."""
        code, said = self._run(do=deed, point=point, when=when, call=call)
        assert code == -signal.SIGKILL, f"it lived: {said}"

    def fails_at_write(self, *deed: Any, number: int, fault: str) -> Any:
        """Let it do something with a fault before the how-manieth statement that writes or locks.
        Returns what came of it, None where it died."""
        code, said = self._run(do=deed, write=number, fault=fault)
        assert code in (0, -signal.SIGKILL), said
        return None if code else json.loads(said)

    def end(self) -> None:
        with self.driver:
            assert self.driver.stdin is not None
            self.driver.stdin.close()


class Worker:
    """Whoever comes after the dead: a sweep, and then what the queue holds, on its own clock."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    def nudges(self) -> list[tuple[str, int]]:
        """Take what the queue holds."""
        found = []
        while raw := self.client.lpop(QUEUE):
            message = json.loads(raw)
            (key,), *_ = json.loads(base64.b64decode(message["body"]))
            found.append((message["headers"]["task"], key))
        return found

    def sweep(self) -> None:
        """What beat has done every two seconds, once what lies there is two seconds old."""
        self._let_go()
        upkeep.sweep(timezone.now() + dt.timedelta(seconds=2))
        upkeep.republish_pending(timezone.now() + dt.timedelta(seconds=3))

    def _let_go(self) -> None:
        """Have others end what they are at, as they do within two seconds: a room that somebody
        holds is passed over."""
        deadline = time.monotonic() + 2
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                )
                if not cursor.fetchone()[0]:
                    return
                time.sleep(0.01)

    def goes_on(self, until: Callable[[], bool], sweeps: int = 5) -> None:
        """Sweep and do what was nudged, until `until`."""
        for _ in range(sweeps):
            self.sweep()
            for _ in range(20):
                found = self.nudges()
                for task, key in found:
                    if until():
                        return
                    getattr(tasks, task.rpartition(".")[2])(key)
                if not found:
                    break
            if until():
                return
        raise AssertionError(f"not after {sweeps} sweeps")


@pytest.fixture(scope="session")
def process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    found = Process(tmp_path_factory.mktemp("faults") / "output")
    yield found
    found.end()


@pytest.fixture
def worker(redis_client: redis.Redis) -> Iterator[Worker]:
    yield Worker(redis_client)
    redis_client.flushdb()


@pytest.fixture
def room(db: Any, redis_client: redis.Redis) -> Channel:
    """Three characters who lose no time."""
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    for name in ("Odile", "Bram", "Pilar"):
        make_character(name, style=STYLE, interests=("tides", "boats"))
    return make_channel("the-lantern", pace=Channel.Pace.LIVELY)
