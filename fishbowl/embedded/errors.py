"""What can go wrong with the embedded servers, each said in one sentence."""

from __future__ import annotations

import errno
import os
from pathlib import Path


class EmbeddedError(Exception):
    """A server that Fishbowl runs itself can't be started, reached or stopped."""


def explain_os_error(error: OSError, place: Path) -> EmbeddedError:
    """The one sentence for what the operating system refused in `place`."""
    name = Path(os.fsdecode(error.filename)) if error.filename else place
    if not (place.is_relative_to(name) or name.is_relative_to(place)):
        return EmbeddedError(f"{name}: {error.strerror or error}.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    if error.errno == errno.EROFS:
        return EmbeddedError(
            f"{place} lies on a read-only file system: set FISHBOWL_VAR to a folder that can be "
            "written to."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return EmbeddedError(
            f"{name} can't be written to by this user: set FISHBOWL_VAR to a folder of your own, "
            "or change the permissions."
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return EmbeddedError(f"{name} is in the way: FISHBOWL_VAR must be a folder, not a file.")
    return EmbeddedError(f"{name}: {error.strerror or error}.")


def disk_full(place: Path) -> EmbeddedError:
    """The one sentence for a full disk."""
    return EmbeddedError(
        f"The disk that holds {place} is full: free some space, or set FISHBOWL_VAR to a folder "
        "on another disk."
    )
