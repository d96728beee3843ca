"""Bots for the tests of what a bot does: to start takes one longer than most of these tests.

`python -m tests.discord.nursery` has all imported, and forks a bot for each order that comes in a
line. How a bot starts is tested on whole processes (`Bots.start`, and test_up.py).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import django


class Nursery:
    """The process that forks them, as the tests see it."""

    def __init__(self, folder: Path, surroundings: dict[str, str]) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.discord.nursery"],
            env=surroundings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **order: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def bear(self, settings: dict[str, str]) -> Born:
        """A bot with these settings, on the database and the Redis of the test."""
        said = self._folder / f"{time.monotonic_ns()}.pipe"
        os.mkfifo(said)
        return Born(self, self.ask(bear=settings, said=str(said)), said)

    def end(self) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()


class Born:
    """A bot that was forked, asked after and told as a `subprocess.Popen` is."""

    def __init__(self, nursery: Nursery, pid: int, said: Path) -> None:
        self.pid, self.said = pid, said
        self.returncode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.ask(poll=self.pid)
        return self.returncode

    def wait(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("runbot", seconds)
            time.sleep(0.02)
        return code

    def send_signal(self, sign: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def be_a_bot(settings: dict[str, str], said: str) -> int:
    """Runs `manage.py runbot` with these settings. Returns its exit code."""
    from django.conf import settings as of_django
    from django.core.management import call_command

    from fishbowl import boot

    output = os.open(said, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.update(settings)
    boot.environment.cache_clear()
    of_django.FISHBOWL = boot.environment()
    try:
        call_command("runbot")
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def poll(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def main() -> None:
    django.setup()
    import_module("conversations.discord.running")
    for line in sys.stdin:
        order = json.loads(line)
        if "poll" in order:
            answer = poll(order["poll"])
        elif not (answer := os.fork()):
            os._exit(be_a_bot(order["bear"], order["said"]))
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
