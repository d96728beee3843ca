"""`manage.py up` as a person sees it: it comes, it stays, it goes, whatever is done to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import urllib.request
from typing import Any

import pytest

from tests.embedded.conftest import Maker
from tests.embedded.copies import NOBODY, Copy
from tests.patience import PATIENCE_S
from tests.stock import stock_var


def get(copy: Copy, path: str) -> Any:
    with urllib.request.urlopen(
        f"http://127.0.0.1:{copy.port}{path}", timeout=PATIENCE_S
    ) as answer:
        return json.load(answer)


def too_much(copy: Copy) -> int:
    """What somebody is answered who would fill the disk."""
    asking = http.client.HTTPConnection("127.0.0.1", copy.port, timeout=PATIENCE_S)
    with contextlib.closing(asking):
        asking.putrequest("POST", "/")
        asking.putheader("Content-Length", str(10**12))
        asking.endheaders(b"and so on")
        return asking.getresponse().status


def test_it_comes_up_introduces_itself_and_leaves_nothing(copy: Copy) -> None:
    said = copy.up()

    assert f"http://127.0.0.1:{copy.port}/" in said
    assert "offline improviser (no LLM_MODEL set)" in said
    password = said.split("user     admin, password ")[1].split()[0]
    assert (copy.var / "secrets" / "admin-password").read_text() == password
    assert get(copy, "/readyz") == {"status": "ready"}
    assert too_much(copy) == 413
    assert copy.end() == 0
    copy.require_nothing_left()

    again = copy.up()
    assert "password" not in again
    assert password not in again
    assert copy.end(signal.SIGTERM) == 0
    copy.require_nothing_left()
    for log in (copy.var / "log").iterdir():
        assert password not in log.read_text(errors="replace")


def test_two_copies_run_beside_each_other_but_not_in_one_folder(make_copy: Maker) -> None:
    first, second = make_copy("first"), make_copy("second")
    for copy in (first, second):
        stock_var(copy.var)
    first.up()
    second.up()
    assert get(first, "/healthz") == get(second, "/healthz") == {"status": "alive"}

    intruder = make_copy("first")
    assert intruder.start_up().wait(PATIENCE_S) == 1
    intruder.wait(lambda: intruder.said.count("\n") >= 2)
    assert f"Fishbowl runs in {first.var} already" in intruder.said
    assert get(first, "/readyz") == {"status": "ready"}

    assert first.end(signal.SIGHUP) == 0
    first.require_nothing_left()
    assert get(second, "/readyz") == {"status": "ready"}
    assert second.end() == 0


def test_kill_nine_of_up_takes_the_rest_along_and_after_that_of_everything_it_comes_back(
    stocked: Copy,
) -> None:
    copy = stocked
    copy.up()
    assert copy.end(signal.SIGKILL) == -signal.SIGKILL
    copy.wait(lambda: not copy.processes())

    copy.up()
    copy.kill_all()
    assert (copy.var / "postgres" / "postmaster.pid").exists()

    copy.up()
    assert get(copy, "/readyz") == {"status": "ready"}
    assert copy.end() == 0
    copy.require_nothing_left()


def test_kill_nine_of_up_takes_the_servers_along_where_the_rest_is_too_slow_to_stop_them(
    stocked: Copy,
) -> None:
    copy = stocked
    copy.up()
    for process in copy.named("-m fishbowl.processes"):
        if "supervisor" not in process.cmdline():
            process.suspend()
    assert copy.end(signal.SIGKILL) == -signal.SIGKILL
    copy.require_nothing_left()


def test_it_revives_what_is_killed(stocked: Copy) -> None:
    copy = stocked
    copy.up()

    def kill(name: str) -> None:
        """Kill the processes of that name and wait for as many others."""
        killed = copy.named(name)
        for process in killed:
            process.kill()
        copy.wait(lambda: not set(killed) & set(copy.processes()))
        copy.wait(lambda: len(copy.named(name)) >= len(killed))

    def is_ready() -> bool:
        try:
            return bool(get(copy, "/readyz") == {"status": "ready"})
        except OSError:
            return False

    for name in ("postgres -D", "redis-server", "processes supervisor", "processes w"):
        kill(name)
        copy.wait(is_ready)
    assert copy.end() == 0
    copy.require_nothing_left()


@pytest.mark.parametrize("moment", [0.3, 0.7, 1.2, 2.0])
def test_it_stops_at_any_moment_of_its_start(copy: Copy, moment: float) -> None:
    process = copy.start_up()
    copy.wait(lambda: "starts in" in copy.said)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(moment)
    assert copy.end() == 0
    copy.require_nothing_left()


def test_it_runs_as_an_ordinary_user(root_and_nobody: None, make_copy: Maker) -> None:
    copy = make_copy("theirs", nobody=True)
    copy.up()
    assert {process.uids().effective for process in copy.processes()} == {NOBODY}
    assert copy.end() == 0
    copy.require_nothing_left()
