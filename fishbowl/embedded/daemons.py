"""Starting, finding and ending programs that outlive the process that started them.

A server is known by the folder it works in, which the kernel vouches for, never by a pid file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psutil

from .owners import Owner

STEP_S = 0.02
LONGEST_LOG = 5_000_000
DETACHED = ["/bin/sh", "-c", '"$@" &']
TOLD_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def spawn(command: Sequence[str], owner: Owner, folder: Path, log: Path) -> None:
    """Start a program in `folder`, detached from this process and its terminal.

    The shell between is gone at once, so the program's parent is init: it leaves no zombie here.
    It inherits no file of ours, and so no lock. Whoever tells this process to end meanwhile is
    heeded after it: what is broken off in the midst could neither be found nor ended.
    """
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output, _undisturbed():
        subprocess.run(  # noqa: S603
            [*DETACHED, "sh", *command],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", "PWD": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
            check=True,
            **owner.popen_options(),
        )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off what signals have this process do."""
    if threading.current_thread() is not threading.main_thread():  # they reach the main one alone
        yield
        return
    told: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        told.append(number)

    heeded = [sign for sign in TOLD_BY if callable(signal.getsignal(sign))]
    before = [(sign, signal.signal(sign, note)) for sign in heeded]
    try:
        yield
    finally:
        for sign, handler in before:
            signal.signal(sign, handler)
        for number in dict.fromkeys(told):
            signal.raise_signal(number)


def working_in(folder: Path, *names: str) -> list[psutil.Process]:
    """The living processes, called so or so, whose working directory is, or was, `folder`; with
    what is about to be one, and still the shell of `spawn`."""
    places = {str(folder), f"{folder} (deleted)"}
    found = []
    for process in psutil.process_iter():
        try:
            name = process.name()
            if (
                (name.startswith(names) or (name == "sh" and process.cmdline()[:3] == DETACHED))
                and process.cwd() in places
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                found.append(process)
        except GONE:
            continue
    return found


def is_alive(process: psutil.Process) -> bool:
    """Whether the process still runs; one that only waits to be reaped does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except GONE:
        return False


def end(processes: Sequence[psutil.Process], *steps: tuple[signal.Signals, float]) -> bool:
    """Send each signal in turn until all are gone, waiting its seconds. Whether they are."""
    alive = [process for process in processes if is_alive(process)]
    for sign, seconds in steps:
        for process in alive:
            try:
                process.send_signal(sign)
            except GONE:
                continue
        wait_until(lambda: not any(is_alive(process) for process in processes), seconds)
        alive = [process for process in alive if is_alive(process)]
        if not alive:
            break
    return not alive


def wait_until(fact: Callable[[], bool], seconds: float) -> bool:
    """Wait for `fact` to be true, at most `seconds`. Whether it is."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(STEP_S)
    return True


def tail(log: Path, start: int = 0, longest: int = 4000) -> str:
    """What was written to `log` since it was `start` bytes long, the last of it."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(start if start <= size else 0, size - longest))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
