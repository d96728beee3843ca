"""How long it takes to assemble what a speaker has before its mind, out of the rows.

    python -m benchmarks.assembly

A society with 2,400 messages in six rooms (by the starter world's characters, two people and the
offline voice); then, for turns all over it, `load_brief` and the prompt's `build`, again and again.
"""

from __future__ import annotations

import argparse
import time
from random import Random

from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society, keep_lively

ROOMS, MESSAGES, ASSEMBLED = 6, 2400, 600
TARGETS = (Target("assembly_ms_p95", "≤", 20),)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--assemblies", type=int, default=ASSEMBLED)
    asked = parser.parse_args()
    report = Report("assembly", TARGETS)
    with Society(rooms=ROOMS):
        from conversations.models import Message

        fill(asked.messages)
        load_ms, build_ms, whole_ms, queries, sizes = measure(asked.assemblies)
        report.notes = {
            "messages": Message.objects.count(),
            "rooms": ROOMS,
            "assemblies": len(whole_ms),
            "of": "load_brief (queries and all) and build, one thread, one warm connection",
        }
    report.add(**percentiles(whole_ms, prefix="assembly_ms_"))
    report.add(**percentiles(load_ms, prefix="load_brief_ms_"))
    report.add(**percentiles(build_ms, prefix="build_ms_"))
    report.add(queries=sum(queries) / len(queries), prompt_tokens_p50=percentiles(sizes)["p50"])
    return finish(report)


def fill(wanted: int) -> None:
    """Have the society talk, people among it, until it has said so much."""
    from django.utils import timezone

    from characters.models import Person
    from conversations import director, nudges, turns
    from conversations.models import Channel, Message, Turn
    from conversations.services import record_incoming

    people = [Person.objects.create(username=name, web_key=name) for name in ("Ada", "Ben")]
    rooms = list(Channel.objects.values_list("pk", flat=True))
    rng = Random(7)
    with nudges.held_back():
        said = 0
        while said < wanted:
            for channel_id in rooms:
                if rng.random() < 0.05:
                    person = rng.choice(people)
                    Message.objects.filter(person=person).update(
                        created_at=timezone.now() - timezone.timedelta(minutes=1)
                    )  # so that nobody is told to slow down
                    record_incoming(channel_id, person, f"And what of the tide, number {said}?")
                turn = director.look(channel_id)
                if turn is None or turn.status != Turn.Status.PLANNED:
                    keep_lively()
                else:
                    turns.take(turn.pk)
            said = Message.objects.count()


def measure(count: int) -> tuple[list[float], list[float], list[float], list[float], list[float]]:
    """Milliseconds of load, of build and of both; queries and prompt tokens of each assembly."""
    from django.db import connection
    from django.utils import timezone

    from conversations.models import Turn
    from conversations.prompts import build
    from conversations.turns import load_brief

    turns = list(
        Turn.objects.filter(chosen__isnull=False)
        .select_related("chosen", "conversation__channel__scenario")
        .defer("floor", "scores", "rules", "prompt_parts")
        .order_by("-pk")[:count]
    )
    Random(3).shuffle(turns)
    load_ms, build_ms, whole_ms = [], [], []
    queries, sizes = [], []
    asked = [0]

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        asked[0] += 1
        return execute(sql, params, many, context)

    for number in range(-20, count):
        turn = turns[number % len(turns)]
        asked[0] = 0
        with connection.execute_wrapper(note):
            began = time.perf_counter()
            brief = load_brief(turn, turn.conversation.channel, timezone.now())
            loaded = time.perf_counter()
            prompt = build(brief)
            built = time.perf_counter()
        if number < 0:
            continue  # the first few warm the caches up
        load_ms.append((loaded - began) * 1000)
        build_ms.append((built - loaded) * 1000)
        whole_ms.append((built - began) * 1000)
        queries.append(float(asked[0]))
        sizes.append(float(sum(p["tokens"] for p in prompt.parts if not p.get("dropped"))))
    return load_ms, build_ms, whole_ms, queries, sizes


if __name__ == "__main__":
    raise SystemExit(main())
