"""How long recall takes as memories grow, and what storing costs, beside the bare statements.

    python -m benchmarks.memory_speed

Characters with 200 to 100,000 memories, mixed in one table; each is asked about things it
remembers, through the service and by the bare statement in turn. Then new memories one by one, and
questions that were asked a moment ago.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.remembered import Talk, stretches
from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society

SIZES = (200, 2000, 5000, 20_000, 100_000)
ASKED, ADDED, THREADS, LIMIT = 60, 400, 8, 8
TARGETS = (
    Target("recall_ms_2000_p95", "≤", 4),
    Target("recall_ms_100000_p95", "≤", 15),
    Target("recall_ratio_2000", "≤", 1.1),
    Target("add_ratio_1_thread", "≤", 1.2),
    Target("add_ratio_8_threads", "≤", 1.2),
    Target("batched_adds_a_second", "≥", 2000),
    Target("overlap_at_10", "≥", 0.97),
)

Timed = dict[str, list[float]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--asked", type=int, default=ASKED)
    asked = parser.parse_args()
    report = Report("memory_speed", TARGETS)
    with Society(rooms=1):
        from characters.models import Character

        owners = {
            size: Character.objects.create(name=f"Rememberer{size}", slug=f"rememberer-{size}").pk
            for size in asked.sizes
        }
        fill(report, owners)
        for size, owner in owners.items():
            ask(report, size, owner, asked.asked)
        add(report, owners[min(2000, max(owners))])
        report.notes = {
            "memories": sum(owners),
            "of": "one warm connection; caches empty but where a hit is measured; bare_ms is the"
            " statement alone under an open view, vector_ms the nearest ten of the owner's vectors",
        }
    return finish(report)


def fill(report: Report, owners: dict[int, int]) -> None:
    """Store everything through the service, a few hundred at a time, and build what indexes are
    due."""
    from django.db import connection

    from memories import indexes
    from memories.writing import store

    talk, waiting, stored = Talk(), [], 0
    began = time.perf_counter()
    for memories in stretches(talk, {owner: size for size, owner in owners.items()}):
        waiting += memories
        if len(waiting) >= 600:
            stored += len(store(waiting))
            waiting = []
    stored += len(store(waiting))
    report.add(batched_adds_a_second=stored / (time.perf_counter() - began))
    began = time.perf_counter()
    indexes.keep_up()
    report.add(indexes_built_s=time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) memories_memory")


def questions(owner: int, count: int) -> list[str]:
    """Questions about what the owner remembers."""
    from memories.models import Memory

    talk = Talk(9)
    lines = Memory.objects.filter(owner=owner).order_by("content_hash")
    return [
        talk.question(content.partition("“")[2].rstrip("”"))
        for content in lines.values_list("content", flat=True)[:count]
    ]


def ask(report: Report, size: int, owner: int, count: int) -> None:
    """Time each question three ways in turn, so that what else the machine does meets all alike."""
    from django.utils import timezone

    from memories import caches
    from memories.recall import recall
    from memories.recall_sql import exact, narrowed
    from memories.view import Audience

    now, audience = timezone.now(), Audience()
    times: Timed = {"recall": [], "bare": [], "vector": [], "hit": [], "exact": []}
    overlaps: list[float] = []
    for n, question in enumerate(questions(owner, count)):
        asked, has_index = _asked(owner, question, now)
        statement = narrowed if has_index else exact
        warm = n < 5
        with _timed(times, "recall", warm):
            recall(owner, audience, question, now=now, limit=LIMIT)
        with _timed(times, "hit", warm):
            recall(owner, audience, question, now=now, limit=LIMIT)
        caches.forget_in_process()
        found = _bare(times, owner, audience, statement(asked), "bare", warm)
        with _timed(times, "vector", warm):
            _nearest(owner, asked.vector)
        if has_index and n % 4 == 0:
            wanted = _bare(times, owner, audience, exact(asked), "exact", False)
            overlaps.append(len(set(wanted) & set(found)) / max(1, len(wanted)))
    for name, taken in times.items():
        if taken:
            found_ms = percentiles(taken)
            report.add(**{f"{name}_ms_{size}_{at}": found_ms[at] for at in ("p50", "p95")})
    report.add(
        **{
            f"recall_ratio_{size}": statistics.median(
                whole / bare for whole, bare in zip(times["recall"], times["bare"], strict=True)
            )
        }
    )
    if overlaps:
        report.add(**{f"overlap_at_10_{size}": statistics.mean(overlaps)})
        kept = [v for k, v in report.figures.items() if k.startswith("overlap_at_10_")]
        report.add(overlap_at_10=statistics.mean(kept))  # so far, so in the end of all


def _asked(owner: int, question: str, now: Any) -> tuple[Any, bool]:
    from memories.asking import mean
    from memories.embedding import active_model_id
    from memories.indexes import index_name
    from memories.recall_sql import Asked
    from memories.weights import Weights

    meaning = mean(
        question,
        speaker=owner,
        community=None,
        now=now,
        context=(),
        index=index_name(owner, active_model_id()),
        synonym=Weights().synonym,
    )
    assert meaning.vector is not None
    asked = Asked(
        owner=owner,
        now=now,
        words=meaning.words,
        vector=meaning.vector.to_text(),
        model=meaning.vector.model_id,
        limit=10,
        weights=Weights(),
    )
    return asked, meaning.has_index


def _bare(
    times: Timed, owner: int, audience: Any, statement: Any, name: str, warm: bool
) -> list[int]:
    from memories.view import seen_by

    with seen_by(owner, audience) as view, _timed(times, name, warm):
        view.cursor.execute(*statement)
        return [row[0] for row in view.cursor.fetchall()]


def _nearest(owner: int, vector: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM memories_memory WHERE owner_id = %s"
            " ORDER BY embedding <=> %s::halfvec LIMIT 10",
            [owner, vector],
        )
        cursor.fetchall()


class _timed:  # noqa: N801 - reads as a statement
    """Adds the milliseconds of its block to a list; not those that warm up."""

    def __init__(self, times: Timed, name: str, warm: bool) -> None:
        self.times, self.warm = times[name], warm

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        if not self.warm:
            self.times.append((time.perf_counter() - self.began) * 1000)


def add(report: Report, owner: int) -> None:
    """New memories one by one, through the service and by a bare INSERT in turn: by one thread and
    by eight."""
    from memories.embedding import embed
    from memories.writing import store_embedded

    talk = Talk(77)
    lines = (memory for memories in stretches(talk, {owner: 4 * ADDED * 12}) for memory in memories)

    def batch() -> list[tuple[Any, Any]]:
        new = [next(lines) for _ in range(ADDED)]
        return list(zip(new, embed([one.embedded_text for one in new]), strict=True))

    for threads, name in ((1, "1_thread"), (THREADS, f"{THREADS}_threads")):
        rates: dict[str, list[float]] = {"service": [], "bare": []}
        for _ in range(3):
            rates["bare"].append(_rate(batch(), threads, _insert))
            rates["service"].append(
                _rate(batch(), threads, lambda new, vector: store_embedded([new], [vector]))
            )
        bare, service = (statistics.median(rates[kind]) for kind in ("bare", "service"))
        report.add(
            **{
                f"bare_adds_a_second_{name}": bare,
                f"adds_a_second_{name}": service,
                f"add_ratio_{name}": bare / service,
            }
        )


def _rate(work: list[tuple[Any, Any]], threads: int, do: Callable[[Any, Any], object]) -> float:
    """How many a second these threads do, each with a connection of its own that is open."""
    from django.db import connection

    left: Iterator[tuple[Any, Any]] = iter(work)
    lock, ready = threading.Lock(), threading.Barrier(threads + 1)

    def run() -> None:
        connection.ensure_connection()
        ready.wait()
        while True:
            with lock:
                one = next(left, None)
            if one is None:
                break
            do(*one)
        connection.close()

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    return len(work) / (time.perf_counter() - began)


def _insert(new: Any, vector: Any) -> None:
    from django.db import connection

    from memories.writing import content_hash

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO memories_memory (created_at, updated_at, owner_id, kind, content, found_by,
                provenance, importance, emotional_valence, confidence, visibility, tier, strength,
                access_count, occurred_at, is_locked, content_hash, embedding, embedding_model_id,
                session_key, sequence, keywords, metadata)
            VALUES (now(), now(), %s, %s, %s, %s, %s, %s, 0, 1, %s, %s, 1, 0, %s, false, %s,
                %s::halfvec, %s, %s, %s, '{}', '{}')
            ON CONFLICT (owner_id, community_id, content_hash) DO UPDATE SET updated_at = now()
            RETURNING id
            """,
            [
                new.owner_id,
                new.kind,
                new.content,
                new.found_by,
                new.provenance,
                new.importance,
                new.visibility,
                new.tier,
                new.occurred_at,
                content_hash(new.content),
                vector.to_text(),
                vector.model_id,
                new.session_key,
                new.sequence,
            ],
        )
        cursor.fetchone()


if __name__ == "__main__":
    raise SystemExit(main())
