"""The Celery app: `celery -A fishbowl.celery worker` and `celery -A fishbowl.celery beat`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fishbowl.settings")

app = Celery("fishbowl")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_djangos_logging(**_: Any) -> None:
    """Leave logging as Django's settings have it."""


@signals.celeryd_init.connect
@signals.beat_init.connect
def come_to_the_servers(**_: Any) -> None:
    """A worker or a clock started by hand brings the embedded servers with it."""
    from fishbowl import boot

    boot.use_servers()
