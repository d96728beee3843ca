"""Locks that the kernel drops when their process dies, however it dies.

A file of pids goes stale at `kill -9`; a `flock` can't.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from .errors import EmbeddedError

WAIT_STEP_S = 0.03
BUSY = (errno.EAGAIN, errno.EACCES)


class FileLock:
    """An advisory lock on a file that stays where it is. Not inherited by started programs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether this process has the file open, and so may hold the lock."""
        return self._fd is not None

    def _open(self) -> int:
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._fd

    def try_exclusive(self) -> bool:
        """Take the lock alone, or turn a shared hold into a sole one. False if others hold it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock beside others. False if somebody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._open(), kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in BUSY:
                raise
            return False
        return True

    def wait_exclusive(self, seconds: float) -> None:
        """Take the lock alone, waiting for others to let go.

        Raises:
            EmbeddedError: it was still held after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not self.try_exclusive():
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another process has been starting or stopping the servers of "
                    f"{self.path.parent} for {seconds:.0f} s: end it, then try again."
                )
            time.sleep(WAIT_STEP_S)

    def release(self) -> None:
        """Let go. Does nothing if it isn't held."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            fcntl.flock(fd, fcntl.LOCK_UN)
            os.close(fd)

    def forget(self) -> None:
        """Close the file in a forked child without letting go for the parent."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)

    def write(self, text: str) -> None:
        """Leave a note in the file for whoever finds it locked."""
        fd = self._open()
        os.ftruncate(fd, 0)
        os.pwrite(fd, text.encode(), 0)

    def read(self) -> str:
        """The note that the holder left."""
        return os.pread(self._open(), 4096, 0).decode(errors="replace")
