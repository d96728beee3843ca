from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.copies import Copy, python_for_nobody
from tests.stock import stock_var

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


@pytest.fixture
def stocked(make_copy: Maker) -> Copy:
    """A copy whose database is migrated and whose world is there."""
    copy = make_copy()
    stock_var(copy.var)
    return copy


@pytest.fixture
def root_and_nobody() -> None:
    """This process is root and can run Fishbowl as an ordinary user besides."""
    if os.geteuid() != 0 or not shutil.which("setpriv") or python_for_nobody() is None:
        pytest.skip("only root can become another user here")
