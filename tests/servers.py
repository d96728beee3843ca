"""The servers that the tests run on: embedded ones in a var of their own, kept between runs.

Several runs in one checkout at a time each take their own: `var/test`, `var/test-2`, …
"""

from __future__ import annotations

import os
import re

from fishbowl.embedded import FileLock, Places, make_var
from fishbowl.environment import BASE_DIR, schema

MOST_RUNS = 9
_lock: FileLock | None = None


def worker_number() -> int:
    """0 in a run without xdist and in its controller, 1 and up in its workers."""
    found = re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", ""))
    return int(found[1]) + 1 if found else 0


def is_controller() -> bool:
    """Whether this process starts and stops the servers."""
    return worker_number() == 0


def forget_own_settings() -> None:
    """Tests depend on no .env and no setting of whoever runs them."""
    for name in schema():
        os.environ.pop(name, None)
    os.environ["FISHBOWL_ENV_FILE"] = os.devnull


def take_var() -> str:
    """The var of this run. Workers take their controller's."""
    global _lock
    if not is_controller():
        return os.environ["FISHBOWL_VAR"]
    for number in range(1, MOST_RUNS + 1):
        places = Places.at(BASE_DIR / "var" / ("test" if number == 1 else f"test-{number}"))
        make_var(places)
        _lock = FileLock(places.var / "run.lock")
        if _lock.try_exclusive():
            return str(places.var)
    raise SystemExit(f"{MOST_RUNS} test runs are under way in this checkout: wait for one to end.")
