"""The daily acts: what a keeper does from the desk's first page with one click.

offer("Start a scene", "admin:conversations_scene", icon="theater_comedy",
      permission="conversations.change_conversation")
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

_offered: list[Act] = []
_offered_on: dict[type[Model], list[Act]] = {}


@dataclass(frozen=True, slots=True)
class Act:
    """A page where something is done, and who may do it."""

    title: str
    page: str
    icon: str
    permission: str
    row: int | None = None

    @property
    def address(self) -> str:
        """Where it is done."""
        return reverse(self.page, args=() if self.row is None else (self.row,))


def offer(title: str, page: str, *, icon: str, permission: str) -> None:
    """Show an act on the desk's first page to those who may do it."""
    _offered.append(Act(title, page, icon, permission))


def offer_on(model: type[Model], title: str, page: str, *, icon: str, permission: str) -> None:
    """The same on the page of each row of `model`; the address has the row's key."""
    _offered_on.setdefault(model, []).append(Act(title, page, icon, permission))


def acts(request: HttpRequest) -> list[Act]:
    """What this keeper may do."""
    return [act for act in _offered if request.user.has_perm(act.permission)]


def acts_on(request: HttpRequest, row: Model) -> list[Act]:
    """What this keeper may do with a row."""
    offered = _offered_on.get(type(row), ())
    return [replace(act, row=row.pk) for act in offered if request.user.has_perm(act.permission)]
