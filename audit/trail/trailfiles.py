"""The audit trail written out, a line a row: as JSON for machines, as CSV for tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from audit.trail.chain import SOURCES

NAMES: Mapping[str, str] = {
    "actions": "audit_adminaction",
    "edits": "auditlog_logentry",
    "security": "audit_securityevent",
}
COLUMNS = ("link", "source", "id", "at", "actor", "what", "resource", "ip", "detail", "digest")
AT_ONCE = 500
# What of each table stands in which column; the rest is its detail.
_ASKED = {
    "audit_adminaction": """
        one.occurred_at, one.actor_name, one.action_type, one.resource_affected,
        host(one.ip_address),
        jsonb_build_object('changes', one.changes_made, 'user_agent', one.user_agent)
    """,
    "auditlog_logentry": """
        one.timestamp, coalesce(account.username, one.additional_data ->> 'name', ''),
        (ARRAY['created', 'changed', 'deleted', 'seen'])[one.action + 1],
        kind.app_label || '.' || kind.model || ':' || one.object_pk, host(one.remote_addr),
        jsonb_build_object('named', one.object_repr, 'changes', one.changes)
    """,
    "audit_securityevent": """
        one.occurred_at, one.actor_name, one.event_type, one.severity, host(one.source_ip),
        jsonb_build_object(
            'data', one.event_data, 'resolved', one.resolved, 'resolved_at', one.resolved_at,
            'resolution', one.resolution
        )
    """,
}
_JOINED = {
    "auditlog_logentry": """
        LEFT JOIN auth_user AS account ON account.id = one.actor_id
        LEFT JOIN django_content_type AS kind ON kind.id = one.content_type_id
    """
}


def rows(
    names: Iterable[str], since: dt.date | None = None, until: dt.date | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows of these parts of the trail, each part in the order of its chain."""
    for name in names:
        table = NAMES[name]
        after = 0
        while found := _some(table, after, since, until):
            after = found[-1][0]
            yield from ((row[0], name, *row[1:]) for row in found)


def _some(
    table: str, after: int, since: dt.date | None, until: dt.date | None
) -> list[tuple[Any, ...]]:
    when = SOURCES[table].when
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT link.number, one.id, {_ASKED[table]}, encode(link.digest, 'hex')
            FROM audit_chainlink AS link
            JOIN {table} AS one ON one.id = link.row_id {_JOINED.get(table, "")}
            WHERE link.source = %s AND link.number > %s
                AND (%s::date IS NULL OR one.{when} >= %s::date)
                AND (%s::date IS NULL OR one.{when} < %s::date)
            ORDER BY link.number LIMIT %s
            """,  # noqa: S608 - put together from the constants above
            [table, after, since, since, until, until, AT_ONCE],
        )
        return list(cursor.fetchall())


def lines(
    names: Iterable[str],
    form: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Iterator[str]:
    """The trail as text, line by line, so that a big one fits into any memory."""
    yield from FORMATS[form](rows(names, since, until))


def _as_jsonl(found: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    for row in found:
        named = dict(zip(COLUMNS, row, strict=True))
        named["detail"] = json.loads(named["detail"])
        yield json.dumps(named, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"


def _as_csv(found: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield _csv_line(COLUMNS)
    for row in found:
        yield _csv_line(
            [_cell(value.isoformat() if isinstance(value, dt.datetime) else value) for value in row]
        )


def _csv_line(values: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _cell(value: Any) -> Any:
    """What a table program would take for a formula is given to it as text."""
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if is_formula else value


FORMATS: Mapping[str, Callable[[Iterable[tuple[Any, ...]]], Iterator[str]]] = {
    "csv": _as_csv,
    "jsonl": _as_jsonl,
}
