"""The chain of audit rows verified: the first row that was altered, taken out or put in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Source:
    """A chained table. `blank` is what its content becomes when somebody is forgotten; `when` is
    the column of its time. Migration 0007 says the same to the database."""

    facts: Sequence[str]
    blank: Mapping[str, Any]
    when: str


SOURCES: Mapping[str, Source] = {
    "audit_adminaction": Source(
        ("id", "actor_id", "action_type", "occurred_at"),
        {
            "actor_name": "",
            "resource_affected": "",
            "changes_made": {"erased": True},
            "ip_address": None,
            "user_agent": "",
        },
        "occurred_at",
    ),
    "audit_securityevent": Source(
        ("id", "event_type", "severity", "actor_id", "occurred_at"),
        {"actor_name": "", "source_ip": None, "event_data": {"erased": True}},
        "occurred_at",
    ),
    "auditlog_logentry": Source(
        (
            "id",
            "content_type_id",
            "object_pk",
            "object_id",
            "action",
            "actor_id",
            "cid",
            "timestamp",
        ),
        {
            "object_repr": "(erased)",
            "serialized_data": None,
            "changes_text": "",
            "changes": {},
            "remote_addr": None,
            "remote_port": None,
            "additional_data": {"erased": True},
            "actor_email": None,
        },
        "timestamp",
    ),
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain breaks. `number` is the link's; a row put in behind the chain has none."""

    number: int | None
    source: str
    row_id: int | None
    what: str

    def __str__(self) -> str:
        row = f"row {self.row_id} of {self.source}" if self.row_id is not None else self.source
        link = f" (link {self.number})" if self.number is not None else ""
        return f"{row}{link} {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found. `head` is the last link's digest: kept elsewhere, it proves later
    that nothing up to it was cut off."""

    links: int
    head: str
    erased: int
    first_break: Break | None

    @property
    def is_whole(self) -> bool:
        return self.first_break is None


# A link whose number does not follow, or that isn't made of the one before.
_LINKS = """
    SELECT number, source, row_id, before_number
    FROM (
        SELECT number, source, row_id, facts, content, digest,
            coalesce(lag(number) OVER walk, 0) AS before_number,
            coalesce(lag(digest) OVER walk, ''::bytea) AS before_digest
        FROM audit_chainlink WINDOW walk AS (ORDER BY number)
    ) AS link
    WHERE number <> before_number + 1 OR digest IS DISTINCT FROM
        audit_link_digest(before_digest, number, source, row_id, facts, content)
    ORDER BY number LIMIT 1
"""
# A row that is gone, or isn't what its link was made of.
_ROWS = """
    SELECT number, row_id, what FROM (
        SELECT link.number, link.row_id, CASE
            WHEN one.id IS NULL THEN 'was taken out'
            WHEN audit_digest(audit_part(to_jsonb(one), %(facts)s)) <> link.facts
                THEN 'was altered'
            WHEN link.salt IS NULL AND to_jsonb(one) <> to_jsonb(one) || %(blank)s::jsonb
                THEN 'was altered after it had been blanked'
            WHEN link.salt IS NOT NULL AND link.content <>
                audit_digest(link.salt || audit_part(to_jsonb(one), %(content)s))
                THEN 'was altered'
            END AS what
        FROM audit_chainlink AS link LEFT JOIN {table} AS one ON one.id = link.row_id
        WHERE link.source = '{table}'
    ) AS found
    WHERE what IS NOT NULL ORDER BY number LIMIT 1
"""
_STRAYS = """
    SELECT one.id FROM {table} AS one
    LEFT JOIN audit_chainlink AS link ON link.source = '{table}' AND link.row_id = one.id
    WHERE link.number IS NULL ORDER BY one.id LIMIT 1
"""


def verify(anchor: str = "") -> Verdict:
    """Walk the whole chain. `anchor` is a head noted earlier, "number:digest": what stood there
    then must stand there now."""
    with connection.cursor() as cursor:
        breaks = [*_broken_links(cursor), *_broken_rows(cursor)]
        if anchor:
            breaks += _broken_anchor(cursor, anchor)
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE salt IS NULL) FROM audit_chainlink")
        links, erased = cursor.fetchone()
        cursor.execute(
            "SELECT number, encode(digest, 'hex') FROM audit_chainlink ORDER BY number DESC LIMIT 1"
        )
        last = cursor.fetchone()
    # What is put in behind the chain comes after all that stands in it.
    breaks.sort(key=lambda found: (found.number is None, found.number or 0, found.source))
    head = f"{last[0]}:{last[1]}" if last else "0:"
    return Verdict(links, head, erased, breaks[0] if breaks else None)


def _broken_links(cursor: Any) -> list[Break]:
    cursor.execute(_LINKS)
    found = cursor.fetchone()
    if found is None:
        return []
    number, source, row_id, before = found
    if number != before + 1:
        return [Break(before + 1, "the chain", None, "is missing")]
    return [Break(number, source, row_id, "has a link that was altered")]


def _broken_rows(cursor: Any) -> list[Break]:
    breaks = []
    for table, source in SOURCES.items():
        values = {
            "facts": list(source.facts),
            "content": list(source.blank),
            "blank": json.dumps(dict(source.blank)),
        }
        cursor.execute(_ROWS.format(table=table), values)
        if (found := cursor.fetchone()) is not None:
            breaks.append(Break(found[0], table, found[1], found[2]))
        cursor.execute(_STRAYS.format(table=table))
        if (stray := cursor.fetchone()) is not None:
            breaks.append(Break(None, table, stray[0], "was put in behind the chain"))
    return breaks


def _broken_anchor(cursor: Any, anchor: str) -> list[Break]:
    number, _, digest = anchor.partition(":")
    if not number.isdigit() or not digest:
        raise ValueError("anchor: give the head that an earlier verification printed, as in 12:ab…")
    if number == "0":
        return []
    cursor.execute(
        "SELECT encode(digest, 'hex') FROM audit_chainlink WHERE number = %s", [int(number)]
    )
    found = cursor.fetchone()
    if found is not None and found[0] == digest:
        return []
    return [Break(int(number), "the chain", None, "is not what it was at the anchor")]
