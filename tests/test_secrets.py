"""Secrets are made once, whole, and for this user alone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fishbowl import secrets
from fishbowl.embedded import EmbeddedError, Places


def test_they_are_made_once_and_kept_tight(tmp_path: Path) -> None:
    places = Places.at(tmp_path / "var")
    first = secrets.secret_key(places)
    assert secrets.secret_key(places) == first
    assert len(first) >= 50
    assert places.secrets.stat().st_mode & 0o777 == 0o700
    assert (places.secrets / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in places.secrets.iterdir()] == ["secret-key"]


def test_all_who_come_at_once_get_the_same(tmp_path: Path) -> None:
    places, found = Places.at(tmp_path), []
    crowd = [
        threading.Thread(target=lambda: found.append(secrets.admin_password(places)))
        for _ in range(8)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_what_a_full_disk_left_empty_is_made_anew(tmp_path: Path) -> None:
    places = Places.at(tmp_path)
    secrets.secret_key(places)
    (places.secrets / "secret-key").write_text("")
    assert len(secrets.secret_key(places)) >= 50


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(EmbeddedError, match="must be a folder, not a file"):
        secrets.secret_key(Places.at(tmp_path / "var"))
