"""Reads files that a keeper names, and no more of them than can be taken."""

from __future__ import annotations

from pathlib import Path


def read_at_most(path: Path, most: int) -> bytes | None:
    """A file's bytes, or nothing if there are more than `most`. Its size isn't asked for: a device
    that never ends tells none.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        raw = file.read(most + 1)
    return raw if len(raw) <= most else None
