"""The system user that the servers run as where root starts them."""

from __future__ import annotations

import os
import pwd
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from fishbowl.embedded import owners
from tests.embedded.conftest import Maker
from tests.embedded.copies import Copy
from tests.patience import PATIENCE_S


def test_of_two_that_start_at_once_one_makes_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, useradd = tmp_path / "made", tmp_path / "useradd"
    useradd.write_text(f"#!/bin/sh\necho made >> {made}\n")
    useradd.chmod(0o755)
    entry, mine = pwd.getpwuid(0), threading.local()
    both_look, both_would = threading.Barrier(2), threading.Barrier(2)

    def look(name: str) -> pwd.struct_passwd:
        mine.looks = getattr(mine, "looks", 0) + 1
        if mine.looks == 1:
            both_look.wait(PATIENCE_S)
        elif mine.looks == 2:
            with suppress(threading.BrokenBarrierError):  # one waits in vain for the other
                both_would.wait(0.5)
        if made.exists():
            return entry
        raise KeyError(name)

    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(pwd, "getpwnam", look)
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(owners._system_user) for _ in range(2)]
        assert [one.result() for one in found] == [entry, entry]
    assert made.read_text() == "made\n"


def test_a_folder_that_root_copied_without_its_owners_is_taken_back(
    stocked: Copy, make_copy: Maker
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's copies belong to another user")
    assert (
        stocked.manage("migrate", "contenttypes").returncode == 0
    )  # its servers run as their user
    subprocess.run(["cp", "-r", stocked.var, stocked.var.with_name("other")], check=True)
    other = make_copy("other")
    assert (other.var / "postgres").stat().st_uid == 0
    done = other.manage("migrate", "contenttypes")
    assert done.returncode == 0, done.stderr
    assert (other.var / "postgres").stat().st_uid == (stocked.var / "postgres").stat().st_uid
    assert {path.stat().st_uid for path in (other.var / "postgres").rglob("*")} != {0}
