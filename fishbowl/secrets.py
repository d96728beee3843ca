"""What is generated once, kept under `var/secrets/` for this user alone, and never shown again."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from fishbowl.embedded import Places, make_var

# Without characters that are easily mistaken for one another when typed from a terminal.
EASY_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def secret_key(places: Places) -> str:
    """What signs sessions."""
    return keep(places, "secret-key", secrets.token_urlsafe(48))


def admin_password(places: Places) -> str:
    """The password that the user `admin` begins with."""
    groups = ("".join(secrets.choice(EASY_LETTERS) for _ in range(5)) for _ in range(4))
    return keep(places, "admin-password", "-".join(groups))


def keep(places: Places, name: str, fresh: str) -> str:
    """The secret of that name; `fresh`, kept from now on, if there is none yet.

    The file appears whole or not at all, and whoever comes second takes what the first one left.
    """
    path = places.secrets / name
    if found := _read(path):
        return found
    make_var(places)
    fd, draft = tempfile.mkstemp(prefix=f".{name}.", dir=places.secrets)
    try:
        with os.fdopen(fd, "w") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        if not _read(path):
            os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return _read(path) or fresh


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
