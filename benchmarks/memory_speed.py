"""How long recall takes as memories grow, and what storing costs, beside the bare statements.

    python -m benchmarks.memory_speed [--totals 10000 100000 1000000] [--asked 60] [--explain]

50 characters remember so much in all, some of them 200, 2,000, 20,000 or 100,000 and the others the
rest, all mixed in one table. Each of those is asked about what it remembers: through the service,
and by the bare statements in turn. Then several ask at once, and new memories are stored.

One total alone is shown and written to var/bench/, for whoever tunes; all of them are the result.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.filled import fill
from benchmarks.remembered import Talk, unsaid
from benchmarks.report import RESULTS, ROOT, Report, Target, finish, percentiles
from benchmarks.society import Society

TOTALS = (10_000, 100_000, 1_000_000)
SIZES = (200, 2000, 20_000, 100_000)
OWNERS, ASKED, LIMIT, WARM = 50, 60, 8, 5
STEADY = 2000  # memories of the owner whose recall shall not depend on the total
AT_MOST_MS = {2000: 8, 20_000: 20, 100_000: 46}  # p95

Timed = dict[str, list[float]]
Statement = tuple[str, dict[str, Any]]  # and its values


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--totals", type=int, nargs="+", default=TOTALS)
    parser.add_argument("--asked", type=int, default=ASKED, help="questions to each owner")
    parser.add_argument("--explain", action="store_true", help="print how statements are run")
    asked = parser.parse_args()
    totals = sorted(set(asked.totals))
    report = Report("memory_speed", targets(totals))
    with Society(rooms=0):
        for total in totals:
            measure(report, total, asked.asked, asked.explain)
    if len(totals) > 1:
        first, last = (report.figures[f"recall_ms_{STEADY}_of_{n}_p50"] for n in ends(totals))
        report.add(**{f"growth_{STEADY}": last / first})
    report.notes["of"] = (
        "one warm connection; caches empty but where a hit is measured. bare: the statement that"
        " the service asked, under an open view; vector: the nearest ten of the owner's vectors,"
        " exact; whole: all looked through, where an index narrows; overlap: of the ten best;"
        " opened: the bare statement with its transaction and the opening of its view"
    )
    return finish(report, RESULTS if totals == list(TOTALS) else ROOT / "var" / "bench")


def ends(totals: Sequence[int]) -> tuple[int, int]:
    return totals[0], totals[-1]


def shared_out(total: int) -> list[int]:
    """How much each of the owners remembers: as many of the sizes as make no more than half, and
    the rest in equal parts."""
    sizes: list[int] = []
    for size in SIZES:
        if sum(sizes) + size <= total / 2:
            sizes.append(size)
    left, others = total - sum(sizes), OWNERS - len(sizes)
    return [*sizes, *(left // others + (n < left % others) for n in range(others))]


def measured(total: int) -> list[int]:
    """The sizes that are measured among so many."""
    return [size for size in SIZES if size in shared_out(total)]


def targets(totals: Sequence[int]) -> list[Target]:
    found = []
    for total in totals:
        for size in measured(total):
            name = f"{size}_of_{total}"
            if size in AT_MOST_MS:
                found.append(Target(f"recall_ms_{name}_p95", "≤", AT_MOST_MS[size]))
            found.append(Target(f"recall_to_bare_{name}", "≤", 1.2))
        found.append(Target(f"batched_adds_a_second_{total}", "≥", 2000))
    if len(totals) > 1:
        found.append(Target(f"growth_{STEADY}", "≤", 1.5))
    return found


def measure(report: Report, total: int, count: int, explains: bool) -> None:
    """Everything at one total."""
    from benchmarks.memory_load import add, ask_together
    from characters.models import Character
    from memories.recall import indexes

    wanted = shared_out(total)
    owners = [
        Character.objects.get_or_create(slug=f"owner-{n}", defaults={"name": f"Owner{n}"})[0].pk
        for n in range(OWNERS)
    ]
    began = time.perf_counter()
    stored = fill(dict(zip(owners, wanted, strict=True)))
    filled = time.perf_counter()
    built = indexes.keep_up().build
    report.notes[str(total)] = {
        "memories": stored,
        "owners": {str(size): wanted.count(size) for size in sorted(set(wanted))},
        "filled_s": round(filled - began, 1),
        "indexes of their own": len(built),
        "built_s": round(time.perf_counter() - filled, 1),
    }
    print(f"{total}: {report.notes[str(total)]}", flush=True)
    for size in measured(total):
        ask(report, f"{size}_of_{total}", owners[wanted.index(size)], count, explains)
    ask_together(report, total, owners[wanted.index(min(STEADY, max(wanted)))])
    add(report, total, owners)


def questions(owner: int, count: int, seed: int = 9) -> list[str]:
    """Questions about what the owner remembers."""
    from memories.models import Memory

    talk = Talk(seed)
    lines = Memory.objects.filter(owner=owner).order_by("content_hash")
    found = list(lines.values_list("content", flat=True)[:count])
    return [talk.question(unsaid(found[n % len(found)])) for n in range(count)]


def ask(report: Report, name: str, owner: int, count: int, explains: bool) -> None:
    """Time each question by service and bare statements in turn, so that what else the machine does
    meets all alike. What the service takes in all is of the first time that a question is asked;
    how much longer than the bare statement that is, of a second time, in which either goes first by
    turns: whoever comes second finds the rows nearer."""
    from django.utils import timezone

    from memories.recall.recall import recall
    from memories.view import Audience

    now, audience = timezone.now(), Audience()
    times: Timed = {}
    shares: Timed = {"bare": [], "opened": [], "vector": []}
    steps: Timed = {}
    overlaps: list[float] = []
    for n, question in enumerate(questions(owner, WARM + count), -WARM):
        recall(
            owner, audience, f"Say, {question}", now=now, limit=LIMIT
        )  # the pages, not the cache
        with _Watched() as watched:
            recall(owner, audience, question, now=now, limit=LIMIT)
        whole_ms = watched.took_ms
        with _Watched() as hit:
            recall(owner, audience, question, now=now, limit=LIMIT)
        statement = watched.statement()
        pair = {
            "service": lambda: _served(owner, audience, question, now),  # noqa: B023
            "bare": lambda: _bare(owner, audience, statement),  # noqa: B023
        }
        both = {who: pair[who]() for who in sorted(pair, reverse=n % 2 == 0)}
        bare_ms, opened_ms = both["bare"]
        vector_ms = _nearest(owner, question)
        if n < 0:
            continue
        _keep(times, recall=whole_ms, hit=hit.took_ms, bare=bare_ms, vector=vector_ms)
        _keep(times, opened=opened_ms)
        (again_ms,) = both["service"]
        _keep(shares, bare=again_ms / bare_ms, opened=again_ms / opened_ms)
        _keep(shares, vector=whole_ms / vector_ms)
        _keep(steps, **watched.steps())
        if "memories_candidates" in statement[0] and n % 3 == 0:
            # Asked for a kind, recall looks through everything; here all are of this one.
            best, all_ms = _ten(owner, audience, question, now, ("conversation",))
            narrowed, _ = _ten(owner, audience, question, now, ())
            _keep(times, whole=all_ms)
            overlaps.append(len(best & narrowed) / max(1, len(best)))
        if explains and n == count // 2:
            _explain(name, owner, audience, statement)
    for kind, taken in times.items():
        found = percentiles(taken)
        report.add(**{f"{kind}_ms_{name}_{at}": found[at] for at in ("p50", "p95")})
    for kind, ratios in shares.items():
        report.add(**{f"recall_to_{kind}_{name}": statistics.median(ratios)})
    if overlaps:
        report.add(**{f"overlap_at_10_{name}": statistics.mean(overlaps)})
    report.details[f"milliseconds of {name}, mean"] = {
        step: round(sum(taken) / count, 2) for step, taken in steps.items()
    }


def _keep(times: Timed, **values: float) -> None:
    for name, value in values.items():
        times.setdefault(name, []).append(value)


class _Watched:
    """The time of a block, and what it asked of the database: the statement that looks through
    memories (`memories.view.View.planned`), and the time of all."""

    def __enter__(self) -> _Watched:
        from django.db import connection

        from memories.view import View

        self.asked: dict[str, float] = {}
        self.planned: list[Statement] = []
        self.wrapper = connection.execute_wrapper(self._note)
        self.wrapper.__enter__()
        self.original = View.planned
        View.planned = self._noting(View.planned)  # type: ignore[method-assign]
        self.began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        from memories.view import View

        self.took_ms = (time.perf_counter() - self.began) * 1000
        View.planned = self.original  # type: ignore[method-assign]
        self.wrapper.__exit__(None, None, None)

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with self._timed(sql[:160]):
            return execute(sql, params, many, context)

    def _noting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def ask(view: Any, sql: str, *, is_last: bool = False, **values: Any) -> Any:
            self.planned.append((sql, values))
            with self._timed("the statement"):
                return original(view, sql, is_last=is_last, **values)

        return ask

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took_ms = (time.perf_counter() - began) * 1000
        self.asked[name] = self.asked.get(name, 0.0) + took_ms

    def statement(self) -> Statement:
        if len(self.planned) != 1:
            raise LookupError(f"Recall looked through memories {len(self.planned)} times.")
        return self.planned[0]

    def steps(self) -> dict[str, float]:
        """Milliseconds by statement, and of what is not in the database."""
        named = {" ".join(name.split())[:48]: took_ms for name, took_ms in self.asked.items()}
        return {**named, "all else": self.took_ms - sum(named.values())}


def _served(owner: int, audience: Any, question: str, now: Any) -> tuple[float]:
    """The service's milliseconds, with nothing of the question in a cache."""
    from memories.embedding.embedding import embedder
    from memories.recall import caches
    from memories.recall.recall import recall

    caches.touch([owner])
    embedder().clear()
    began = time.perf_counter()
    recall(owner, audience, question, now=now, limit=LIMIT)
    return ((time.perf_counter() - began) * 1000,)


