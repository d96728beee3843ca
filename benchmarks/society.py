"""A society of its own for a benchmark: embedded servers in a fresh var, many rooms, a full cast.

    with Society(rooms=16, model_url="http://127.0.0.1:8099/v1"):
        from conversations.models import Message  # only now: the settings know the var
        …

Nobody can be in two rooms at once, so every pair of rooms has a cast of its own: the characters of
the starter world again under other names, awake at all hours.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fishbowl.environment import BASE_DIR, schema

# So that rooms never fall silent while they are measured; what is decided and written stays as is.
RULES = {
    "time_scale": 0,
    "threshold": 0,
    "threshold_for_people": 0,
    "farewell_energy": 0,
    "repetition_threshold": 1,
    "react_chance": 0,
    "silent_battery": 0,
    "initiate_battery": 0,
    "busy_messages": 1_000_000,
}
PER_ROOM = 4


def surroundings(var: Path, **settings: str) -> dict[str, str]:
    """The environment of a process of this society: no setting of whoever runs it but these."""
    known = schema()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in known and not name.startswith("DJANGO")
    }
    return {
        **kept,
        "FISHBOWL_ENV_FILE": os.devnull,
        "FISHBOWL_VAR": str(var),
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        **settings,
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_var() -> Path:
    """A folder for one benchmark, on the disk that the checkout is on."""
    parent = BASE_DIR / "var" / "bench"
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="", dir=parent))


class Society:
    """Rows and servers from `with` to its end. One a process: Django is set up once."""

    def __init__(self, *, rooms: int = 2, model_url: str = "", **settings: str) -> None:
        self.rooms = rooms
        self.var = new_var()
        model = {"LLM_BASE_URL": model_url, "LLM_MODEL": "stand-in"} if model_url else {}
        self.settings = {"PORT": str(free_port()), **model, **settings}
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        os.environ.clear()  # this process becomes one of the society's
        os.environ.update(surroundings(self.var, **self.settings))
        os.environ["DJANGO_SETTINGS_MODULE"] = "fishbowl.settings"
        try:
            self._begin()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _begin(self) -> None:
        import django

        from fishbowl import boot

        boot.use_servers()
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        self._populate()

    def _populate(self) -> None:
        from django.utils import timezone

        from audit.configuration import configuration
        from characters.models import Character
        from characters.world import load_characters
        from characters.worldfiles import read_characters
        from conversations.models import Channel
        from conversations.services import local_community
        from conversations.world import STARTER_WORLD
        from memories.embedding.filling import fill_interests

        cast = read_characters(STARTER_WORLD / "characters")
        community = local_community()
        for name, value in RULES.items():
            configuration.set_value("director", name, value)
        for number in range(-(-self.rooms * PER_ROOM // len(cast))):
            load_characters([_again(file, number) for file in cast], community)
        while fill_interests():
            pass
        people = list(Character.objects.order_by("pk"))
        far = timezone.now() + timezone.timedelta(days=1)
        for number in range(self.rooms):
            channel = Channel.objects.create(
                community=community,
                name=f"room-{number}",
                pace=Channel.Pace.LIVELY,
                watched_until=far,
                next_look_at=timezone.now(),
            )
            channel.residents.set(people[number * PER_ROOM : (number + 1) * PER_ROOM])

    def start(self, *command: str, **settings: str) -> subprocess.Popen[bytes]:
        """Run a process of the society: `python` and these arguments."""
        log = (self.var / "log" / f"bench-{len(self.processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=BASE_DIR,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def logs(self) -> str:
        """What the processes wrote."""
        found = sorted((self.var / "log").glob("bench-*.log"))
        return "".join(path.read_text(errors="replace") for path in found)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        from fishbowl import boot

        for process in self.processes:
            end(process)
        with contextlib.suppress(Exception):
            from django.db import connections

            connections.close_all()
        boot.leave_servers()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.SIG_DFL)
        shutil.rmtree(self.var, ignore_errors=True)


def _again(file: Any, number: int) -> Any:
    """A character of the starter world under another name, with bonds inside its own cast."""
    if number == 0:
        return file.model_copy(update={"active_hours": None, "timezone": "UTC"})
    mark = str(number + 1)
    return file.model_copy(
        update={
            "name": f"{file.name}{mark}",
            "slug": f"{file.slug}-{mark}",
            "active_hours": None,
            "timezone": "UTC",
            "goals": [g.model_copy(update={"goal_id": f"{g.goal_id}-{mark}"}) for g in file.goals],
            "relationships": [
                r.model_copy(update={"to": f"{r.to}-{mark}"}) for r in file.relationships
            ],
        }
    )


def end(process: subprocess.Popen[bytes], within_s: float = 10) -> None:
    """Have a process end, in good order if it will."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def model_server() -> Iterator[str]:
    """A stand-in model server without latency, in a process of its own. Yields its base URL."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.model", "--port", str(port)],
        cwd=BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        end(process)


def wait_for_port(port: int, within_s: float = 30) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def keep_lively() -> list[int]:
    """Have no room fall silent: talk doesn't end, nobody rests, and what waits is due. Returns the
    channels to look at. It stands for the people who keep talk going, at the cost of a few rows."""
    from datetime import timedelta

    from django.db.models import F
    from django.utils import timezone

    from characters.models import CharacterState
    from conversations.models import Channel, Conversation, ConversationContext

    now = timezone.now()
    day = timedelta(days=1)
    talks = Conversation.objects.open()
    talks.filter(chain_length__gte=8).update(chain_length=0)
    ConversationContext.objects.filter(
        conversation__status=Conversation.Status.OPEN, energy_level__lt=0.5
    ).update(energy_level=0.8)
    CharacterState.objects.filter(social_battery__lt=0.7).update(social_battery=1.0)
    closed = Conversation.objects.filter(status=Conversation.Status.CLOSED)
    closed.filter(closed_at__gt=now - day).update(
        closed_at=F("closed_at") - day, started_at=F("started_at") - day
    )
    talks.filter(next_turn_at__gt=now).update(next_turn_at=now)
    overdue = talks.filter(next_turn_at__lte=now).exclude(turns__status__in=("planned", "speaking"))
    found = set(overdue.values_list("channel_id", flat=True))
    idle = Channel.objects.exclude(conversations__status=Conversation.Status.OPEN)
    found |= set(idle.values_list("pk", flat=True))
    idle.filter(next_look_at__gt=now).update(next_look_at=now)
    return sorted(found)
