"""Who uses the embedded servers: the first to come starts them, the last to leave stops them.

Every user holds a shared lock on one file, for as long as it lives. Whoever comes or goes passes a
turnstile, an exclusive lock on another file, so that nobody comes in while the last one locks up.
The kernel drops both at `kill -9`, so there is nothing to go stale.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from types import TracebackType

from .errors import EmbeddedError, explain_os_error
from .locks import FileLock
from .owners import find_owner
from .places import Places
from .postgres import START_WITHIN_S, Postgres
from .redis import Redis

Server = Postgres | Redis


class Lease:
    """A process's right to use the embedded servers of one copy of Fishbowl.

    Args:
        places: whose servers.
        postgres: whether PostgreSQL is needed, rather than one that runs elsewhere.
        redis: the same for Redis.
        durable: False only in tests, where a lost cluster is no loss.
    """

    def __init__(
        self, places: Places, *, postgres: bool = True, redis: bool = True, durable: bool = True
    ) -> None:
        self.places = places
        self.needed: list[Server] = []
        if redis:
            self.needed.append(Redis(places))
        if postgres:
            self.needed.append(Postgres(places, durable=durable))
        self._lease = FileLock(places.lease)
        self._turnstile = FileLock(places.turnstile)
        self._process = os.getpid()
        _leases.add(self)

    def enter(self) -> None:
        """Come to use the servers; start those that don't run.

        Raises:
            EmbeddedError: they can't be started. Nothing that was started is left running.
        """
        if not self.needed or self._lease.is_open:
            return
        try:
            self._prepare_folders()
            self._turnstile.wait_exclusive(START_WITHIN_S + 60)
        except OSError as error:
            raise explain_os_error(error, self.places.var) from error
        try:
            if not self._lease.try_shared():
                raise EmbeddedError(f"{self.places.lease} is locked by another program: end it.")
            self._start_missing()
        except BaseException as error:
            self._lock_up()
            if isinstance(error, OSError):
                raise explain_os_error(error, self.places.var) from error
            raise
        finally:
            self._turnstile.release()

    def leave(self) -> None:
        """Stop using the servers; stop them if nobody else uses them."""
        if os.getpid() == self._process and self._lease.is_open:
            self.stop_unused()

    def stop_unused(self) -> None:
        """Stop the servers if nobody else uses them: who used them may have been killed, and so
        have left them running."""
        if not self.needed:
            return
        self._turnstile.wait_exclusive(START_WITHIN_S + 60)
        try:
            self._lock_up()
        finally:
            self._turnstile.release()

    def settle(self) -> None:
        """The servers may be stopped soon: what would take them long then is done now."""
        for server in self.needed:
            if isinstance(server, Postgres) and server.accepts():
                server.settle()

    def revive(self) -> Sequence[str]:
        """Start again those of the servers that died. The names of those that had."""
        if all(server.accepts() for server in self.needed):
            return []
        self._turnstile.wait_exclusive(START_WITHIN_S + 60)
        try:
            return self._start_missing()
        except OSError as error:
            raise explain_os_error(error, self.places.var) from error
        finally:
            self._turnstile.release()

    def forget(self) -> None:
        """In a forked child: the lease stays its parent's."""
        self._lease.forget()
        self._turnstile.forget()

    def __enter__(self) -> Lease:
        self.enter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def _prepare_folders(self) -> None:
        make_var(self.places)
        find_owner(self.places.postgres).make_folder(self.places.sockets)

    def _start_missing(self) -> list[str]:
        """Start what doesn't answer."""
        missing = [server for server in self.needed if not server.accepts()]
        for server in missing:
            server.start()
        return [server.name for server in missing]

    def _lock_up(self) -> None:
        """Let go of the lease; if nobody else holds one, stop every server of this place."""
        alone = self._lease.try_exclusive()
        if alone:
            Redis(self.places).stop()
            Postgres(self.places).stop()
        self._lease.release()


_leases: weakref.WeakSet[Lease] = weakref.WeakSet()


def _forget_leases() -> None:
    for lease in _leases:
        lease.forget()


os.register_at_fork(after_in_child=_forget_leases)


def make_var(places: Places) -> None:
    """Make the folders that every process needs.

    Raises:
        EmbeddedError: they can't be made or written to.
    """
    try:
        places.var.mkdir(parents=True, exist_ok=True)
        if not os.access(places.var, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied", str(places.var))
        for folder in (places.logs, places.secrets):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise explain_os_error(error, places.var) from error
