"""`manage.py up`: one command brings the whole society up, and Ctrl-C takes it down.

Every step says what it does; every refusal is one sentence, and leaves nothing running.
"""

from __future__ import annotations

import errno
import http.client
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from fishbowl import boot, health, pooling, secrets
from fishbowl.embedded import EmbeddedError, FileLock, Lease, Places, explain_os_error, make_var
from fishbowl.embedded.errors import disk_full
from fishbowl.environment import Environment
from fishbowl.supervise import STOP_SIGNALS, Echo, Society, programs_of

ANSWERS_WITHIN_S = 60.0
WATCH_EVERY_S = 0.5
TRY_AGAIN_AFTER_S = 5.0
STOP_AGAIN_AFTER_S = 1.0


class CannotStartError(Exception):
    """The society can't start, for a reason that one sentence tells."""


class Stopped(KeyboardInterrupt):
    """Somebody asked the society to stop. No error, so no `except Exception` swallows it; of this
    kind, because the database's driver then takes back the query that it breaks off."""


def run() -> int:
    """Bring the society up and keep it up until somebody stops it. The exit code."""
    up = Up(boot.places(), boot.environment(), boot.lease())
    for sign in (*STOP_SIGNALS, signal.SIGALRM):
        signal.signal(sign, up.be_told_to_stop)
    sys.unraisablehook = _show_unless_stopped
    reason: object = ""
    try:
        up.start()
        up.watch()
    except Stopped:
        say("Stopping …")
    except (CannotStartError, CommandError, EmbeddedError) as error:
        reason = error
    except OSError as error:
        reason = explain_os_error(error, up.places.var)
    except DatabaseError as error:
        reason = _explain_database(error, up.places)
    finally:
        up.stop()
    if up.is_told_to_stop:  # an error then is of what was broken off
        say("Stopped.")
        return 0
    sys.stderr.write(f"fishbowl: {reason}\n")
    return 1


def _show_unless_stopped(swallowed: sys.UnraisableHookArgs) -> None:
    if not issubclass(swallowed.exc_type, Stopped):
        sys.__unraisablehook__(swallowed)


