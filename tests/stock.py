"""A database cluster that is there already, to be copied: making one takes longer than most tests.

It is made once by whichever run needs it first, and again when a migration or the starter world has
changed. It holds a society's database with the starter world in it, and an empty one that the
tests' own are copied from.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

from fishbowl.embedded import DATABASE, ROLE, EmbeddedError, FileLock, Lease, Places
from fishbowl.environment import BASE_DIR
from tests.embedded.copies import Copy

STOCK = BASE_DIR / "var" / "test-stock"
EMPTY = "migrated"
APPS = ("characters", "audit", "memories", "conversations")
MADE_WITHIN_S = 300.0
# Tests run at any hour, and who sleeps answers nobody.
AWAKE = "UPDATE characters_character SET active_hours_start = NULL, active_hours_end = NULL"


def stock_var(var: Path) -> None:
    """Make `var`, which isn't there yet, a copy of one whose database is migrated and whose world
    is loaded."""
    _copy(_stock() / "var", var)


def stock_servers(places: Places) -> None:
    """Have the database of a test run be a copy of it, unless it is one."""
    stock, note = _stock(), places.var / "edition"
    if note.exists() and note.read_text() == stock.name:
        return
    note.unlink(missing_ok=True)
    if places.postgres.exists():
        with contextlib.suppress(EmbeddedError):
            lease = Lease(places, durable=False)
            lease.enter()  # a run that was killed has left its servers running
            lease.leave()
        shutil.rmtree(places.postgres)
    _copy(stock / "var" / "postgres", places.postgres)
    note.write_text(stock.name)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _stock() -> Path:
    """The stock of this edition of the code, made if it isn't there."""
    STOCK.mkdir(parents=True, exist_ok=True)
    stock, lock = STOCK / _edition(), FileLock(STOCK / "lock")
    lock.wait_exclusive(MADE_WITHIN_S)
    try:
        if not (stock / "made").exists():
            _make(stock)
    finally:
        lock.release()
    return stock


def _make(stock: Path) -> None:
    for old in STOCK.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    stock.mkdir()
    places = Places.at(stock / "var")
    with Lease(places, durable=False):
        _manage(places.var, "migrate")
        with psycopg.connect(
            host=str(places.sockets), user=ROLE, dbname="postgres", autocommit=True
        ) as session:
            session.execute(f"CREATE DATABASE {EMPTY} TEMPLATE {DATABASE}")
        _manage(places.var, "load_world")
        with psycopg.connect(
            host=str(places.sockets), user=ROLE, dbname=DATABASE, autocommit=True
        ) as session:
            session.execute(AWAKE)
    (stock / "made").touch()


def _manage(var: Path, command: str) -> None:
    done = Copy(var).run(
        sys.executable, "manage.py", command, "--verbosity=0", timeout=MADE_WITHIN_S
    )
    assert done.returncode == 0, done.stderr


def _edition() -> str:
    """Changes with whatever a fresh var is made of."""
    found = hashlib.sha256(AWAKE.encode())
    for app in APPS:
        for path in sorted((BASE_DIR / app / "migrations").glob("*.py")):
            found.update(path.read_bytes())
    for path in sorted((BASE_DIR / "characters" / "starter_world").rglob("*")):
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()[:12]
