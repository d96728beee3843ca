"""A var that has been up before, to be copied: making one takes as long as most tests do.

It is made once by whichever process of whichever run needs it first, and again when a migration or
the starter world has changed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from fishbowl.embedded import FileLock
from fishbowl.environment import BASE_DIR
from tests.embedded.copies import Copy

STOCK = BASE_DIR / "var" / "test-stock"
APPS = ("characters", "audit", "memories", "conversations")
MADE_WITHIN_S = 180.0
MADE_BY = (["migrate", "--verbosity=0"], ["load_world", "--verbosity=0"])


def stock_var(var: Path) -> None:
    """Make `var`, which isn't there yet, a copy of one whose database is migrated and whose world
    is loaded."""
    STOCK.mkdir(parents=True, exist_ok=True)
    stock, lock = STOCK / _edition(), FileLock(STOCK / "lock")
    lock.wait_exclusive(MADE_WITHIN_S)
    try:
        if not (stock / "made").exists():
            _make(stock)
    finally:
        lock.release()
    subprocess.run(["cp", "-a", str(stock / "var"), str(var)], check=True)


def _make(stock: Path) -> None:
    for old in STOCK.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    stock.mkdir()
    copy = Copy(stock / "var")
    for command in MADE_BY:
        done = copy.run(sys.executable, "manage.py", *command, timeout=MADE_WITHIN_S)
        assert done.returncode == 0, done.stderr
    (stock / "made").touch()


def _edition() -> str:
    """Changes with whatever a fresh var is made of."""
    found = hashlib.sha256()
    for app in APPS:
        for path in sorted((BASE_DIR / app / "migrations").glob("*.py")):
            found.update(path.read_bytes())
    for path in sorted((BASE_DIR / "characters" / "starter_world").rglob("*")):
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()[:12]
