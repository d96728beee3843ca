"""The house itself as a Django app: its static files, its checks, its Celery app."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class FishbowlConfig(AppConfig):
    """Makes `shared_task` and the system checks known to every process."""

    name = "fishbowl"
    verbose_name = "Fishbowl"

    def ready(self) -> None:
        """Import what registers itself."""
        from fishbowl import celery, checks  # noqa: F401


class DeskConfig(SimpleAdminConfig):
    """Django's admin, whose one site is the keeper's desk. Its pages are found with the addresses
    (`fishbowl.urls`): to import them takes as long as all else that a process without pages does to
    start."""

    default_site = "fishbowl.site.Desk"
