"""Where everything of one copy of Fishbowl lies: all of it under one folder, `var/`."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# A Unix socket's path may have 107 bytes on Linux and 103 elsewhere.
LONGEST_SOCKET = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"
REDIS_SOCKET = "redis.sock"
# Socket paths stand in URLs and in PostgreSQL's comma-separated list, so they are kept plain.
PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")


@dataclass(frozen=True)
class Places:
    """The files and folders of one copy. `var` is absolute."""

    var: Path

    @classmethod
    def at(cls, var: str | os.PathLike[str]) -> Places:
        """The places under `var`, links resolved, so that one folder has one name."""
        return cls(Path(var).expanduser().resolve())

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.var / "postgres"

    @property
    def redis(self) -> Path:
        """Redis's working directory."""
        return self.var / "redis"

    @property
    def logs(self) -> Path:
        """What every process wrote."""
        return self.var / "log"

    @property
    def media(self) -> Path:
        """What keepers uploaded."""
        return self.var / "media"

    @property
    def secrets(self) -> Path:
        """What was generated once and is shown to nobody."""
        return self.var / "secrets"

    @property
    def lease(self) -> Path:
        """Held shared by everybody who uses the servers."""
        return self.var / "servers.lease"

    @property
    def turnstile(self) -> Path:
        """Held exclusively by whoever starts or stops the servers."""
        return self.var / "servers.turnstile"

    @cached_property
    def sockets(self) -> Path:
        """A private folder for the Unix sockets: `var/run`, or one under /tmp if that won't do.

        Not TMPDIR: two terminals may differ in it, and have to find the same sockets.
        """
        inside = self.var / "run"
        longest = len(os.fsencode(inside / POSTGRES_SOCKET))
        if longest <= LONGEST_SOCKET and PLAIN.fullmatch(str(inside)):
            return inside
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:16]
        return Path("/tmp") / f"fishbowl-{digest}"  # noqa: S108 - checked to be private before use

    @property
    def postgres_socket(self) -> Path:
        """The socket that PostgreSQL listens on."""
        return self.sockets / POSTGRES_SOCKET

    @property
    def redis_socket(self) -> Path:
        """The socket that Redis listens on."""
        return self.sockets / REDIS_SOCKET

    @property
    def redis_url(self) -> str:
        """Where Redis is, as a URL."""
        return f"unix://{self.redis_socket}"
