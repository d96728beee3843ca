"""How long it takes to assemble what a speaker has before its mind, out of the rows.

    python -m benchmarks.assembly

A society with 2,400 messages in six rooms, the last hundreds of them spoken by real turns with two
people among them; then, for turns all over it, `load_brief` and the prompt's `build` again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from random import Random
from typing import Any

from benchmarks.model import sentence
from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society, keep_lively

ROOMS, MESSAGES, ASSEMBLED = 6, 2400, 600
TURNS, A_TALK = 360, 25
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
    """Have rooms with a history, and some hundreds of turns on top of it, people among them."""
    from django.utils import timezone

    from characters.models import Person
    from conversations import nudges
    from conversations.floor import director
    from conversations.models import Channel, Message, Turn
    from conversations.services import record_incoming
    from conversations.turns import turns

    people = [Person.objects.create(username=name, web_key=name) for name in ("Ada", "Ben")]
    rooms = list(Channel.objects.order_by("pk"))
    for number, room in enumerate(rooms):
        remember(room, wanted // len(rooms) - TURNS // len(rooms), Random(number))
    rng = Random(7)
    with nudges.held_back():
        while Message.objects.count() < wanted:
            for room in rooms:
                if rng.random() < 0.05:
                    person = rng.choice(people)
                    Message.objects.filter(person=person).update(
                        created_at=timezone.now() - dt.timedelta(minutes=1)
                    )  # so that nobody is told to slow down
                    record_incoming(room.pk, person, "And what of the tide, is it in?")
                turn = director.look(room.pk)
                if turn is None or turn.status != Turn.Status.PLANNED:
                    keep_lively()
                else:
                    turns.take(turn.pk)


def remember(room: Any, count: int, rng: Random) -> None:
    """What was said in a room over the last days, in conversations of 25 messages."""
    from django.utils import timezone

    from conversations.models import Conversation, ConversationContext, Message
    from memories.embedding.embedding import embed

    cast = list(room.residents.all())
    began = timezone.now() - dt.timedelta(days=3)
    for start in range(0, count, A_TALK):
        at = began + dt.timedelta(minutes=3 * start)
        size = min(A_TALK, count - start)
        talk = Conversation.objects.create(
            channel=room, started_at=at, closed_at=at + dt.timedelta(hours=1), message_count=size,
            status=Conversation.Status.CLOSED, last_message_at=at + dt.timedelta(minutes=size),
        )  # fmt: skip
        ConversationContext.objects.create(conversation=talk)
        texts = [sentence(rng) for _ in range(size)]
        Message.objects.bulk_create(
            Message(
                conversation=talk, number=number, character=rng.choice(cast), content=text,
                role=Message.Role.ASSISTANT, created_at=at + dt.timedelta(minutes=number),
                token_count=len(text) // 4, embedding=vector, embedding_model_id=vector.model_id,
            )
            for number, (text, vector) in enumerate(zip(texts, embed(texts), strict=True), 1)
        )  # fmt: skip


def measure(count: int) -> tuple[list[float], list[float], list[float], list[float], list[float]]:
    """Milliseconds of load, of build and of both; queries and prompt tokens of each assembly."""
    from django.db import connection
    from django.utils import timezone

    from conversations.models import Turn
    from conversations.turns.prompts import build
    from conversations.turns.turns import load_brief

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

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked[0] += 1
        return execute(sql, params, many, context)

    for number in range(-20, count):
        turn = turns[number % len(turns)]
        asked[0] = 0
        with connection.execute_wrapper(note):
            began = time.perf_counter()
            brief, _ = load_brief(turn, turn.conversation.channel, timezone.now())
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
