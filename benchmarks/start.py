"""How long a start takes: `make run` on a copy of the tree, and `manage.py up` cold and warm.

    python -m benchmarks.start [--no-make]

Cold is an empty var: a new database cluster, migrations, the starter world. Warm is the same var
again. "First message" is the moment a browser that was there from the start has a character's
message; a warm start shows the old ones with the page, so there the next new one counts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import ROOT, Report, Target, finish
from benchmarks.society import free_port, new_var, surroundings

ROOMS = range(1, 9)  # the starter world's are among them
PATIENCE_S = 240.0
NOT_COPIED = (".git", ".venv", "var", "__pycache__", "node_modules", ".*_cache", "results")
STEP = re.compile(r"^  (\w+) .* \(([\d.]+) s\)$", re.MULTILINE)  # as `manage.py up` tells them
TARGETS = (
    Target("cold_first_message_s", "≤", 60),
    Target("warm_ready_s", "≤", 10),
    Target("make_first_message_s", "≤", 60),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--no-make", action="store_true", help="leave out `make run`, which installs packages"
    )
    asked = parser.parse_args()
    report = Report("start", TARGETS[:2] if asked.no_make else TARGETS)
    var = new_var()
    try:
        up = [sys.executable, "manage.py", "up"]
        cold = start(up, ROOT, var)
        report.add(cold_ready_s=cold["ready"], cold_first_message_s=cold["message"])
        warm = start(up, ROOT, var, seen=int(cold["id"]))
        report.add(warm_ready_s=warm["ready"], warm_page_s=warm["page"])
        report.details["seconds of each step"] = {
            name: {k.removeprefix("step_"): v for k, v in one.items() if k.startswith("step_")}
            for name, one in (("cold", cold), ("warm", warm))
        }
        report.add(warm_next_message_s=warm["message"], stop_s=warm["stop"])
    finally:
        shutil.rmtree(var, ignore_errors=True)
    if not asked.no_make:
        with tempfile.TemporaryDirectory(prefix="fishbowl-", dir=ROOT / "var") as folder:
            tree = Path(folder) / "tree"
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
            made = start(["make", "run"], tree, tree / "var")
            report.add(make_ready_s=made["ready"], make_first_message_s=made["message"])
            report.notes["make run"] = (
                "no .venv, no var; packages from pip's cache where it has them"
            )
    report.notes["pages of the disk"] = (
        "in the system's cache, as on a second day rather than after a boot"
    )
    return finish(report)


def start(command: Sequence[str], tree: Path, var: Path, seen: int = 0) -> dict[str, float]:
    """Start, wait for a message of a character newer than `seen`, stop. Seconds of each."""
    port = free_port()
    settings = surroundings(var, PORT=str(port))
    settings.pop("LOG_LEVEL")
    with (tree / "bench-start.log" if tree != ROOT else var.with_suffix(".log")).open("wb") as log:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=tree, env=settings, stdout=log, stderr=log, start_new_session=True
        )
        try:
            found = asyncio.run(asyncio.wait_for(visit(port, process, seen), PATIENCE_S))
            marks = {name: at - began for name, at in found.items() if name != "id"}
        except (TimeoutError, OSError) as error:
            said = Path(log.name).read_text(errors="replace")[-3000:]
            raise SystemExit(f"It did not come up ({error!r}):\n{said}") from None
        finally:
            stopping = time.monotonic()
            stop(process)
    stopped = time.monotonic() - stopping
    said = Path(log.name).read_text(errors="replace")
    Path(log.name).unlink(missing_ok=True)
    steps = {f"step_{name}": float(took) for name, took in STEP.findall(said)}
    return {**marks, **steps, "id": found["id"], "stop": stopped}


def stop(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does: everything that runs in the foreground is told, for `make` tells nobody."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def visit(port: int, process: subprocess.Popen[bytes], seen: int) -> dict[str, float]:
    """When /readyz said yes, the page came, and a character's new message was there, and its id."""
    found: dict[str, float] = {}
    while not await asyncio.to_thread(answers, port, "/readyz"):
        if process.poll() is not None:
            raise OSError(f"it ended with code {process.returncode}")
        await asyncio.sleep(0.05)
    found["ready"] = time.monotonic()
    if not await asyncio.to_thread(answers, port, "/"):
        raise OSError("the page doesn't answer")
    found["page"] = time.monotonic()
    found["id"] = await first_message(port, seen)
    found["message"] = time.monotonic()
    return found


def answers(port: int, path: str) -> bool:
    """Whether an address answers 200."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", path)
        answer = asked.getresponse()
        answer.read()
        return answer.status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


async def first_message(port: int, seen: int) -> int:
    """Watch the rooms until there is a message of a character newer than `seen`. Its id."""
    from websockets.asyncio.client import connect

    host = f"127.0.0.1:{port}"
    cookie = {"Cookie": f"guest={secrets.token_urlsafe(32)}"}
    async with connect(
        f"ws://{host}/live/", origin=f"http://{host}", additional_headers=cookie
    ) as socket:
        rooms = [{"id": pk, "after": seen} for pk in ROOMS]
        await socket.send(json.dumps({"type": "watch", "channels": rooms}))
        while True:
            frame = json.loads(await socket.recv())
            messages = frame.get("messages", []) if frame["type"] == "messages" else []
            if frame.get("event") == "message.sent":
                messages = [frame["message"]]
            for message in messages:
                if message["kind"] == "character" and message["id"] > seen:
                    return int(message["id"])


if __name__ == "__main__":
    raise SystemExit(main())
