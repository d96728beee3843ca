"""What keepers do by the actions of lists, among their other actions."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model
from django.http import HttpRequest

from audit.trail.actions import record_action
from characters.admin.lists import record_with

MOST_NAMED = 200


def record(request: HttpRequest, rows: Sequence[Model], what: str) -> None:
    """One row for an action, whatever number of rows it was done to."""
    if not rows:
        return
    kind = rows[0]._meta.label_lower
    record_action(
        "rows.action",
        rows[0] if len(rows) == 1 else kind,
        changes={"what": what, "rows": [row.pk for row in rows[:MOST_NAMED]], "number": len(rows)},
        request=request,
    )


record_with(record)
