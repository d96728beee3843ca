"""From the commit of a message to its arrival at each browser that watches the room.

    python -m benchmarks.live

One web process (uvicorn, as `manage.py up` runs it), 100 websockets in a process of their own, and
a writer that commits messages of characters as a worker does. All read the same monotonic clock:
from the moment the commit has returned to the moment a watcher's frame is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society, end, wait_for_port

WATCHERS, MESSAGES, A_SECOND = 100, 250, 8.0
WARM_UP = 25
TARGETS = (Target("commit_to_browser_ms_p95", "≤", 50),)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--watchers", type=int, default=WATCHERS)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--watch", nargs=2, type=int, metavar=("PORT", "ROOM"),
                        help=argparse.SUPPRESS)  # fmt: skip
    asked = parser.parse_args()
    if asked.watch:
        asyncio.run(watch_all(*asked.watch, asked.watchers))
        return 0
    report = Report("live", TARGETS)
    with Society(rooms=1) as here:
        from conversations.models import Channel

        room, port = Channel.objects.get(), int(here.settings["PORT"])
        web = here.start("-m", "fishbowl.processes", "web")
        wait_for_port(port)
        watchers = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.live", "--watch", str(port), str(room.pk),
             "--watchers", str(asked.watchers)],
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert watchers.stdin is not None
        assert watchers.stdout is not None
        try:
            if watchers.stdout.readline().strip() != "ready":
                raise SystemExit(f"The watchers can't watch:\n{here.logs()[-4000:]}")
            committed = write_messages(room, asked.messages + WARM_UP)
            time.sleep(1.0)
            found, _ = watchers.communicate("", timeout=30)  # the end of its input ends it
        finally:
            end(watchers)
        if web.poll() is not None:
            raise SystemExit(f"The web process died:\n{here.logs()[-4000:]}")
    arrived: list[dict[str, int]] = json.loads(found)
    measured = list(committed)[WARM_UP:]
    waits = [
        (seen[str(pk)] - committed[pk]) / 1e6 for seen in arrived for pk in measured
        if str(pk) in seen
    ]  # fmt: skip
    last = [
        (max(seen[str(pk)] for seen in arrived if str(pk) in seen) - committed[pk]) / 1e6
        for pk in measured
    ]
    report.add(**percentiles(waits, prefix="commit_to_browser_ms_"))
    report.add(last_watcher_ms_p95=percentiles(last)["p95"])
    report.add(lost=len(arrived) * len(measured) - len(waits))
    report.notes = {
        "watchers": len(arrived),
        "messages": len(measured),
        "messages_a_second": A_SECOND,
        "compression": "permessage-deflate, as browsers ask for it",
    }
    return finish(report)


def write_messages(room: Any, count: int) -> dict[int, int]:
    """Commit messages of the room's characters. When each was committed, in nanoseconds."""
    from django.db import transaction
    from django.utils import timezone

    from conversations.models import Channel, Conversation, Message
    from conversations.services import append_message, current_conversation
    from conversations.tank import live

    rng = Random(5)
    cast = list(room.residents.all())
    committed: dict[int, int] = {}
    for number in range(count):
        time.sleep(rng.expovariate(A_SECOND))
        with transaction.atomic():
            channel = Channel.objects.select_for_update().get(pk=room.pk)
            now = timezone.now()
            talk = current_conversation(channel, now, kind=Conversation.Kind.AMBIENT)
            message = append_message(
                talk,
                now,
                character=cast[number % len(cast)],
                role=Message.Role.ASSISTANT,
                content=f"Number {number}: the kettle is on, and the tide is out past the bar.",
            )

            def note(pk: int = message.pk) -> None:
                committed[pk] = time.monotonic_ns()

            transaction.on_commit(note)  # the first to run when the commit has returned
            live.publish_message(message, channel.pk)
    return committed


async def watch_all(port: int, room: int, count: int) -> None:
    """Watch a room until the input ends, then write when each message came to each watcher."""
    arrived: list[dict[int, int]] = [{} for _ in range(count)]
    ready = asyncio.Semaphore(0)
    watching = [asyncio.create_task(watch(port, room, seen, ready)) for seen in arrived]
    for _ in watching:
        acquired = asyncio.create_task(ready.acquire())
        done, _ = await asyncio.wait({acquired, *watching}, return_when=asyncio.FIRST_COMPLETED)
        for one in done - {acquired}:
            one.result()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    for one in watching:
        one.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    sys.stdout.write(json.dumps(arrived))


async def watch(port: int, room: int, seen: dict[int, int], ready: asyncio.Semaphore) -> None:
    """One browser: its own cookie, watching one room."""
    from websockets.asyncio.client import connect

    host = f"127.0.0.1:{port}"
    headers = {"Cookie": f"guest={secrets.token_urlsafe(32)}"}
    async with connect(
        f"ws://{host}/live/", origin=f"http://{host}", additional_headers=headers
    ) as socket:
        frame = {"type": "watch", "channels": [{"id": room, "after": 0}]}
        await socket.send(json.dumps(frame))
        while True:
            text = await socket.recv()
            now = time.monotonic_ns()
            frame = json.loads(text)
            if frame["type"] == "messages":
                ready.release()
            elif frame.get("event") == "message.sent":
                seen[frame["message"]["id"]] = now


if __name__ == "__main__":
    raise SystemExit(main())