def say(text: str) -> None:
    """A line at the terminal, at once. A terminal that has gone is no reason to stop."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = io.StringIO()


class Up:
    """One run of the society on one folder."""

    def __init__(self, places: Places, environment: Environment, lease: Lease) -> None:
        self.places = places
        self.environment = environment
        self.lease = lease
        self.lock = FileLock(places.var / "up.lock")
        self.society = Society(places, environment)
        self.password = ""
        self.is_told_to_stop = False

    def be_told_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Somebody pressed Ctrl-C, or the like.

        Whatever is being waited for is broken off. Python swallows an exception that is raised in
        a finaliser, which a signal may well hit while migrations make garbage: so the mark stays,
        and an alarm says it again until `stop` is reached.
        """
        self.is_told_to_stop = True
        signal.setitimer(signal.ITIMER_REAL, STOP_AGAIN_AFTER_S)
        raise Stopped

    def _heed(self) -> None:
        if self.is_told_to_stop:
            raise Stopped

    def start(self) -> None:
        """Everything up to the first page that a browser gets."""
        began = time.monotonic()
        say(f"Fishbowl starts in {self.places.var}")
        make_var(self.places)
        self._be_the_only_one()
        require_free_port(self.environment.host, self.environment.port)
        self._step("servers", self._bring_servers)
        self._step("database", self._migrate)
        self._step("world", self._seed)
        connection.close()
        self.echo = Echo(self.society.logs(), say)
        self.society.start()
        self._step("processes", self._await_web)
        self._introduce(time.monotonic() - began)

    def watch(self) -> None:
        """Keep the servers and the supervisor alive, and repeat what goes wrong."""
        complaint = ""
        while True:
            time.sleep(WATCH_EVERY_S)
            self._heed()
            self.echo.repeat()
            try:
                for name in self.lease.revive():
                    say(f"up         | {name} had died: started again.")
                complaint = ""
            except EmbeddedError as error:
                if str(error) != complaint:
                    complaint = str(error)
                    say(f"up         | {complaint} Trying on.")
                time.sleep(TRY_AGAIN_AFTER_S)
            if not self.society.is_running():
                say("up         | The supervisor had died: started again.")
                self.society.start()

    def stop(self) -> None:
        """Stop all that was started, and let go. Does nothing the second time."""
        for sign in (*STOP_SIGNALS, signal.SIGALRM):
            signal.signal(sign, signal.SIG_IGN)
        self.society.stop(meanwhile=self.lease.settle)
        connection.close()
        boot.leave_servers()
        self.lock.release()

    def _step(self, name: str, act: Callable[[], str]) -> None:
        began = time.monotonic()
        outcome = act()
        self._heed()
        say(f"  {name:<10} {outcome} ({time.monotonic() - began:.1f} s)")

    def _be_the_only_one(self) -> None:
        if not self.lock.try_exclusive():
            raise CannotStartError(
                f"Fishbowl runs in {self.places.var} already ({self.lock.read() or 'starting'}): "
                "stop that one, or set FISHBOWL_VAR and PORT to start another beside it."
            )
        self.lock.write(f"process {os.getpid()}, {self.environment.site_url()}")

    def _bring_servers(self) -> str:
        self.lease.enter()
        embedded = " and ".join(server.name for server in reversed(self.lease.needed))
        if trouble := health.database_trouble():
            raise CannotStartError(f"{trouble.capitalize()}: look at DATABASE_URL.")
        self._refuse(pooling.trouble())
        if trouble := health.redis_trouble():
            raise CannotStartError(f"{trouble}: look at REDIS_URL.")
        return f"{embedded} run" if embedded else "PostgreSQL and Redis answer"

    def _migrate(self) -> str:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        self._refuse(health.unknown_trouble())
        if plan:
            say(f"  {'database':<10} applying {len(plan)} migrations …")
            call_command("migrate", interactive=False, verbosity=0)
        self._refuse(health.walls_trouble())
        return f"{len(plan)} migrations applied" if plan else "tables are up to date"

    def _refuse(self, trouble: str) -> None:
        if trouble:
            raise CannotStartError(f"{trouble[0].upper()}{trouble[1:]}.")

    def _seed(self) -> str:
        from audit.security import roles
        from conversations import stock

        # The command asks the same, but what it imports takes a second that a later start can save.
        is_empty = not apps.get_model("characters", "Character").objects.exists()
        if is_empty or not stock.is_brought():
            call_command("load_world", if_empty=True, verbosity=0, stdout=io.StringIO())
        users = get_user_model()
        if not users.objects.filter(is_superuser=True).exists():
            password = secrets.admin_password(self.places)
            roles.give_role(users.objects.create_superuser("admin", password=password), "owner")
            self.password = password
        return "characters and channels are in place"

    def _await_web(self) -> str:
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while not self._web_answers():
            self._heed()
            self.echo.repeat()
            if time.monotonic() > deadline or not self.society.is_running():
                raise CannotStartError(
                    f"The web process doesn't answer: {self.places.logs / 'web.log'} says why."
                )
            time.sleep(0.05)
        *others, last = programs_of(self.environment)
        return f"{', '.join(others)} and {last} run"

    def _web_answers(self) -> bool:
        host = "127.0.0.1" if not self.environment.is_local else self.environment.host
        asked = http.client.HTTPConnection(host, self.environment.port, timeout=2)
        try:
            asked.request("GET", "/healthz", headers={"Host": "localhost"})
            return asked.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def _introduce(self, seconds: float) -> None:
        url = self.environment.site_url()
        say(f"Ready after {seconds:.1f} s. Ctrl-C stops everything.")
        say(f"  tank     {url}")
        say(f"  admin    {url}admin/")
        if self.password:
            say(f"  user     admin, password {self.password}")
            say("           shown this once: change it at the admin's top right")
        say(f"  voice    {self.environment.voice}")
        say(f"  talk     {TALKERS[self.environment.talkers]}")
        say(f"  logs     {self.places.logs}")


TALKERS = {
    "anyone": "anyone who reaches the page",
    "invited": "people who are invited",
    "staff": "staff only",
}


def require_free_port(host: str, port: int) -> None:
    """Refuse to go on if the address can't be listened on.

    Raises:
        CannotStartError: it is taken, forbidden or not of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise CannotStartError(
            f"HOST={host} isn't an address of this machine: leave HOST out for 127.0.0.1."
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStartError(_port_trouble(error, host, port)) from None


def _port_trouble(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use by another program: set PORT to a free one, such as "
            f"PORT={port + 1 if port < 65535 else 8000}."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is for root alone: set PORT to one above 1023, such as PORT=8000."
    return f"HOST={host} isn't an address of this machine: leave HOST out for 127.0.0.1."


def _explain_database(error: DatabaseError, places: Places) -> Exception:
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.DiskFull) or "No space left on device" in str(error):
        return disk_full(places.var)
    if isinstance(cause, psycopg.errors.RaiseException):  # a sentence of our own
        return CannotStartError(cause.diag.message_primary)
    if settings.FISHBOWL.database_url:
        return CannotStartError(
            f"The database refused ({' '.join(str(error).split())}): look at DATABASE_URL."
        )
    return CannotStartError(
        f"The database failed ({' '.join(str(error).split())}): "
        f"{places.logs / 'postgres.log'} may say more."
    )
