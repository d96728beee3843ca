"""Staff's acts that no row's difference says, written down: one service for whoever does them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from audit.models import AdminAction
from audit.trail.acting import acting, of_request

LONGEST_RESOURCE = 200
LONGEST_NAME = 150


def record_action(
    action_type: str,
    resource: Model | str = "",
    *,
    changes: Mapping[str, Any] | None = None,
    request: HttpRequest | None = None,
    user: Any = None,
    now: dt.datetime | None = None,
) -> AdminAction:
    """Write down what a member of staff does, in the transaction that does it.

    `action_type` is a word in small letters with its subject before a dot: `society.pause`,
    `configuration.rollback`, `person.export`. `resource` is the row it is done to, or a name for
    what has none. `changes` holds JSON; people appear in it by the number of their row, never by
    name or words. Who does it is known from the request or the command under way; `request` and
    `user` say it where neither is.
    """
    who = of_request(request) if request is not None else acting()
    actor = user if user is not None and user.is_authenticated else who.user
    name = actor.get_username() if actor is not None else who.name
    made = dict(changes or {})
    if who.means and who.means != "web":
        made.setdefault("by_means_of", who.means)
    return AdminAction.objects.create(
        actor=actor,
        actor_name=name[:LONGEST_NAME],
        action_type=action_type,
        resource_affected=named(resource)[:LONGEST_RESOURCE],
        changes_made=made,
        ip_address=who.ip,
        user_agent=who.agent,
        occurred_at=now or timezone.now(),
    )


def named(resource: Model | str) -> str:
    """A row as the log names it: its kind and number."""
    if isinstance(resource, str):
        return resource
    return f"{resource._meta.label_lower}:{resource.pk}"
