"""Which system user the servers run as, and the permissions that this takes.

An ordinary user runs them as itself. PostgreSQL refuses to run as root, so root runs both servers
as the system user `pgserver`, or as the owner of a data directory that an ordinary user made.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import EmbeddedError

SYSTEM_USER = "pgserver"


@dataclass(frozen=True)
class Owner:
    """The user that the servers run as. `switch` is whether this process has to become it."""

    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """What to pass to `subprocess` so that a program runs as this user."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        if self.switch and path.lstat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def take_back(self, folder: Path) -> None:
        """Make this user the owner of all in `folder`, if root has it: it was copied by root, which
        the servers never run as."""
        if not self.switch or not folder.exists() or folder.stat().st_uid != 0:
            return
        for inside, folders, files in os.walk(folder):
            for name in (*folders, *files):
                self.take(Path(inside, name))
        self.take(folder)  # last: what is broken off is begun again

    def make_folder(self, path: Path) -> None:
        """Make sure that `path` is a folder that this user alone can enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise EmbeddedError(f"{path} is in the way: remove it.")
        if found.st_uid not in (self.uid, os.geteuid()):
            raise EmbeddedError(
                f"{path} belongs to another user: set FISHBOWL_VAR to a folder of your own."
            )
        self.take(path)
        if stat.S_IMODE(found.st_mode) != 0o700:
            path.chmod(0o700)


def find_owner(data: Path) -> Owner:
    """The user to run the servers of the data directory `data` as."""
    me = os.geteuid()
    if me != 0:
        return Owner(me, os.getegid(), switch=False)
    if data.exists() and (found := data.stat()).st_uid != 0:
        return Owner(found.st_uid, found.st_gid, switch=True)
    entry = _system_user()
    return Owner(entry.pw_uid, entry.pw_gid, switch=True)


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    remedy = (
        "start as an ordinary user, or set DATABASE_URL to a PostgreSQL server that runs already."
    )
    if useradd is None:
        raise EmbeddedError(
            f"PostgreSQL doesn't run as root, and no useradd is here to create the user "
            f"{SYSTEM_USER} for it: install the package 'passwd', {remedy}"
        )
    said = _add_user(useradd)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL doesn't run as root, and useradd couldn't create the user {SYSTEM_USER} "
            f"for it ({said}): {remedy}"
        ) from None


def _add_user(useradd: str) -> str:
    """Create the user unless it is there by now, and return what `useradd` complained of. Of two at
    once the second would give the user another number, and the first folders of nobody: so one at a
    time on this machine, which only the program itself is sure to be one and the same for."""
    with Path(useradd).open("rb") as program:
        fcntl.flock(program, fcntl.LOCK_EX)
        with suppress(KeyError):
            pwd.getpwnam(SYSTEM_USER)
            return ""
        command = [useradd, "--system", "--no-create-home", "--shell", "/bin/sh", SYSTEM_USER]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        return " ".join(done.stderr.split())


def open_the_way(owner: Owner, paths: Sequence[Path]) -> None:
    """Let the servers' user pass through the folders above `paths`: o+x where missing, no more."""
    if not owner.switch:
        return
    for path in paths:
        for folder in path.parents:
            found = folder.stat()
            if found.st_uid == owner.uid and found.st_mode & stat.S_IXUSR:
                continue
            if not found.st_mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def open_programs(owner: Owner, program: Path) -> None:
    """Let the servers' user run a program of ours that a strict umask installed for root alone."""
    needed = stat.S_IROTH | stat.S_IXOTH
    if not owner.switch or program.stat().st_mode & needed == needed:
        return
    for folder, _, files in os.walk(program.parent.parent):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            if path.is_symlink():
                continue
            mode = stat.S_IMODE(path.stat().st_mode)
            more = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
            if mode & more != more:
                path.chmod(mode | more)
