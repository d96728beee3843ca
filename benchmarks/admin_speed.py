"""The keeper's lists at a million messages and a hundred thousand memories.

    python -m benchmarks.admin_speed

Rows are written by SQL. Every list of the admin is asked for as a keeper's browser does (but for
the network): its first page, a later one, a search where it searches, and each of its filters'
first choices. Each request is made several times; the figures are of all of them together and of
each list by itself.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society

MESSAGES, MEMORIES = 1_000_000, 100_000
TIMES = 5
A_TALK = 50  # messages of a conversation
LIMIT_MS = 300
TARGETS = (
    Target("list_ms_p95", "≤", LIMIT_MS),
    Target("slowest_list_ms_p95", "≤", LIMIT_MS),
    Target("desk_ms_p95", "≤", 2 * LIMIT_MS),
)

# Table, columns, and where the rows come from. Columns that aren't named and must have a value get
# an empty one. Everything hangs on rows that are there: the cast, its rooms, what is made first.
FILL: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "characters_person",
        {
            "username": "'visitor' || n",
            "is_active": "true",
            "timezone": "'UTC'",
            "consent_level": "'full'",
            "web_key": "md5(n::text)",
            "quiet_hours": "'[]'",
        },
        "generate_series(1, 2000) n",
    ),
    (
        "conversations_conversation",
        {
            "channel_id": "rooms.ids[1 + n %% cardinality(rooms.ids)]",
            "kind": "'with_people'",
            "status": "'closed'",
            "close_reason": "'idle'",
            "message_count": "%(talk)s",
            **dict.fromkeys(
                ("started_at", "last_message_at", "closed_at"),
                "now() - (%(talks)s - n) * interval '26 minutes'",
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
            "character_id": "CASE WHEN n %% 3 > 0 "
            "THEN who.cast[1 + (c.id + n) %% cardinality(who.cast)] END",
            "person_id": "CASE WHEN n %% 3 = 0 "
            "THEN who.people[1 + (c.id * 7 + n) %% cardinality(who.people)] END",
            "role": "CASE WHEN n %% 3 > 0 THEN 'assistant' ELSE 'user' END",
            "content": "'The ' || who.words[1 + (c.id + n) %% 8] || ' is out past the ' || "
            "who.words[1 + (c.id * 3 + n) %% 8] || ', and nobody saw it go, number ' || n || '.'",
            "image_urls": "'[]'",
            "created_at": "c.started_at + n * interval '20 seconds'",
        },
        """(SELECT * FROM conversations_conversation WHERE status = 'closed') c,
        generate_series(1, %(talk)s) n,
        (SELECT (SELECT array_agg(id ORDER BY id) FROM characters_character) AS cast,
            (SELECT array_agg(id ORDER BY id) FROM characters_person) AS people,
            ARRAY['tide','bar','lamp','ferry','kettle','storm','rope','gull'] AS words) who
        ORDER BY c.id, n""",
    ),
    (
        "conversations_delivery",
        {
            "message_id": "id",
            "surface": "'web'",
            "status": "'sent'",
            "nonce": "gen_random_uuid()",
            "next_attempt_at": "created_at",
            "sent_at": "created_at",
        },
        "conversations_message ORDER BY id LIMIT %(messages)s / 2",
    ),
    (
        "conversations_turn",
        {
            "conversation_id": "conversation_id",
            "number": "number",
            "status": "'done'",
            "action": "'speak'",
            "move": "'reply'",
            "trigger": "'character'",
            "chosen_id": "character_id",
            **dict.fromkeys(("due_at", "decided_at", "finished_at"), "created_at"),
        },
        """conversations_message WHERE character_id IS NOT NULL
        ORDER BY id LIMIT %(messages)s / 2""",
    ),
    (
        "audit_llmcall",
        {
            "purpose": "'speak'",
            "provider": "'bench'",
            "model": "'m'",
            "character_id": "chosen_id",
            "conversation_id": "conversation_id",
            "status": "CASE WHEN id %% 97 = 0 THEN 'failed' ELSE 'done' END",
            "response": "'The tide is out.'",
            "started_at": "decided_at",
        },
        "conversations_turn ORDER BY id LIMIT %(messages)s / 2",
    ),
    (
        "memories_memory",
        {
            "owner_id": "character_id",
            "kind": "'conversation'",
            "content": "'Somebody said: ' || content || ' ' || id",
            "provenance": "'witnessed'",
            "importance": "2 + id %% 7",
            "confidence": "1",
            "visibility": "'basic'",
            "tier": "'short'",
            "strength": "1",
            "occurred_at": "created_at",
            "content_hash": "md5(id::text)",
        },
        """conversations_message WHERE character_id IS NOT NULL
        ORDER BY id DESC LIMIT %(memories)s""",
    ),
    (
        "characters_moodchange",
        {
            "character_id": "chosen_id",
            "valence": "0.1",
            "delta_valence": "0.05",
            "trigger_type": "'conversation'",
            "description": "'what was said sounded warm'",
            "recorded_at": "decided_at",
        },
        "conversations_turn ORDER BY id LIMIT %(messages)s / 5",
    ),
)
# Columns that want a value, as long as the database gives none.
WANTED = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO'
      AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
"""
EMPTY = {
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "timestamp with time zone": "now()",
    "date": "now()",
    "character varying": "''",
    "text": "''",
    "inet": "NULL",
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--memories", type=int, default=MEMORIES)
    parser.add_argument("--times", type=int, default=TIMES)
    asked = parser.parse_args()
    report = Report("admin_speed", TARGETS)
    with Society(rooms=4):
        began = time.monotonic()
        filled = fill(asked.messages, asked.memories)
        report.notes = {
            "rows": filled,
            "filled_s": round(time.monotonic() - began),
            "times": asked.times,
            "asked": "a list's first page, page 40, a search, and its filters, without a network",
        }
        measure(report, asked.times)
    return finish(report)


def fill(messages: int, memories: int) -> dict[str, int]:
    """Write the rows. How many of each there are."""
    from django.db import connection

    from conversations.models import Channel

    values = {
        "talk": A_TALK,
        "talks": messages // A_TALK,
        "messages": messages,
        "memories": memories,
        "rooms": Channel.objects.count(),
    }
    found = {}
    with connection.cursor() as cursor:
        for table, columns, rows in FILL:
            cursor.execute(WANTED, [table])
            empty = {
                name: EMPTY.get(kind, "0")
                for name, kind in cursor.fetchall()
                if name not in columns
            }
            given = {**empty, **columns}
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(given)}) "  # noqa: S608 - of our own words
                f"SELECT {', '.join(given.values())} FROM {rows}",
                values,
            )
            found[table] = cursor.rowcount
        cursor.execute("VACUUM (ANALYZE)")
    return found


