"""How long it takes to forget somebody who said much, and how long their rooms wait meanwhile.

    python -m benchmarks.forgetting

Rows are written by SQL (`benchmarks.desk_rows`): a year of talk, and in it one person who said
10,000 lines in the rooms there are, each answered, and remembered by two who heard it. What would
go is shown, then the person is forgotten, while others say something in one of the rooms again and
again. The figures are how long each took, and the longest that a line waited meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from benchmarks.desk_rows import fill, insert
from benchmarks.report import Report, Target, finish
from benchmarks.society import Society

MESSAGES, MEMORIES, SAID = 100_000, 20_000, 10_000
BETWEEN_S = 0.2
TARGETS = (
    Target("forget_s", "≤", 15),
    Target("forget_waits_s", "≤", 15),
    Target("preview_s", "≤", 15),
    Target("preview_waits_s", "≤", 1),
)
_TALK = 50
# What one person said, one line of three in talks of their own, and what came of it.
LIFE: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "conversations_conversation",
        {
            "channel_id": "rooms.ids[1 + n %% cardinality(rooms.ids)]",
            "kind": "'with_people'",
            "status": "'closed'",
            "close_reason": "'idle'",
            "message_count": "2 * %(talk)s",
            "summary": "'Wendeline spoke of the tide, number ' || n || '.'",
            **dict.fromkeys(
                ("started_at", "last_message_at", "closed_at"),
                "now() - (%(talks)s - n) * interval '300 days' / %(talks)s",
            ),
        },
        """generate_series(1, %(talks)s) n,
        (SELECT array_agg(id ORDER BY id) AS ids FROM conversations_channel) rooms""",
    ),
    (
        "conversations_message",
        {
            "conversation_id": "c.id",
            "number": "n",
            "character_id": "CASE WHEN n %% 2 = 0 THEN c.cast[1 + n %% cardinality(c.cast)] END",
            "person_id": "CASE WHEN n %% 2 = 1 THEN %(person)s END",
            "role": "CASE WHEN n %% 2 = 0 THEN 'assistant' ELSE 'user' END",
            "content": "CASE WHEN n %% 2 = 0 THEN 'So the boat lies there, then.' ELSE 'My boat "
            "number ' || c.id || ' lies behind the mill since day ' || n || ', painted by me.' END",
            "image_urls": "'[]'",
            "created_at": "c.started_at + n * interval '20 seconds'",
        },
        """(SELECT t.*, (SELECT array_agg(id ORDER BY id) FROM characters_character) AS cast
            FROM conversations_conversation t WHERE t.summary LIKE 'Wendeline%%') c,
        generate_series(1, 2 * %(talk)s) n ORDER BY c.id, n""",
    ),
    (
        "conversations_participant",
        {
            "conversation_id": "id",
            "person_id": "%(person)s",
            "message_count": "%(talk)s",
            "joined_at": "started_at",
        },
        "conversations_conversation WHERE summary LIKE 'Wendeline%%'",
    ),
    (
        "conversations_turn",
        {
            "conversation_id": "a.conversation_id",
            "number": "a.number",
            "status": "'done'",
            "action": "'speak'",
            "move": "'reply'",
            "trigger": "'person'",
            "reason": "'spoken to'",
            "chosen_id": "a.character_id",
            "answers_id": "m.id",
            **dict.fromkeys(("due_at", "decided_at", "finished_at"), "a.created_at"),
        },
        """conversations_message m JOIN conversations_message a
          ON a.conversation_id = m.conversation_id AND a.number = m.number + 1
        WHERE m.person_id = %(person)s ORDER BY m.id""",
    ),
    (
        "audit_llmcall",
        {
            "purpose": "'speak'",
            "provider": "'bench'",
            "model": "'m'",
            "character_id": "t.chosen_id",
            "conversation_id": "t.conversation_id",
            "status": "'done'",
            "request": "jsonb_build_object('messages', jsonb_build_array(jsonb_build_object("
            "'role', 'user', 'content', repeat('identity, style; ', 50) || 'Wendeline: ' || "
            "m.content)))",
            "response": "'So the boat lies there, then.'",
            "started_at": "t.decided_at",
        },
        """conversations_turn t JOIN conversations_message m ON m.id = t.answers_id
        WHERE m.person_id = %(person)s ORDER BY t.id""",
    ),
    (
        "memories_memory",
        {
            "owner_id": "who.cast[1 + (m.id / 2 + n) %% cardinality(who.cast)]",
            "kind": "'conversation'",
            "content": "'Wendeline said: ' || m.content",
            "provenance": "'witnessed'",
            "importance": "2 + m.id %% 7",
            "confidence": "1",
            "visibility": "'basic'",
            "tier": "'short'",
            "strength": "1",
            "occurred_at": "m.created_at",
            "content_hash": "md5(m.id || 'life')",
            "source_message_id": "m.id",
            "told_by_person_id": "%(person)s",
        },
        """conversations_message m, generate_series(1, 2) n,
        (SELECT array_agg(id ORDER BY id) AS cast FROM characters_character) who
        WHERE m.person_id = %(person)s ORDER BY m.id""",
    ),
    (
        "memories_derivation",
        {"memory_id": "id", "from_message_id": "source_message_id"},
        "memories_memory WHERE told_by_person_id = %(person)s",
    ),
    (
        "conversations_turnmemory",
        {"turn_id": "t.id", "memory_id": "m.id", "rank": "1", "score": ".5"},
        """conversations_turn t JOIN memories_memory m ON m.source_message_id = t.answers_id
          AND m.owner_id = t.chosen_id WHERE m.told_by_person_id = %(person)s""",
    ),
    (
        "memories_personfact",
        {
            "person_id": "%(person)s",
            "fact_type": "'hobby'",
            "fact_content": "'sails boat ' || id",
            "category": "'hobby'",
            "source": "'conversation'",
            "temporal_relevance": "'present'",
            "visibility": "'basic'",
            "is_active": "true",
            "extracted_from_message_id": "id",
            "extraction_context": "content",
            "learned_at": "created_at",
        },
        "conversations_message WHERE person_id = %(person)s AND id %% 20 = 1",
    ),
    (
        "memories_entitymention",
        {
            "entity_id": "(SELECT min(id) FROM memories_entity)",
            "memory_id": "id",
            "start": "0",
            "\"end\"": "4",
        },
        "memories_memory WHERE told_by_person_id = %(person)s",
    ),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--said", type=int, default=SAID, help="lines that the person said")
    parser.add_argument("--messages", type=int, default=MESSAGES, help="lines of all others")
    asked = parser.parse_args()
    report = Report("forgetting", TARGETS)
    with Society(rooms=4):
        filled = fill(asked.messages, MEMORIES)
        person = live_through(asked.said)
        report.notes = {"rows": filled, "said": asked.said, "rooms": 4}
        measure(report, person)
    return finish(report)


def live_through(said: int) -> Any:
    """Write the life of one person. Returns the person."""
    from django.db import connection
    from django.utils import timezone

    from characters.models import Person

    person = Person.objects.create(
        username="Wendeline", first_seen_at=timezone.now() - timezone.timedelta(days=301)
    )
    values = {"person": person.pk, "talk": _TALK, "talks": max(1, said // _TALK)}
    with connection.cursor() as cursor:
        for table, columns, rows in LIFE:
            insert(cursor, table, columns, rows, values)
        cursor.execute("VACUUM (ANALYZE)")
    return person


def measure(report: Report, person: Any) -> None:
    """How long it takes to say what would go and to have it go, and what others wait."""
    from django.utils import timezone

    from conversations.people.erasure import forget_person, preview

    with somebody_else_talking() as waits:
        began = time.monotonic()
        foreseen = preview(person, timezone.now())
        report.add(preview_s=time.monotonic() - began)
    report.add(preview_waits_s=max(waits))
    with somebody_else_talking() as waits:
        began = time.monotonic()
        receipt = forget_person(person, "a keeper", timezone.now())
        report.add(forget_s=time.monotonic() - began)
    report.add(forget_waits_s=max(waits), rows=sum(receipt.counts.values()))
    report.details = {"receipt": receipt.counts, "foreseen": foreseen}


@contextlib.contextmanager
def somebody_else_talking() -> Iterator[list[float]]:
    """Others say something in a room again and again. What is yielded grows by how long
    each line took, in seconds."""
    from django.db import connection

    from characters.models import Person
    from conversations.models import Channel
    from conversations.services import record_incoming

    room = Channel.objects.order_by("pk")[0]
    others = cycle(Person.objects.filter(username__startswith="visitor"))  # none writes fast
    waits: list[float] = []
    over = threading.Event()

    def talk() -> None:
        try:
            while not over.is_set():
                began = time.monotonic()
                record_incoming(room.pk, next(others), "It rains again today.")
                waits.append(time.monotonic() - began)
                over.wait(BETWEEN_S)
        finally:
            connection.close()

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        yield waits
    finally:
        over.set()
        talking.join()


if __name__ == "__main__":
    raise SystemExit(main())
