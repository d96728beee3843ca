"""Turns per second of one worker process, and where a turn's time goes.

    python -m benchmarks.turns

A real worker (Celery's thread pool, as `manage.py up` runs it) lets 16 rooms talk as fast as it
can: no time is spent on reading, thinking and typing (`director.time_scale` 0), and the model
server answers at once. What is counted are committed messages.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.report import ROOT, Report, Target, finish
from benchmarks.society import Society, keep_lively, model_server

ROOMS = 16
WARM_UP_S, MEASURE_S = 6.0, 20.0
PROFILED = 120
VOICES = ("server", "offline")
TARGETS = (
    Target("turns_per_s_server", "≥", 40),
    Target("turns_per_s_offline", "≥", 40),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=MEASURE_S)
    parser.add_argument("--voice", choices=VOICES, help="only this one")
    parser.add_argument("--part", choices=("race", "profile"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        found = race(asked.voice, asked.seconds) if asked.part == "race" else profile(asked.voice)
        asked.out.write_text(json.dumps(found), encoding="utf-8")
        return 0
    report = Report("turns", TARGETS)
    for voice in [asked.voice] if asked.voice else VOICES:
        raced = in_process_of_its_own("race", voice, asked.seconds)
        report.add(**{f"{name}_{voice}": value for name, value in raced["figures"].items()})
        profiled = in_process_of_its_own("profile", voice, asked.seconds)
        report.add(**{f"{name}_{voice}": value for name, value in profiled["figures"].items()})
        report.details[voice] = {"stages": profiled["stages"], "queries": profiled["queries"]}
        report.notes = raced["notes"]
    code = finish(report)
    for voice, details in report.details.items():
        print(f"\n  a turn by stage, single thread, voice: {voice}")
        for stage in details["stages"]:
            print(
                f"    {stage['stage']:<24}{stage['ms']:>8.2f} ms {stage['queries']:>6.1f} queries"
                f" {stage['database_ms']:>8.2f} ms in PostgreSQL"
            )
    return code


def in_process_of_its_own(part: str, voice: str, seconds: float) -> dict[str, Any]:
    """Run a part where Django is not set up yet."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.turns", "--part", part, "--voice", voice,
             "--seconds", str(seconds), "--out", str(out)],
            cwd=ROOT, check=True,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return found


@contextlib.contextmanager
def society(voice: str, rooms: int) -> Iterator[Society]:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(model_server()) if voice == "server" else ""
        yield stack.enter_context(Society(rooms=rooms, model_url=url))


# --- how many a second ----------------------------------------------------------------------------


def race(voice: str, seconds: float) -> dict[str, Any]:
    """Committed messages per second of one real worker process."""
    with society(voice, ROOMS) as here:
        from django.conf import settings

        from conversations.models import Message, Turn

        worker = here.start("-m", "fishbowl.processes", "worker")
        drive_until(lambda: Message.objects.count() > ROOMS, within_s=60, worker=worker, here=here)
        drive(WARM_UP_S)
        analyse()
        begun, before = time.monotonic(), counts(Message, Turn)
        spent = cpu_seconds(here, worker)
        drive(seconds)
        elapsed, after = time.monotonic() - begun, counts(Message, Turn)
        used = {name: cpu - spent.get(name, 0) for name, cpu in cpu_seconds(here, worker).items()}
        messages = after["messages"] - before["messages"]
        failed = after["failed"] - before["failed"]
        if worker.poll() is not None or not messages:
            raise SystemExit(f"The worker spoke no more:\n{here.logs()[-4000:]}")
        figures = {"turns_per_s": messages / elapsed}
        figures |= {f"cpu_ms_a_turn_{n}": cpu * 1000 / messages for n, cpu in used.items()}
        figures["cores_busy_worker"] = used["worker"] / elapsed
        notes = {
            "rooms": ROOMS,
            "worker_threads": settings.FISHBOWL.worker_threads,
            "seconds": round(elapsed, 1),
            "turns are": "committed messages of characters; decisions not to speak come on top",
            "kept going by": "benchmarks.society.keep_lively, twice a second, in another process",
        }
        figures["failed_turns"] = failed
        figures["silent_turns_share"] = (after["silent"] - before["silent"]) / messages
        return {"figures": figures, "notes": notes}


