"""Copies of Fishbowl, each in a var and on a port of its own, run as a person runs them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from fishbowl.environment import BASE_DIR, schema
from tests.patience import PATIENCE_S

READY = "Ready after"
NOBODY = 65534
# `env` because setpriv still has root's powers while it looks for the program that it runs.
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env"]


def python_for_nobody() -> tuple[str, dict[str, str]] | None:
    """An interpreter that an ordinary user may run, and what it needs: ours may be under /root."""
    same = f"/usr/bin/python3.{sys.version_info.minor}"
    packages = str(Path(psutil.__file__).parent.parent)
    for python, needed in ((sys.executable, {}), (same, {"PYTHONPATH": packages})):
        command = [*AS_NOBODY, python, "-c", "import django, psycopg, redis"]
        with contextlib.suppress(OSError):
            if not subprocess.run(
                command,
                cwd=BASE_DIR,
                env={**os.environ, **needed},
                capture_output=True,
                check=False,
            ).returncode:
                return python, needed
    return None


def free_port() -> int:
    """A free port outside the kernel's own range: in there, a client that keeps trying to reach a
    server that isn't up yet can come to be connected to itself."""
    for port in random.sample(range(9000, 9900), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("There is no free port between 9000 and 9900.")


def surroundings(var: Path, **settings: str) -> dict[str, str]:
    """The environment of a person with no settings but these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in schema() and not name.startswith(("PYTEST", "DJANGO", "COV"))
    }
    return {
        **kept,
        "FISHBOWL_ENV_FILE": os.devnull,
        "FISHBOWL_VAR": str(var),
        "PYTHONWARNINGS": "default",
        "PYTHONFAULTHANDLER": "1",
        **settings,
    }


class Copy:
    def __init__(self, var: Path, *, nobody: bool = False, **settings: str) -> None:
        self.var = var
        self.port = int(settings.get("PORT") or free_port())
        self.env = surroundings(var, **{"PORT": str(self.port), **settings})
        self.prefix: list[str] = []
        self.python = sys.executable
        if nobody:
            self._become_nobody()
        self.up_process: subprocess.Popen[str] | None = None
        self.said = ""

    def _become_nobody(self) -> None:
        found = python_for_nobody()
        assert found is not None
        self.prefix, self.python = AS_NOBODY, found[0]
        self.env.update(found[1])
        self.var.mkdir()
        os.chown(self.var, NOBODY, NOBODY)
        for folder in self.var.parents:  # pytest's own are root's alone
            if folder.name.startswith(("pytest-", "popen-", "test_")):
                folder.chmod(0o755)

    def run(self, *command: str, timeout: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, *command],
            cwd=BASE_DIR,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.python, "manage.py", *arguments)

    def start_up(self) -> subprocess.Popen[str]:
        """`manage.py up`, not waited for."""
        process = subprocess.Popen(
            [*self.prefix, self.python, "manage.py", "up"],
            cwd=BASE_DIR,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.up_process, self.said = process, ""
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.said += line

    def up(self) -> str:
        """`manage.py up`, until it is ready."""
        process = self.start_up()
        self.wait(lambda: READY in self.said or process.poll() is not None)
        assert READY in self.said, self.said
        self.wait(lambda: "logs " in self.said)
        return self.said

    def end(self, sign: signal.Signals = signal.SIGINT) -> int:
        assert self.up_process is not None
        self.up_process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.up_process.wait(PATIENCE_S)
        self.up_process.send_signal(signal.SIGABRT)  # it says where it is (PYTHONFAULTHANDLER)
        self.up_process.wait(PATIENCE_S)
        raise AssertionError(f"It didn't end; it said: {self.said}")

    def processes(self) -> list[psutil.Process]:
        """Everything that belongs to this copy, told by its var."""
        mine = f"{self.var}/"
        found = []
        for process in psutil.process_iter():
            try:
                if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                words = [*process.cmdline(), process.cwd() + "/"]
                var = process.environ().get("FISHBOWL_VAR")
                if var == str(self.var) or any(mine in f"{word}/" for word in words):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def named(self, name: str) -> list[psutil.Process]:
        """Its processes with `name` in their command line, but for children of such: these are
        called like their parent until they say what they are."""
        found: dict[int, tuple[int, psutil.Process]] = {}
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                if name in " ".join(process.cmdline()):
                    found[process.pid] = process.ppid(), process
        return [process for parent, process in found.values() if parent not in found]

    def kill_all(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
        if self.up_process is not None:
            self.up_process.wait(PATIENCE_S)
        self.wait(lambda: not self.processes())

    def wait(self, fact: object, seconds: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + seconds
        while not fact():  # type: ignore[operator]
            assert time.monotonic() < deadline, f"not within {seconds} s; said: {self.said}"
            time.sleep(0.05)

    def require_nothing_left(self) -> None:
        self.wait(lambda: not self.processes())
