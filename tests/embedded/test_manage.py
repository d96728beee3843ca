"""`manage.py` commands work alone and beside a running society."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.embedded.copies import Copy
from tests.patience import PATIENCE_S

COUNT = "from django.contrib.auth.models import User; print('users', User.objects.count())"


def test_a_command_alone_starts_what_it_needs_and_stops_it(copy: Copy) -> None:
    done = copy.manage("migrate", "contenttypes", "--verbosity=0")
    assert (done.returncode, done.stderr) == (0, "")
    assert copy.processes() == []

    script = "from django.contrib.contenttypes.models import *; print(ContentType.objects.count())"
    done = copy.manage("shell", "--no-imports", "-c", script)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert copy.processes() == []


def test_a_command_shares_the_servers_of_a_society_and_outlives_it(stocked: Copy) -> None:
    copy = stocked
    copy.up()
    postmaster = [process.pid for process in copy.named("bin/postgres -D")]
    script = f"print('in', flush=True); input(); {COUNT}"
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
        env=copy.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as shell:  # fmt: skip
        assert shell.stdout is not None
        assert shell.stdout.readline() == "in\n"
        assert [process.pid for process in copy.named("bin/postgres -D")] == postmaster
        assert copy.end() == 0
        said, _ = shell.communicate("\n", timeout=PATIENCE_S)
        assert said == "users 1\n"
    copy.require_nothing_left()


def test_help_and_check_start_no_server(copy: Copy) -> None:
    for command in (["help"], ["check"], ["migrate", "--help"]):
        assert copy.manage(*command).returncode == 0
        assert not (copy.var / "postgres").exists()


def test_a_command_that_is_told_to_end_stops_the_servers(copy: Copy) -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c",
         "print('in', flush=True); input()"],
        env=copy.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as shell:  # fmt: skip
        assert shell.stdout is not None
        assert shell.stdout.readline() == "in\n"
        shell.terminate()
        assert shell.wait(PATIENCE_S) == 143
    copy.require_nothing_left()


def test_a_command_whose_output_nobody_reads_on_ends_quietly(copy: Copy) -> None:
    ours, its = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", "print('in')"],
        env=copy.env, stdout=its, stderr=subprocess.PIPE, text=True, check=False,
        timeout=PATIENCE_S,
    )  # fmt: skip
    os.close(its)
    assert (done.returncode, done.stderr) == (1, "")
    copy.require_nothing_left()
