"""Keeps web, worker, beat and bot running under supervisord, and tells the terminal what goes
wrong."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from fishbowl.boot import WATCHER
from fishbowl.embedded import Places
from fishbowl.environment import BASE_DIR, Environment

CONFIGURATION = "supervisor.conf"
STOP_WITHIN_S = 7.0
# Django's log lines (settings.LOGGING) and supervisord's own.
TROUBLE = re.compile(r"\S+ \S+ (WARNING|ERROR|CRITICAL|WARN|ERRO|CRIT) (.*)")
MOST_LINES_A_MINUTE = 20


def configuration(environment: Environment) -> str:
    """What supervisord is to do. Paths are relative to `var/`, whatever its name contains."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    common = """\
autorestart=true
startsecs=5
startretries=1000000
stopsignal=TERM
stopwaitsecs=4
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""
    python = Path(sys.executable).name
    names = programs_of(environment)
    programs = "".join(
        f"[program:{name}]\n"
        f"command={python} -P -m fishbowl.processes {name}\n"
        f"{numbers}stdout_logfile=log/{log}.log\n{common}\n"
        for name, log, numbers in (
            ("web", "web", ""),
            (
                "worker",
                "worker%(process_num)d",
                f"numprocs={environment.workers}\nnumprocs_start=1\n"
                "process_name=worker%(process_num)d\n",
            ),
            ("beat", "beat", ""),
            ("bot", "bot", ""),
        )
        if name in names
    )
    return f"""\
; Written by `manage.py up` at every start.
[supervisord]
nodaemon=true
{user}logfile=log/supervisor.log
logfile_maxbytes=1MB
logfile_backups=2
pidfile=supervisor.pid
minfds=256
minprocs=1

{programs}; One group, so that all are told to stop at once.
[group:society]
programs={",".join(names)}
"""


def programs_of(environment: Environment) -> tuple[str, ...]:
    """What runs with these settings."""
    bot = ("bot",) if environment.discord_token else ()
    return ("web", "worker", "beat", *bot)


class Society:
    """The supervisor and, below it, the processes of one copy of Fishbowl."""

    def __init__(self, places: Places, environment: Environment) -> None:
        self.places = places
        self.environment = environment
        self._supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the supervisor, in a session of its own: Ctrl-C is for `up` alone."""
        text = configuration(self.environment)
        (self.places.var / CONFIGURATION).write_text(text)
        paths = [str(BASE_DIR), os.environ.get("PYTHONPATH", "")]
        path = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        surroundings = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PATH": os.pathsep.join(filter(None, path)),
            "FISHBOWL_VAR": str(self.places.var),
            "PYTHONUNBUFFERED": "1",
            WATCHER: str(os.getpid()),
        }
        with (self.places.logs / "supervisor.out").open("wb") as output:
            self._supervisor = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "fishbowl.processes", "supervisor", CONFIGURATION],
                cwd=self.places.var,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def is_running(self) -> bool:
        """Whether the supervisor lives."""
        return self._supervisor is not None and self._supervisor.poll() is None

    def stop(self, meanwhile: Callable[[], None]) -> None:
        """Stop all of it, politely, then by force. `meanwhile` is done while it ends."""
        if self._supervisor is None:
            return
        below = self._below()
        if self.is_running():
            self._supervisor.terminate()
            meanwhile()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._supervisor.wait(STOP_WITHIN_S)
        for process in [*below, *self._below()]:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._supervisor.kill()
        self._supervisor.wait()
        self._supervisor = None

    def _below(self) -> list[psutil.Process]:
        if self._supervisor is None:
            return []
        try:
            return list(psutil.Process(self._supervisor.pid).children(recursive=True))
        except psutil.Error:
            return []

    def logs(self) -> Iterator[Path]:
        """Where its processes write."""
        workers = (f"worker{number}" for number in range(1, self.environment.workers + 1))
        bot = ("bot",) if self.environment.discord_token else ()
        for name in ("supervisor", "web", "beat", *workers, *bot):
            yield self.places.logs / f"{name}.log"


class Echo:
    """Repeats warnings and errors from the logs at the terminal, one line each."""

    def __init__(self, logs: Iterator[Path], say: Callable[[str], None]) -> None:
        self._read_to = {log: _size(log) for log in logs}
        self._say = say
        self._minute = 0
        self._said: dict[Path, int] = {}

    def repeat(self) -> None:
        """Say what was written since the last time."""
        if (minute := int(time.monotonic() // 60)) != self._minute:
            self._minute, self._said = minute, {}
        for log, read_to in self._read_to.items():
            size = _size(log)
            if size == read_to:
                continue
            self._read_to[log] = size
            for line in _lines(log, read_to if read_to < size else 0):
                if found := TROUBLE.fullmatch(line):
                    self._say_line(log, found[2])

    def _say_line(self, log: Path, message: str) -> None:
        count = self._said[log] = self._said.get(log, 0) + 1
        if count <= MOST_LINES_A_MINUTE:
            self._say(f"{log.stem:<10} | {message[:300]}")
        elif count == MOST_LINES_A_MINUTE + 1:
            self._say(f"{log.stem:<10} | and more: {log}")


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError:
        return 0


def _lines(log: Path, start: int) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(start)
            return file.read(1_000_000).decode(errors="replace").splitlines()
    except OSError:
        return []


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
