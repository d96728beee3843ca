"""What can't work is refused in one sentence, with nothing left running."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from fishbowl.embedded import Lease, Places
from tests.embedded.conftest import Maker
from tests.embedded.copies import NOBODY, Copy
from tests.embedded.pooler import pooler
from tests.patience import PATIENCE_S

PROGRAMS = {
    "manage.py": ["manage.py", "check"],
    "celery": ["-m", "celery", "-A", "fishbowl.celery", "worker"],
    "uvicorn": ["-m", "uvicorn", "fishbowl.asgi:application"],
}


def refusal(copy: Copy, code: int = 1) -> str:
    """What `up` says when it won't start: one sentence, after at most its own progress."""
    process = copy.start_up()
    assert process.wait(PATIENCE_S) == code
    copy.wait(lambda: "fishbowl: " in copy.said)
    assert "Traceback" not in copy.said
    lines = [line for line in copy.said.splitlines() if line.startswith("fishbowl: ")]
    assert len(lines) == 1, copy.said
    assert copy.said.splitlines()[-1] == lines[0]
    copy.require_nothing_left()
    return lines[0].removeprefix("fishbowl: ")


@pytest.mark.parametrize("program", PROGRAMS)
def test_bad_settings_end_every_program_alike(copy: Copy, program: str) -> None:
    copy.env.update(PORT="abc", LLM_MODLE="x")
    done = copy.run(sys.executable, *PROGRAMS[program])
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "fishbowl: PORT 'abc' won't do: it must be a whole number from 1 to 65535.",
        "fishbowl: LLM_MODLE isn't a setting of Fishbowl: did you mean LLM_MODEL?",
    ]
    assert not copy.var.exists()


def test_a_busy_port(copy: Copy) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", copy.port))
        other.listen()
        assert refusal(copy) == (
            f"Port {copy.port} is in use by another program: set PORT to a free one, such as "
            f"PORT={copy.port + 1}."
        )


def test_an_address_of_another_machine(make_copy: Maker) -> None:
    assert refusal(make_copy(HOST="192.0.2.1")) == (
        "HOST=192.0.2.1 isn't an address of this machine: leave HOST out for 127.0.0.1."
    )


def test_a_file_where_the_folder_should_be(copy: Copy) -> None:
    copy.var.touch()
    assert refusal(copy) == (
        f"{copy.var} is in the way: FISHBOWL_VAR must be a folder, not a file."
    )


def test_a_folder_that_cannot_be_written_to(root_and_nobody: None, make_copy: Maker) -> None:
    copy = make_copy(nobody=True)
    os.chown(copy.var, 0, 0)
    assert refusal(copy) == (
        f"{copy.var} can't be written to by this user: set FISHBOWL_VAR to a folder of your own, "
        "or change the permissions."
    )
    os.chown(copy.var, NOBODY, NOBODY)
    copy.var.chmod(0o500)
    assert "can't be written to by this user" in refusal(copy)


@pytest.mark.parametrize("room", [0, 40, 2], ids=["no-room", "too-little-to-begin", "full-later"])
def test_a_full_disk(root_and_nobody: None, copy: Copy, room: int) -> None:
    copy.var.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=115m", "tmpfs", str(copy.var)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file systems can be mounted here")
    try:
        if room == 2:
            with Lease(Places.at(copy.var)):
                pass
        free = shutil.disk_usage(copy.var).free
        (copy.var / "filler").write_bytes(b"\0" * (free - room * 1_000_000))
        said = refusal(copy)
        assert said.startswith(f"The disk that holds {copy.var} ")
        assert "free some space, or set FISHBOWL_VAR to a folder on another disk." in said
    finally:
        copy.kill_all()
        subprocess.run(["umount", "-l", str(copy.var)], check=True)


def test_servers_elsewhere_that_do_not_answer(make_copy: Maker) -> None:
    copy = make_copy(DATABASE_URL="postgres://a:hushhush@127.0.0.1:1/x", REDIS_URL="")
    said = refusal(copy)
    assert said == "The database doesn't answer: look at DATABASE_URL."
    assert "hushhush" not in copy.said

    copy = make_copy("other", REDIS_URL="redis://:hushhush@127.0.0.1:1/0")
    assert refusal(copy) == "Redis doesn't answer: look at REDIS_URL."
    assert "hushhush" not in copy.said


