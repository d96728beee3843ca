"""The keeper's desk: Django's admin in the dress of django-unfold.

Its colours come from a style sheet, not from a style in each page, and its scripts need no eval:
see docs/decisions/0014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import URLPattern

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

    def extra_urls(self) -> list[URLPattern]:
        """The pages of the daily acts, beside those of the models."""
        from characters.admin.acts import addresses

        return addresses(self)
