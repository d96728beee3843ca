"""The house itself as a Django app: its static files, its checks, its Celery app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.core.management import CommandError
from django.db.models.signals import pre_migrate


class FishbowlConfig(AppConfig):
    """Makes `shared_task` and the system checks known to every process."""

    name = "fishbowl"
    verbose_name = "Fishbowl"

    def ready(self) -> None:
        """Import what registers itself."""
        from fishbowl import among, celery, checks  # noqa: F401

        # It is sent for each app that has models: once will do.
        pre_migrate.connect(_know_the_tables, sender=apps.get_app_config("contenttypes"))


def _know_the_tables(**_: Any) -> None:
    """Nothing is added to tables that another version of the code has shaped since, nor by way of a
    pooler that the society couldn't run with.

    Raises:
        CommandError: they are such, or it is.
    """
    from fishbowl import health, pooling

    if trouble := pooling.trouble() or health.unknown_trouble():
        raise CommandError(f"{trouble[0].upper()}{trouble[1:]}.")


class DeskConfig(SimpleAdminConfig):
    """Django's admin, whose one site is the keeper's desk. Its pages are found with the addresses
    (`fishbowl.urls`): to import them takes as long as all else that a process without pages does to
    start."""

    default_site = "fishbowl.site.Desk"
