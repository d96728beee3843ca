"""Several at once, and what storing costs: the parts of `benchmarks.memory_speed` with threads."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.remembered import Talk, stretches
from benchmarks.report import Report, percentiles

READERS = (1, 8, 32)
WRITERS = 8
READ = 96  # recalls of each number of readers
ADDED, BATCHES, A_BATCH = 150, 12, 500


def ask_together(report: Report, total: int, owner: int) -> None:
    """How many questions a second so many readers have answered, and how long each waits. Every
    question is asked once, so that no cache answers."""
    from django.utils import timezone

    from benchmarks.memory_speed import LIMIT, questions
    from memories.recall.recall import recall
    from memories.view import Audience

    now, audience = timezone.now(), Audience()
    for readers in READERS:
        asked = questions(owner, READ, seed=100 + readers)

        def answer(question: str) -> None:
            recall(owner, audience, question, now=now, limit=LIMIT)

        rate, took_ms = _together(asked, readers, answer)
        name = f"{total}_by_{readers}"
        report.add(
            **{
                f"recalls_a_second_{name}": rate,
                f"recall_ms_{name}_p95": percentiles(took_ms)["p95"],
            }
        )


def add(report: Report, total: int, owners: list[int]) -> None:
    """New memories of all owners, with all indexes on and embedding included: one by one, by one
    thread and by eight, and in batches; and one by one by a bare INSERT, embedded before."""
    from memories.embedding.embedding import embed
    from memories.writing import store

    wanted = 4 * (ADDED + BATCHES * A_BATCH)
    lines = (
        memory
        for memories in stretches(Talk(77), dict.fromkeys(owners, -(-wanted // len(owners))))
        for memory in memories
    )

    def some(count: int) -> list[Any]:
        return [next(lines) for _ in range(count)]

    rates: dict[str, list[float]] = {}
    for _ in range(3):
        for writers, name in ((1, "1_thread"), (WRITERS, f"{WRITERS}_threads")):
            new = some(ADDED // 3)
            bare = list(zip(new, embed([one.embedded_text for one in new]), strict=True))
            rates.setdefault(f"bare_adds_a_second_{total}_{name}", []).append(
                _together(bare, writers, lambda one: _insert(*one))[0]
            )
            rates.setdefault(f"adds_a_second_{total}_{name}", []).append(
                _together(some(ADDED // 3), writers, lambda one: store([one]))[0]
            )
        batches = [some(A_BATCH) for _ in range(BATCHES // 3)]
        rates.setdefault(f"batched_adds_a_second_{total}", []).append(
            A_BATCH * _together(batches, 1, store)[0]
        )
    report.add(**{name: statistics.median(found) for name, found in rates.items()})


def _together(
    work: Iterable[Any], threads: int, do: Callable[[Any], object]
) -> tuple[float, list[float]]:
    """How many a second these threads do, each with a connection of its own that is open, and the
    milliseconds of each."""
    from django.db import connection

    left: Iterator[Any] = iter(work)
    lock, ready = threading.Lock(), threading.Barrier(threads + 1)
    took_ms: list[float] = []

    def run() -> None:
        connection.ensure_connection()
        ready.wait()
        try:
            while True:
                with lock:
                    one = next(left, None)
                if one is None:
                    return
                began = time.perf_counter()
                do(one)
                took_ms.append((time.perf_counter() - began) * 1000)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        workers = [pool.submit(run) for _ in range(threads)]
        ready.wait()
        began = time.perf_counter()
        for worker in workers:
            worker.result()  # what failed is no figure
        return len(took_ms) / (time.perf_counter() - began), took_ms


def _insert(new: Any, vector: Any) -> None:
    from django.db import connection

    from memories.writing import SAME, content_hash

    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO memories_memory (created_at, updated_at, owner_id, kind, content, found_by,
                provenance, importance, emotional_valence, confidence, visibility, tier, strength,
                access_count, occurred_at, is_locked, content_hash, embedding, embedding_model_id,
                session_key, sequence, keywords, metadata)
            VALUES (now(), now(), %s, %s, %s, %s, %s, %s, 0, 1, %s, %s, 1, 0, %s, false, %s,
                %s::halfvec, %s, %s, %s, '{{}}', '{{}}')
            ON CONFLICT {SAME} DO UPDATE SET updated_at = now()
            RETURNING id
            """,  # noqa: S608 - a constant
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
