"""A society as one file, and back: its database, what keepers uploaded, and its secrets.

The database is taken as it stood at one moment, while the society goes on. What Redis carries is
left out: it can be found again from the rows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.db import connection
from psycopg.conninfo import make_conninfo

from fishbowl.embedded import EmbeddedError, Places, make_var
from fishbowl.embedded.postgres import programs

DUMP = "database.dump"
MEDIA = "media"
SECRETS = "secrets"


class BackupError(Exception):
    """A backup can't be made or brought back, for a reason that one sentence tells."""


def write(target: Path, places: Places) -> int:
    """Write the society to a file that its owner alone may read. It appears whole or not at all.
    Returns its size in bytes.

    Raises:
        BackupError: it is there already, or the database can't be taken.
        OSError: it can't be written.
    """
    if target.exists():
        raise BackupError(f"{target} is there already: choose another name.")
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        dump, draft = Path(folder, DUMP), Path(folder, "whole.tar")
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}")
        with tarfile.open(draft, "w") as file:
            file.add(dump, DUMP)
            for name, source in ((MEDIA, places.media), (SECRETS, places.secrets)):
                if source.exists():
                    file.add(source, name)
        draft.chmod(0o600)
        draft.rename(target)
    return target.stat().st_size


def read(source: Path, places: Places, role: str) -> None:
    """Bring a society back into a database that is empty. `role` makes the roles that its rows'
    policies name, which are the server's and in no dump. The database comes last and in one
    transaction: what was broken off before can be begun again.

    Raises:
        BackupError: it is no backup, the database isn't empty, or won't take it.
        OSError: the file can't be read, or the disk is full.
    """
    if not source.is_file():
        raise BackupError(f"{source} isn't there.")
    if "django_migrations" in connection.introspection.table_names():
        raise BackupError(
            "A backup goes into an empty database, and this one has tables: set FISHBOWL_VAR to a "
            "new folder, or DATABASE_URL to a new database."
        )
    make_var(places)
    with tempfile.TemporaryDirectory(prefix="restore.", dir=places.var) as name:
        folder = Path(name)
        try:
            with tarfile.open(source) as file:
                file.extractall(folder, filter="data")
        except tarfile.TarError as error:
            raise BackupError(f"{source} is no backup of a society ({error}).") from None
        if not (folder / DUMP).exists():
            raise BackupError(f"{source} is no backup of a society: it holds no {DUMP}.")
        for part, place in ((MEDIA, places.media), (SECRETS, places.secrets)):
            if (folder / part).exists():
                shutil.copytree(folder / part, place, dirs_exist_ok=True)
        with connection.cursor() as cursor:
            cursor.execute(role)
        # Comments on extensions are for administrators to make.
        options = ("--no-owner", "--no-comments", "--single-transaction", "--exit-on-error")
        _run("pg_restore", *options, str(folder / DUMP))


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's on the database of the settings. The password isn't among its
    arguments, which any user of the machine may read."""
    connection.ensure_connection()
    info = connection.connection.info
    address = make_conninfo(**info.get_parameters())
    done = subprocess.run(  # noqa: S603
        [*_found(program), f"--dbname={address}", *arguments],
        env={**os.environ, "PGPASSWORD": info.password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line] or [done.stderr]
        raise BackupError(f"The database refused: {' '.join(said[0].split())}")


def _found(program: str) -> Sequence[str]:
    try:
        return [str(programs() / program)]
    except EmbeddedError:
        found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"{program} isn't here: install PostgreSQL's client programs, of the server's version "
            "or a later one."
        )
    return [found]
