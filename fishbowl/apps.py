"""The house itself as a Django app: its static files, its checks, its Celery app."""

from __future__ import annotations

from django.apps import AppConfig


class FishbowlConfig(AppConfig):
    """Makes `shared_task` and the system checks known to every process."""

    name = "fishbowl"
    verbose_name = "Fishbowl"

    def ready(self) -> None:
        """Import what registers itself."""
        from fishbowl import celery, checks  # noqa: F401