def _bare(owner: int, audience: Any, statement: Statement) -> tuple[float, float]:
    """The milliseconds of the statement under an open view, and with opening it and its end: what
    the database asks of anybody who reads as that speaker."""
    from memories.view import seen_by

    sql, values = statement
    opening = time.perf_counter()
    with seen_by(owner, audience) as view:
        began = time.perf_counter()
        view.planned(sql, **values)
        ended = time.perf_counter()
    return (ended - began) * 1000, (time.perf_counter() - opening) * 1000


def _nearest(owner: int, question: str) -> float:
    from django.db import connection

    from memories.embedding.embedding import embed

    (vector,) = embed([question], use="query")
    with connection.cursor() as cursor:
        began = time.perf_counter()
        # An expression of the distance, so that no index is taken: these ten are the true ones.
        cursor.execute(
            "SELECT id FROM memories_memory WHERE owner_id = %s AND embedding_model_id = %s"
            " ORDER BY (embedding <=> %s::halfvec) + 0 LIMIT 10",
            [owner, vector.model_id, vector.to_text()],
        )
        cursor.fetchall()
        return (time.perf_counter() - began) * 1000


def _ten(
    owner: int, audience: Any, question: str, now: Any, kinds: tuple[str, ...]
) -> tuple[set[int], float]:
    from memories.recall.recall import recall

    with _Watched() as watched:
        hits = recall(owner, audience, question, now=now, limit=10, kinds=kinds, floor=False)
    if bool(kinds) == ("memories_candidates" in watched.statement()[0]):
        raise LookupError("What is compared here are the narrowed statement and the whole one.")
    return {one.id for one in hits}, watched.took_ms


def _explain(name: str, owner: int, audience: Any, statement: Statement) -> None:
    from memories.view import seen_by

    sql, values = statement
    with seen_by(owner, audience) as view:
        lines = view.planned("EXPLAIN (ANALYZE, BUFFERS) " + sql, **values)
        print(f"\n--- {name}", *(line for (line,) in lines), sep="\n", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
