"""The keeper's desk: Django's admin in the dress of django-unfold.

Its colours come from a style sheet, not from a style in each page, and its scripts need no eval:
see docs/decisions/0014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import URLPattern

from fishbowl.desk import side_bar

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as ThemedSite
else:
    from unfold.sites import UnfoldAdminSite as ThemedSite


class Desk(ThemedSite):
    """The one admin site."""

    site_header = site_title = "Fishbowl"
    index_title = "The keeper's desk"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page is given; without the colours that the theme would write into it."""
        return {**super().each_context(request), "colors": None}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """What this keeper may see. A page asks for it up to three times, and most of what a page
        takes would go into asking after each permission and address again."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        found: list[dict[str, Any]] | None = getattr(request, "desk_apps", None)
        if found is None:
            found = request.desk_apps = super().get_app_list(request)  # type: ignore[attr-defined]
        return found

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The side bar, as our own template of it reads it."""
        return side_bar(request)

    def extra_urls(self) -> list[URLPattern]:
        """The pages of the daily acts, beside those of the models."""
        from characters.admin.acts import addresses

        return addresses(self)
