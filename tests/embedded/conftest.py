from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.copies import Copy, python_for_nobody

Maker = Callable[..., Copy]


@pytest.fixture
def make_copy(tmp_path: Path) -> Iterator[Maker]:
    """Makes copies of Fishbowl; whatever a failed test leaves of them running is ended."""
    made: list[Copy] = []

    def make(var: Path | str = "var", **settings: object) -> Copy:
        copy = Copy(tmp_path / var, **settings)  # type: ignore[arg-type]
        made.append(copy)
        return copy

    yield make
    for copy in made:
        copy.kill_all()


@pytest.fixture
def copy(make_copy: Maker) -> Copy:
    return make_copy()


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var that has been up before, to be copied: making one takes as long as most tests."""
    copy = Copy(tmp_path_factory.mktemp("stock") / "var")
    for command in (["migrate", "--verbosity=0"], ["load_world", "--verbosity=0"]):
        done = copy.manage(*command)
        assert done.returncode == 0, done.stderr
    return copy.var


@pytest.fixture
def stocked(make_copy: Maker, stock: Path) -> Copy:
    """A copy whose database is migrated and whose world is there."""
    copy = make_copy()
    subprocess.run(["cp", "-a", str(stock), str(copy.var)], check=True)
    return copy


@pytest.fixture
def root_and_nobody() -> None:
    """This process is root and can run Fishbowl as an ordinary user besides."""
    if os.geteuid() != 0 or not shutil.which("setpriv") or python_for_nobody() is None:
        pytest.skip("only root can become another user here")
