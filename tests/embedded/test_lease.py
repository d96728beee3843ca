"""Who holds the servers: the first starts them, the last stops them, and death lets go."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fishbowl.embedded import EmbeddedError, Lease, Places, daemons
from fishbowl.embedded.owners import find_owner
from fishbowl.environment import BASE_DIR
from tests.embedded.conftest import Maker
from tests.embedded.copies import Copy, surroundings
from tests.patience import PATIENCE_S

HOLD = (
    "import sys; from fishbowl.embedded import Lease, Places; "
    "lease = Lease(Places.at(sys.argv[1])); lease.enter(); print('in', flush=True); "
    "sys.stdin.readline(); lease.leave()"
)


def hold(var: Path) -> subprocess.Popen[str]:
    """Another process that holds a lease until it is told otherwise."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var)],
        cwd=BASE_DIR,
        env=surroundings(var),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def query(places: Places, sql: str, database: str = "fishbowl") -> object:
    with psycopg.connect(host=str(places.sockets), user="fishbowl", dbname=database) as session:
        found = session.execute(sql).fetchone()  # type: ignore[call-overload]
    return found[0] if found else None


def test_it_starts_furnished_and_durable(tmp_path: Path) -> None:
    places = Places.at(tmp_path)
    with Lease(places):
        assert "PostgreSQL 18" in str(query(places, "SELECT version()"))
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert query(places, f"SHOW {name}") == "on"
        assert query(places, "SHOW jit") == "off"
        if sys.platform == "linux":
            assert query(places, "SHOW recovery_init_sync_method") == "syncfs"
        assert query(places, "SHOW listen_addresses") == ""
        assert query(places, "SELECT count(*) FROM pg_extension WHERE extname = 'vector'") == 1
        assert query(places, "SELECT rolsuper FROM pg_roles WHERE rolname = 'fishbowl'") is False
        assert query(places, "SELECT pg_get_userbyid(datdba) FROM pg_database "
                             "WHERE datname = 'fishbowl'") == "fishbowl"  # fmt: skip
        assert places.sockets.stat().st_mode & 0o777 == 0o700
        assert places.postgres.stat().st_mode & 0o777 == 0o700


def test_it_waits_for_a_recovery_without_knocking(tmp_path: Path) -> None:
    """A server on its way writes a FATAL line for everybody whom it turns away."""
    places = Places.at(tmp_path)
    with Lease(places, redis=False) as lease:
        with psycopg.connect(host=str(places.sockets), user="postgres", dbname="fishbowl") as s:
            s.execute("CREATE TABLE much AS SELECT repeat('x', 200) FROM generate_series(1, 2e5)")
        running = daemons.working_in(places.postgres, "postgres")
        assert daemons.end(running, (signal.SIGKILL, 5.0))
        log = places.logs / "postgres.log"
        said_before = log.stat().st_size
        assert lease.revive() == ["PostgreSQL"]
        assert query(places, "SELECT 1") == 1
    said = log.read_text()[said_before:]
    assert "redo done" in said
    assert "FATAL" not in said


def test_the_last_to_leave_stops_the_servers(tmp_path: Path) -> None:
    places, mine = Places.at(tmp_path), Lease(Places.at(tmp_path))
    other = hold(tmp_path)
    mine.enter()
    mine.leave()
    assert query(places, "SELECT 1") == 1

    mine.enter()
    other.communicate("\n")
    assert query(places, "SELECT 1") == 1
    mine.leave()
    with pytest.raises(psycopg.OperationalError):
        query(places, "SELECT 1")


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    mine = Lease(Places.at(tmp_path))
    mine.enter()
    with hold(tmp_path) as other:
        other.kill()
    mine.leave()
    assert not any(server.accepts() for server in mine.needed)


def test_a_forked_child_holds_nothing(tmp_path: Path) -> None:
    mine = Lease(Places.at(tmp_path))
    mine.enter()
    child = multiprocessing.get_context("fork").Process(target=signal.pause)
    child.start()
    try:
        mine.leave()
        assert not any(server.accepts() for server in mine.needed)
    finally:
        child.kill()
        child.join()


