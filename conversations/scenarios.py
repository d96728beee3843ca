"""Versions of scenarios: each kept whole at every edit of it, compared, and brought back."""

from __future__ import annotations

import difflib
from typing import Any

from django.db import transaction
from django.utils import timezone

from conversations.models import Scenario, ScenarioVersion

KEPT = ("slug", "name", "premise", "rules", "is_adult")
Snapshot = dict[str, Any]


def snapshot(scenario_id: int) -> Snapshot:
    """A scenario as it stands."""
    found: Snapshot = Scenario.objects.values(*KEPT).get(pk=scenario_id)
    return found


@transaction.atomic
def record(
    scenario_id: int, reason: str, *, by: Any = None, before: Snapshot | None = None
) -> ScenarioVersion | None:
    """Keep a scenario as it stands after an edit, and first how it was `before`, where that is in
    no version. None where nothing has changed since the last one."""
    Scenario.objects.select_for_update(no_key=True).get(pk=scenario_id)
    last = ScenarioVersion.objects.filter(scenario=scenario_id).order_by("-number").first()
    if before is not None and (last is None or last.snapshot != before):
        last = _add(scenario_id, before, "as it was found", None, last)
    now = snapshot(scenario_id)
    if last is not None and last.snapshot == now:
        return None
    return _add(scenario_id, now, reason, by, last)


@transaction.atomic
def restore(version: ScenarioVersion, *, by: Any = None) -> ScenarioVersion | None:
    """Bring a scenario back to exactly what it was in a version, which makes another one. None
    where it stands so already."""
    scenario = Scenario.objects.select_for_update(no_key=True).get(pk=version.scenario_id)
    before = snapshot(scenario.pk)
    for name in KEPT:
        setattr(scenario, name, version.snapshot[name])
    scenario.save(update_fields=[*KEPT, "updated_at"])
    return record(scenario.pk, f"version {version.number} restored", by=by, before=before)


def difference(version: ScenarioVersion) -> str:
    """What an edit changed, a line each: what went, and what came."""
    earlier = (
        ScenarioVersion.objects.filter(scenario=version.scenario_id, number__lt=version.number)
        .order_by("-number")
        .first()
    )
    was = earlier.snapshot if earlier else {}
    said = []
    for name in KEPT:
        old, new = (str(one.get(name, "")).splitlines() for one in (was, version.snapshot))
        changed = [
            line
            for line in difflib.unified_diff(old, new, lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))
        ]
        said += [f"{name} {line[0]} {line[1:]}" for line in changed]
    return "\n".join(said)


def _add(
    scenario_id: int, kept: Snapshot, reason: str, by: Any, last: ScenarioVersion | None
) -> ScenarioVersion:
    return ScenarioVersion.objects.create(
        scenario_id=scenario_id,
        number=(last.number if last else 0) + 1,
        snapshot=kept,
        reason=reason[:300],
        created_by=by if by is not None and by.is_authenticated else None,
        created_at=timezone.now(),
    )
