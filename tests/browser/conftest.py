"""A whole society in a folder of its own, and Chromium before it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from fishbowl.environment import BASE_DIR, schema
from tests.patience import PATIENCE_S
from tests.stock import stock_var

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# On a busy machine a page takes long to come; less than the page itself waits in silence (24 s), so
# that what is pushed to it is told from what it asks for.
expect.set_options(timeout=15_000)

# Does what each line of its input says.
DOES = "import sys; [exec(line, {}) or print('done', flush=True) for line in sys.stdin]"
# A room that nobody watches may rest for hours, and one that is watched for a lull or two.
AWAITS_TALK = """
import time
from conversations.models import Channel, Message
from conversations.services import note_watchers
rooms, said = Channel.objects.all(), Message.objects.filter(character__isnull=False)
until = time.monotonic() + 180
while silent := rooms.exclude(pk__in=said.values("conversation__channel")):
    assert time.monotonic() < until, f"Nobody has spoken in {list(silent)}."
    for room in rooms:
        note_watchers(room.pk)
    time.sleep(0.5)
"""
HELPER = ["manage.py", "shell", "--no-imports", "-c", DOES]


class Society:
    """`manage.py up` in its own folder and on its own port."""

    def __init__(self, var: Path) -> None:
        self.var = var
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.env = {k: v for k, v in os.environ.items() if k not in schema()}
        self.env |= {
            "FISHBOWL_VAR": str(var),
            "PORT": str(self.port),
            "FISHBOWL_ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "fishbowl.settings",
        }
        self.helper: subprocess.Popen[str] | None = None
        self.log = var.parent / "up.log"
        with self.log.open("wb") as output:
            self.up = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=BASE_DIR,
                env=self.env,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def await_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while b"Ready after" not in self.log.read_bytes():
            assert self.up.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def shell(self, code: str) -> None:
        """Do something in another process, as a keeper's browser has the web process do it."""
        if self.helper is None:
            self.helper = subprocess.Popen(
                [sys.executable, "-W", "ignore", *HELPER],
                cwd=BASE_DIR,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.helper.stdin is not None
        assert self.helper.stdout is not None
        self.helper.stdin.write(f"{code}\n")
        self.helper.stdin.flush()
        assert self.helper.stdout.readline() == "done\n"

    def web(self) -> psutil.Process:
        """The web process."""
        below = psutil.Process(self.up.pid).children(recursive=True)
        return next(p for p in below if p.cmdline()[-2:] == ["fishbowl.processes", "web"])

    def kill_web(self) -> None:
        self.web().kill()

    def pause_web(self) -> psutil.Process:
        """Have the web process stand still, as a network that has gone does."""
        web = self.web()
        web.suspend()
        return web

    def await_web(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            try:
                asked.request("GET", "/healthz")
                asked.getresponse()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            else:
                return
            finally:
                asked.close()
        raise AssertionError("The web process did not come back.")

    def stop(self) -> None:
        if self.helper is not None:
            with self.helper:
                self.helper.communicate()
        self.up.send_signal(signal.SIGINT)
        try:
            self.up.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.up.kill()
            self.up.wait()


@pytest.fixture(scope="session")
def society(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Society]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium isn't installed: apt-get install chromium.")
    var = tmp_path_factory.mktemp("tank") / "var"
    stock_var(var)
    one = Society(var)
    try:
        one.await_ready()
        one.shell(f"exec({AWAITS_TALK!r})")
        yield one
    finally:
        one.stop()


# Not the whole session's: while it is open, its event loop runs in this thread, and asyncio's own
# can't.
@pytest.fixture(scope="module")
def chromium(society: Society) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