def test_many_come_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    crowd = [
        subprocess.Popen(
            command, cwd=BASE_DIR, env=surroundings(tmp_path),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    for process in crowd:
        said, _ = process.communicate("\n", timeout=PATIENCE_S)
        assert said == "in\n"
        assert process.returncode == 0
    assert Copy(tmp_path).processes() == []


def test_a_pid_file_that_names_a_stranger_is_not_believed(make_copy: Maker) -> None:
    copy = make_copy()
    places = Places.at(copy.var)
    with Lease(places):
        pass
    owner = places.postgres.stat()
    with subprocess.Popen(["sleep", "60"], user=owner.st_uid) as stranger:
        stale = places.postgres / "postmaster.pid"
        stale.write_text(f"{stranger.pid}\n{places.postgres}\n1\n5432\n{places.sockets}\n\n0 0\n")
        os.chown(stale, owner.st_uid, owner.st_gid)
        places.postgres_socket.touch()
        places.redis_socket.touch()
        with Lease(places):
            assert query(places, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_half_made_data_directory_is_made_anew(make_copy: Maker) -> None:
    copy = make_copy()
    places = Places.at(copy.var)
    draft = places.var / "postgres.making"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with Lease(places):
        assert query(places, "SELECT 1") == 1
    assert not draft.exists()


def test_servers_of_a_removed_folder_are_ended(make_copy: Maker) -> None:
    import shutil

    copy = make_copy()
    first = Lease(Places.at(copy.var))
    first.enter()
    shutil.rmtree(copy.var)
    with Lease(Places.at(copy.var)) as second:
        assert query(second.places, "SELECT 1") == 1
        assert len(copy.named("bin/postgres -D")) == 1
        assert len(copy.named("redis-server")) == 1


@pytest.mark.parametrize(
    "name",
    ["with spaces, and 'quotes' \"$HOME\" %s ;é", "long/" + "/".join(["x" * 50] * 4)],
    ids=["odd", "long"],
)
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    places = Places.at(tmp_path / name)
    assert len(os.fsencode(places.postgres_socket)) <= 103
    with Lease(places) as lease:
        assert query(places, "SELECT 1") == 1
        assert places.sockets.stat().st_mode & 0o777 == 0o700
        assert all(server.accepts() for server in lease.needed)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    places = Places.at(tmp_path / "a b")
    elsewhere = tmp_path / "theirs"
    elsewhere.mkdir()
    places.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(EmbeddedError, match="is in the way: remove it"):
            Lease(places).enter()
    finally:
        places.sockets.unlink()


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    places = Places.at(tmp_path)
    with Lease(places):
        pass
    (places.postgres / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 16 and this is PostgreSQL 18"):
        Lease(places).enter()
    assert Copy(tmp_path).processes() == []


class Told(Exception):
    """Somebody told the process to end."""


def test_who_is_told_to_end_while_a_server_starts_has_one_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*_: object) -> None:
        raise Told

    def run(*command: Any, **how: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        return started(*command, **how)

    started = subprocess.run
    monkeypatch.setattr(subprocess, "run", run)
    before = signal.signal(signal.SIGTERM, told)
    try:
        with pytest.raises(Told):
            daemons.spawn(["/bin/sleep", "600"], find_owner(tmp_path), tmp_path, tmp_path / "log")
    finally:
        assert signal.signal(signal.SIGTERM, before) is told
    running = daemons.working_in(tmp_path, "sleep")
    assert len(running) == 1
    assert daemons.end(running, (signal.SIGKILL, 5.0))


def test_what_is_still_the_shell_that_starts_it_is_found(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "for-ever")
    subprocess.run(
        [*daemons.DETACHED, "sh", "eval", "read it <> for-ever"], cwd=tmp_path, check=True
    )
    running = daemons.working_in(tmp_path, "redis")
    assert [process.name() for process in running] == ["sh"]
    assert daemons.end(running, (signal.SIGKILL, 5.0))
