"""A society is taken along in one file, and goes on elsewhere; what can't be run on is refused."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from fishbowl.embedded import DATABASE, ROLE, Lease, Places
from fishbowl.embedded.postgres import programs
from tests.embedded.conftest import Maker
from tests.embedded.copies import Copy

# Rows of every table, the policies and what may be read through them, in one line.
STATE = """
from django.db import connection
c = connection.cursor()
def rows(sql):
    c.execute(sql)
    return c.fetchall()
tables = [t for (t,) in rows("SELECT relname FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = 'public'::regnamespace ORDER BY 1") if t != 'django_session']
print([(t, rows(f'SELECT count(*), md5(string_agg(r::text, chr(10) ORDER BY r::text)) FROM {t} r'))
       for t in tables])
print(rows("SELECT tablename, policyname, roles::text, qual FROM pg_policies ORDER BY 1, 2"))
print(rows("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"))
print(rows("SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"))
print(rows("SELECT relname, has_table_privilege('fishbowl_prompt', oid, 'SELECT') FROM pg_class"
    " WHERE relkind = 'r' AND relname LIKE 'memories%' ORDER BY 1"))
print(rows("SELECT proname, has_function_privilege('fishbowl_prompt', oid, 'EXECUTE') FROM pg_proc"
    " WHERE proname LIKE 'memories%' ORDER BY 1, 2"))
"""
PICTURE = Path("media", "avatars", "bram.png")


def state_of(copy: Copy) -> str:
    done = copy.manage("shell", "--no-imports", "-c", STATE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_society_goes_on_elsewhere_as_it_was(stocked: Copy, make_copy: Maker) -> None:
    (stocked.var / PICTURE).parent.mkdir(parents=True)
    (stocked.var / PICTURE).write_bytes(b"a picture")
    file = stocked.var.parent / "kept.tar"
    done = stocked.manage("backup", "/nowhere/kept.tar")
    assert done.returncode == 1
    assert "/nowhere/kept.tar can't be written (No such file or directory)" in done.stderr
    done = stocked.manage("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["kept.tar", "var"]

    other = make_copy("other")
    done = other.manage("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert state_of(other) == state_of(stocked)
    assert (other.var / PICTURE).read_bytes() == b"a picture"
    key = Path("secrets", "secret-key")
    assert (other.var / key).read_text() == (stocked.var / key).read_text()
    # Through the role that prompts are composed in.
    done = other.manage("recall", "Bram", "the lantern")
    assert done.returncode == 0, done.stderr
    assert other.manage("audit", "verify").returncode == 0
    other.up()
    assert other.end() == 0


def test_a_backup_is_made_beside_a_running_society(stocked: Copy) -> None:
    stocked.up()
    file = stocked.var.parent / "kept.tar"
    assert stocked.manage("backup", str(file)).returncode == 0
    with tarfile.open(file) as tar:
        assert "media" not in tar.getnames()  # there is none
    assert stocked.end() == 0


def test_no_backup_is_written_over_another_nor_into_a_society(stocked: Copy) -> None:
    file = stocked.var.parent / "kept.tar"
    assert stocked.manage("backup", str(file)).returncode == 0
    done = stocked.manage("backup", str(file))
    assert (done.returncode, "is there already" in done.stderr) == (1, True), done.stderr
    done = stocked.manage("restore", str(file))
    assert (done.returncode, "into an empty database" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("content", [b"", b"not a tar", None])
def test_what_is_no_backup_is_one_sentence(copy: Copy, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kept.tar"
    if content is not None:
        file.write_bytes(content)
    done = copy.manage("restore", str(file))
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


def test_tables_of_a_newer_version_are_refused(stocked: Copy) -> None:
    record = (
        "from django.db import connection\n"
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "MigrationRecorder(connection).record_applied('memories', '9999_later')"
    )
    assert stocked.manage("shell", "--no-imports", "-c", record).returncode == 0
    for command in ("up", "migrate"):
        done = stocked.manage(command)
        assert done.returncode == 1
        assert "another version of Fishbowl (memories.9999_later isn't known here)" in done.stderr
        assert "Traceback" not in done.stderr
    stocked.require_nothing_left()


def test_a_dump_that_came_without_the_prompts_role_is_refused(
    stocked: Copy, make_copy: Maker
) -> None:
    """PostgreSQL's own program goes on where a role is missing, and leaves the policies out."""
    file = stocked.var.parent / "kept.tar"
    assert stocked.manage("backup", str(file)).returncode == 0
    with tarfile.open(file) as tar:
        tar.extract("database.dump", file.parent, filter="data")
    other = make_copy("other")
    places = Places.at(other.var)
    with Lease(places, durable=False):
        done = subprocess.run(
            [programs() / "pg_restore", "--no-owner", "--host", places.sockets,
             f"--username={ROLE}", f"--dbname={DATABASE}", file.parent / "database.dump"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert 'role "fishbowl_prompt" does not exist' in done.stderr
    done = other.manage("up")
    assert done.returncode == 1
    assert "lost the policies" in done.stderr
    other.require_nothing_left()