@pytest.fixture
def rented() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A database on a server where its user, `tenant`, may do little, and its administrator."""
    server = {"host": settings.DATABASES["default"]["HOST"], "user": "postgres", "autocommit": True}
    with psycopg.connect(dbname="postgres", **server) as landlord:
        landlord.execute("DROP DATABASE IF EXISTS rented")
        landlord.execute("DROP ROLE IF EXISTS tenant")
        landlord.execute("CREATE ROLE tenant LOGIN")
        landlord.execute("CREATE DATABASE rented OWNER tenant TEMPLATE template0")
        with psycopg.connect(dbname="rented", **server) as administrator:
            yield administrator
        landlord.execute("DROP DATABASE rented WITH (FORCE)")
        landlord.execute("DROP ROLE tenant")


def test_a_database_user_who_may_do_little_is_told_what_an_administrator_runs(
    make_copy: Maker, rented: psycopg.Connection[tuple[object, ...]]
) -> None:
    where = settings.DATABASES["default"]["HOST"]
    copy = make_copy(DATABASE_URL=f"postgres://tenant@/rented?host={where}")
    wanted = "CREATE EXTENSION vector"
    assert refusal(copy) == (
        "The database user tenant may not make the extension vector. Let an administrator run, "
        f"in the database rented: {wanted}"
    )
    rented.execute(wanted)
    wanted = "GRANT fishbowl_prompt TO tenant"  # the tests' own user has made that role
    assert refusal(copy) == (
        "The database user tenant may not take the role fishbowl_prompt. Let an administrator "
        f"run: {wanted}"
    )
    rented.execute(wanted)
    assert copy.manage("migrate", "--verbosity=0").returncode == 0


def test_a_database_that_cannot_hold_what_people_write(
    make_copy: Maker, rented: psycopg.Connection[tuple[object, ...]]
) -> None:
    where = settings.DATABASES["default"]["HOST"]
    rented.execute(
        "CREATE DATABASE narrow OWNER tenant TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'"
    )
    try:
        assert refusal(make_copy(DATABASE_URL=f"postgres://tenant@/narrow?host={where}")) == (
            "The database narrow keeps text as LATIN1, which has no room for what people write: "
            "make one with the encoding UTF8."
        )
    finally:
        rented.execute("DROP DATABASE narrow WITH (FORCE)")


BY_HAND = {
    "migrate": ["manage.py", "migrate"],
    "consolidate": ["manage.py", "consolidate"],
    "bot": ["manage.py", "runbot"],
    "worker": ["-m", "celery", "-A", "fishbowl.celery", "worker"],
    "beat": ["-m", "celery", "-A", "fishbowl.celery", "beat"],
    "web": ["-m", "uvicorn", "fishbowl.asgi:application"],
}


@pytest.mark.parametrize("program", ["up", *BY_HAND])
def test_a_pooler_that_lends_by_the_transaction(make_copy: Maker, program: str) -> None:
    database = settings.DATABASES["default"]
    with pooler(f"{database['HOST']}/.s.PGSQL.{database['PORT']}") as one:
        where = f"postgres://{database['USER']}@127.0.0.1:{one.port}/{database['NAME']}"
        copy = make_copy(DATABASE_URL=where, DISCORD_TOKEN="" if program == "up" else "aa.bb.cc")
        if program == "up":
            said = refusal(copy)
        else:
            done = copy.run(sys.executable, *BY_HAND[program])
            assert done.returncode == 1 and "Traceback" not in done.stderr
            said = done.stderr.splitlines()[-1].removeprefix("fishbowl: ")
    assert said.startswith("The pooler that DATABASE_URL names lends connections by the transac")
    assert "PgBouncer: pool_mode=session" in said


def test_a_migration_by_hand_says_the_same(
    make_copy: Maker, rented: psycopg.Connection[tuple[object, ...]]
) -> None:
    where = settings.DATABASES["default"]["HOST"]
    done = make_copy(DATABASE_URL=f"postgres://tenant@/rented?host={where}").manage("migrate")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.startswith("fishbowl: The database user tenant may not make the extension vector.")
