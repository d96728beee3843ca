"""Processes that are killed at an exact point, and a worker that comes after them."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import configuration
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
    """Runs the driver on this test's database."""

    def __init__(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
        self.env = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "FAULTS_DATABASE": connection.settings_dict["NAME"],
            "FAULTS_REDIS": settings.REDIS_URL,
            "FAULTS_PREFIX": settings.REDIS_PREFIX,
        }

    def _run(self, **order: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tests.faults.driver", json.dumps(order)],
            cwd=BASE_DIR,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def does(self, *deed: Any, **order: Any) -> Any:
        """Let it do something to the end. Returns what came of it."""
        done = self._run(do=deed, **order)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def dies(self, *deed: Any, point: str, when: str, call: int = 1) -> None:
        """Let it do something and be killed over it."""
        done = self._run(do=deed, point=point, when=when, call=call)
        assert done.returncode == -signal.SIGKILL, f"it lived: {done.stdout}{done.stderr}"


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
        upkeep.sweep(timezone.now() + dt.timedelta(seconds=2))
        upkeep.republish_pending(timezone.now() + dt.timedelta(seconds=3))

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


@pytest.fixture
def process(db: Any) -> Process:
    return Process()


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
