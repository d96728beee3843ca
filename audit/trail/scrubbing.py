"""The audit trail when somebody is forgotten: what told of them is blanked, that it happened stays.

The database lets a row be blanked whole and no other way (migration 0007), and a verification
counts how many were. See docs/decisions/0018.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from audit.models import AdminAction
from audit.trail.chain import SOURCES

# Where people's names and words stand: in what is edited elsewhere a name is a word like others.
ABOUT_PEOPLE = Q(content_type__app_label__in=("conversations", "memories")) | Q(
    content_type__app_label="characters",
    content_type__model__in=("person", "membership", "personpreference", "relationship"),
)


def blank_trail(
    rows: Iterable[tuple[type[Model], Collection[int]]],
    pattern: str,
    since: dt.datetime,
    account: str = "",
) -> Counter[str]:
    """Blank the edits of these rows, and those since then that name somebody: `pattern` is a
    regular expression of the database's. `account` is the name under which they acted themselves.
    Returns how many rows of each kind were blanked."""
    counts: Counter[str] = Counter()
    of_rows = Q()
    for model, ids in rows:
        kind = ContentType.objects.get_for_model(model)
        of_rows |= Q(content_type=kind, object_id__among=frozenset(ids))
    named = Q(told__iregex=pattern) | Q(object_repr__iregex=pattern)
    edits = LogEntry.objects.annotate(told=Cast("changes", TextField())).filter(
        of_rows
        | Q(ABOUT_PEOPLE, named, timestamp__gte=since)
        | (Q(additional_data__name=account) if account else Q(pk=None))
    )
    counts["auditlog.LogEntry (blanked)"] = _blank(edits)
    if account:
        counts["audit.AdminAction (blanked)"] = _blank(
            AdminAction.objects.filter(actor_name=account)
        )
    return counts


def _blank(rows: QuerySet[LogEntry] | QuerySet[AdminAction]) -> int:
    """The one change that the database lets through."""
    blank = SOURCES[rows.model._meta.db_table].blank
    return rows.model._default_manager.filter(
        pk__among=list(rows.exclude(**blank).values_list("pk", flat=True))
    ).update(**blank)
