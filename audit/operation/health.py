"""How the parts of the system stand: signs of life that they give, and what is asked of them."""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction

from audit.models import HealthCheck

SIGN_EVERY_S = 10.0
_signed_at: dict[str, float] = {}


def note(component: str, status: str, now: dt.datetime, detail: str = "") -> bool:
    """Write down how a part stands. Returns whether that has changed."""
    with transaction.atomic():
        last = (
            HealthCheck.objects.select_for_update()
            .filter(component=component)
            .order_by("-since", "-pk")
            .first()
        )
        if last is not None and last.status == status:
            last.checked_at, last.detail = max(now, last.since), detail[:300]
            last.save(update_fields=["checked_at", "detail"])
            return False
        HealthCheck.objects.create(
            component=component, status=status, detail=detail[:300], since=now, checked_at=now
        )
        return True


def give_sign(component: str, now: dt.datetime) -> None:
    """Say that a part lives, every ten seconds at most: what runs often calls it each time."""
    if time.monotonic() - _signed_at.get(component, float("-inf")) >= SIGN_EVERY_S:
        _signed_at[component] = time.monotonic()
        note(component, HealthCheck.Status.OK, now)


def last_sign(component: str) -> dt.datetime | None:
    """When a part last was heard of."""
    return (
        HealthCheck.objects.filter(component=component, status=HealthCheck.Status.OK)
        .order_by("-checked_at")
        .values_list("checked_at", flat=True)
        .first()
    )


def latest() -> list[HealthCheck]:
    """How each part stands, by its name."""
    return list(HealthCheck.objects.order_by("component", "-since", "-pk").distinct("component"))


def forget_signs() -> None:
    """Give the next sign at once."""
    _signed_at.clear()