def analyse() -> None:
    """Have PostgreSQL know what its tables hold, as it does of a society a minute old."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def counts(message: Any, turn: Any) -> dict[str, int]:
    return {
        "messages": message.objects.filter(character__isnull=False).count(),
        "failed": turn.objects.filter(status__in=("failed", "abandoned")).count(),
        "silent": turn.objects.filter(status="silent").count(),
    }


def drive(seconds: float) -> None:
    """Keep every room talking for so long."""
    from conversations import nudges

    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for channel_id in keep_lively():
            nudges.look(channel_id)
        time.sleep(min(left, 0.5))


def drive_until(fact: Callable[[], bool], *, within_s: float, worker: Any, here: Society) -> None:
    deadline = time.monotonic() + within_s
    while not fact():
        drive(0.5)
        if worker.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The worker doesn't speak:\n{here.logs()[-4000:]}")


def cpu_seconds(here: Society, worker: Any) -> dict[str, float]:
    """CPU seconds used so far, by who used them."""
    found: collections.Counter[str] = collections.Counter()
    found["worker"] = _cpu(psutil.Process(worker.pid))
    for process in psutil.process_iter(["name", "cmdline"]):
        words = " ".join(process.info["cmdline"] or ())
        with contextlib.suppress(psutil.Error):
            if "benchmarks.model" in words:
                found["model_server"] += _cpu(process)
            elif "redis-server" in words and str(here.var) in words + process.cwd():
                found["redis"] += _cpu(process)
            elif process.info["name"] == "postgres" and process.cwd().startswith(str(here.var)):
                found["postgres"] += _cpu(process, children=True)
    return dict(found)


def _cpu(process: psutil.Process, *, children: bool = False) -> float:
    times = process.cpu_times()
    own = float(times.user + times.system)
    return own + float(times.children_user + times.children_system) if children else own


# --- where the time goes --------------------------------------------------------------------------

STAGES = (
    ("look", "conversations.floor.director", "look"),
    ("  floor", "conversations.floor.director", "load_floor"),
    ("claim", "conversations.turns.turns", "claim"),
    ("compose", "conversations.turns.turns", "compose"),
    ("  brief", "conversations.turns.turns", "load_brief"),
    ("  prompt", "conversations.turns.turns", "build"),
    ("  model", "audit.calls.ledger", "ask"),
    ("say", "conversations.turns.turns", "say"),
    ("  effects", "conversations.turns.saying", "after_speaking"),
    ("live events", "conversations.tank.live", "send_now"),
)


def profile(voice: str) -> dict[str, Any]:
    """Milliseconds and queries of each stage of a turn, in one thread, without Celery."""
    with society(voice, 4):
        import importlib

        from django.db import connection
        from django.utils import timezone

        from conversations import nudges
        from conversations.floor import director
        from conversations.models import Channel, Turn
        from conversations.turns import turns

        queries: list[tuple[str, float]] = []
        taken: dict[str, list[float]] = {name: [0.0, 0, 0.0] for name, _, _ in STAGES}

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                queries.append((sql, time.perf_counter() - began))

        def timed(name: str, function: Any) -> Any:
            def run(*args: Any, **kwargs: Any) -> Any:
                began, first = time.perf_counter(), len(queries)
                try:
                    return function(*args, **kwargs)
                finally:
                    total = taken[name]
                    total[0] += time.perf_counter() - began
                    total[1] += len(queries) - first
                    total[2] += sum(took for _, took in queries[first:])

            return run

        for name, module_name, function in STAGES:
            module = importlib.import_module(module_name)
            setattr(module, function, timed(name, getattr(module, function)))
        rooms = list(Channel.objects.values_list("pk", flat=True))

        def talk(turns_wanted: int) -> float:
            """Seconds that so many turns took, without those of keeping the talk going."""
            done, seconds = 0, 0.0
            while done < turns_wanted:
                for channel_id in rooms:
                    began = time.perf_counter()
                    turn = director.look(channel_id, timezone.now())
                    if turn is not None and turn.status == Turn.Status.PLANNED:
                        turns.take(turn.pk)
                        done += 1
                        seconds += time.perf_counter() - began
                        continue
                    seconds += time.perf_counter() - began
                    kept = len(queries)
                    keep_lively()
                    del queries[kept:]
            return seconds / done * turns_wanted

        with nudges.held_back():
            talk(PROFILED // 2)
            analyse()
            talk(PROFILED // 4)
            queries.clear()
            for total in taken.values():
                total[:] = [0.0, 0, 0.0]
            with connection.execute_wrapper(note):
                seconds = talk(PROFILED)
        stages = [
            {
                "stage": name,
                "ms": round(total[0] * 1000 / PROFILED, 3),
                "queries": round(total[1] / PROFILED, 2),
                "database_ms": round(total[2] * 1000 / PROFILED, 3),
            }
            for name, total in taken.items()
        ]
        figures = {
            "single_thread_ms_a_turn": seconds * 1000 / PROFILED,
            "queries_a_turn": len(queries) / PROFILED,
            "database_ms_a_turn": sum(took for _, took in queries) * 1000 / PROFILED,
        }
        return {"figures": figures, "stages": stages, "queries": dearest(queries)}


def dearest(queries: list[tuple[str, float]], most: int = 25) -> list[dict[str, Any]]:
    """The statements that took longest together; those sent in one journey are one, named by the
    first of them."""
    count: collections.Counter[str] = collections.Counter()
    took: collections.Counter[str] = collections.Counter()
    for sql, seconds in queries:
        text = re.sub(r"\s+", " ", sql.replace('"', "")).strip()
        text = re.sub(r"^SELECT .*? FROM ", "SELECT … FROM ", text)
        text = re.sub(r"'(?:[^']|'')*'(?:::\w+)?|\b[\d.]+\b|s\d+_x\d+", "…", text)[:200]
        count[text] += 1
        took[text] += seconds
    return [
        {
            "sql": sql,
            "a_turn": round(count[sql] / PROFILED, 2),
            "ms_a_turn": round(seconds * 1000 / PROFILED, 3),
        }
        for sql, seconds in took.most_common(most)
    ]


if __name__ == "__main__":
    raise SystemExit(main())
