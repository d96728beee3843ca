"""The daily acts: what a keeper does from the desk's first page with one click.

offer("Start a scene", "admin:conversations_scene", icon="theater_comedy",
      permission="conversations.change_conversation")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from characters.admin.pages import ActPage

_offered: list[Act] = []
_pages: list[tuple[str, str, type[ActPage]]] = []


def always(row: Any) -> bool:
    """Most acts fit every row."""
    return True


@dataclass(frozen=True, slots=True)
class Act:
    """A page where something is done, and who may do it."""

    title: str
    page: str
    icon: str
    permission: str
    model: type[Model] | None = None
    beside: type[Model] | None = None
    fits: Callable[[Any], bool] = always
    row: int | None = None

    def is_for(self, request: HttpRequest) -> bool:
        """Whether this keeper may do it."""
        return request.user.has_perm(self.permission)

    @property
    def address(self) -> str:
        """Where it is done."""
        return reverse(self.page, args=() if self.row is None else (self.row,))


def offer(name: str, page: type[ActPage], *, icon: str, is_shown: bool = True) -> None:
    """Have an act be done at a page of its own, and show it where it belongs."""
    key = name.replace("-", "_")
    route = f"acts/{name}/" if page.model is None else f"acts/{name}/<int:object_id>/"
    _pages.append((route, f"act_{key}", page))
    if is_shown:
        _offered.append(
            Act(
                page.title, f"admin:act_{key}", icon, page.permission,
                page.model, page.beside, page.fits,
            )
        )  # fmt: skip


def offer_link(
    title: str, page: str, *, icon: str, permission: str, beside: type[Model] | None = None
) -> None:
    """The same for a page that stands elsewhere already."""
    _offered.append(Act(title, page, icon, permission, beside=beside))


def offer_on(model: type[Model], title: str, page: str, *, icon: str, permission: str) -> None:
    """The same on the page of each row of `model`; the address has the row's key."""
    _offered.append(Act(title, page, icon, permission, model))


def addresses(site: AdminSite) -> list[URLPattern]:
    """The addresses of all acts."""
    return [path(route, site.admin_view(page.as_view()), name=name) for route, name, page in _pages]


def acts(request: HttpRequest) -> list[Act]:
    """What this keeper may do from the desk."""
    return [act for act in _offered if act.model is None and act.is_for(request)]


def acts_on(request: HttpRequest, row: Model) -> list[Act]:
    """What this keeper may do with a row."""
    own = (act for act in _offered if act.model is type(row) and act.is_for(request))
    return [replace(act, row=row.pk) for act in own if act.fits(row)]


def acts_beside(request: HttpRequest, model: type[Model]) -> list[Act]:
    """What this keeper may do from the list of a model's rows."""
    return [act for act in _offered if act.beside is model and act.is_for(request)]