def measure(report: Report, times: int) -> None:
    """How long each list takes."""
    from django.contrib import admin
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.test.utils import setup_test_environment, teardown_test_environment
    from django.urls import reverse

    keeper = get_user_model().objects.create_superuser("bench", password="bench")  # noqa: S106
    client = Client(headers={"host": "localhost"})
    client.force_login(keeper)
    every: list[float] = []
    slowest = 0.0
    addresses = {
        model: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    }
    setup_test_environment()  # so that a page tells what filters it has
    queries = {model: requests_of(client, address) for model, address in addresses.items()}
    teardown_test_environment()
    for model, address in addresses.items():
        asked = queries[model]
        took = {query: [wait(client, address + query) for _ in range(times)] for query in asked}
        waits = [one for found in took.values() for one in found]
        every += waits
        p95 = percentiles(waits)["p95"]
        worst = max(took, key=lambda query: percentiles(took[query])["p50"])
        report.details[f"{model._meta.label}"] = {
            "p50": round(percentiles(waits)["p50"], 1),
            "p95": round(p95, 1),
            "slowest": worst,
            "slowest_p50": round(percentiles(took[worst])["p50"], 1),
        }
        slowest = max(slowest, p95)
    report.add(**percentiles(every, prefix="list_ms_"))
    report.add(slowest_list_ms_p95=slowest, lists=len(report.details))
    desk = [wait(client, reverse("admin:index")) for _ in range(4 * times)]
    report.add(**percentiles(desk, prefix="desk_ms_"))
    page = reverse("admin:characters_character_change", args=[_somebody()])
    report.add(
        **percentiles([wait(client, page) for _ in range(2 * times)], prefix="character_ms_")
    )


def requests_of(client: Any, address: str) -> list[str]:
    """What to ask of a list: pages, a search, and of each filter its second and its last choice."""
    listed = client.get(address).context["cl"]
    asked = ["", "?p=40"] if listed.result_count > 40 * listed.list_per_page else [""]
    asked.append("?q=kettle")
    for spec in listed.filter_specs:
        choices = list(spec.choices(listed))
        asked += [
            choices[at]["query_string"] for at in {min(1, len(choices) - 1), len(choices) - 1}
        ]
    return list(dict.fromkeys(asked))


def wait(client: Any, address: str) -> float:
    """How long a page takes, in milliseconds."""
    began = time.perf_counter()
    answer = client.get(address)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, (address, answer.status_code)
    return took


def _somebody() -> int:
    from characters.models import Character

    return int(Character.objects.order_by("pk").values_list("pk", flat=True)[0])


if __name__ == "__main__":
    raise SystemExit(main())
