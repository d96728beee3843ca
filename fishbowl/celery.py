"""The Celery app: `celery -A fishbowl.celery worker` and `celery -A fishbowl.celery beat`."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fishbowl.settings")

app = Celery("fishbowl")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = 10**12  # see keep_connections
app.set_default()
app.autodiscover_tasks()
# The clock. Its schedule is here and its state in the rows, so it keeps no file.
app.conf.beat_scheduler = "celery.beat:Scheduler"
# A tick that no worker took before the next one is not worth taking.
app.conf.beat_schedule = {
    "sweep": {
        "task": "conversations.sweep",
        "schedule": 2.0,
        "options": {"queue": "turns", "expires": 4.0},
    },
    "observe": {
        "task": "conversations.observe_due",
        "schedule": 10.0,
        "options": {"queue": "observe", "expires": 20.0},
    },
    "upkeep": {
        "task": "conversations.upkeep",
        "schedule": 3600.0,
        "options": {"queue": "upkeep", "expires": 3600.0},
    },
    "activities": {
        "task": "conversations.activities",
        "schedule": 900.0,
        "options": {"queue": "upkeep", "expires": 900.0},
    },
    "reflections": {
        "task": "memories.reflections",
        "schedule": 300.0,
        "options": {"queue": "upkeep", "expires": 300.0},
    },
    "nights": {
        "task": "memories.nights",
        "schedule": 3600.0,
        "options": {"queue": "upkeep", "expires": 3600.0},
    },
}


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def keep_djangos_logging(**_: Any) -> None:
    """Leave logging as Django's settings have it."""


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def look_after_tasks(**_: Any) -> None:
    """A task that fails for good becomes a row, to be tried again; all are measured."""
    from audit.operation import deadletters, metrics

    deadletters.watch_tasks()
    metrics.watch_worker()


@signals.celeryd_init.connect  # type: ignore[untyped-decorator]
@signals.beat_init.connect  # type: ignore[untyped-decorator]
def come_to_the_servers(**_: Any) -> None:
    """A worker or a clock started by hand brings the embedded servers with it."""
    from fishbowl import boot

    boot.use_servers()


@signals.beat_init.connect  # type: ignore[untyped-decorator]
def begin_with_upkeep(sender: Any, **_: Any) -> None:
    """Have the clock send what is hourly at its first tick, not an hour after it: a machine that
    is started anew every 50 minutes would never see one. There is little to do a second time.
    """
    for name in ("upkeep", "nights"):
        sender.scheduler.schedule[name].last_run_at -= dt.timedelta(hours=1)


@signals.beat_init.connect  # type: ignore[untyped-decorator]
def keep_watch(**_: Any) -> None:
    """The clock looks for trouble: a worker that is gone can't tell that it is."""
    from audit.operation import alerts

    alerts.watch_in_background()


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def settle_garbage(**_: Any) -> None:
    """Have each process of a worker leave its models and settings out of collecting."""
    from fishbowl import garbage

    garbage.settle()


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def keep_connections(**_: Any) -> None:
    """Let each thread of a worker keep its database connection from one task to the next: a turn
    is several short tasks, and connecting anew would cost more than half of them. Celery itself
    would close it around every task; Django's own check, before each, drops one that died."""
    from django.db import close_old_connections, connections

    connections.settings["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    signals.task_prerun.connect(lambda **_: close_old_connections(), weak=False)
