"""What the clock sends, and when."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import signals
from celery.apps.beat import Beat
from celery.beat import Service

from audit.operation import alerts
from fishbowl import boot
from fishbowl.celery import app


def test_upkeep_is_due_when_the_clock_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A machine that is started anew more often than hourly still has its upkeep. No file says
    when it was last."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(boot, "use_servers", lambda: None)
    monkeypatch.setattr(alerts, "watch_in_background", lambda: None)
    clock = Service(app=app, scheduler_cls=Beat(app=app).scheduler_cls)
    signals.beat_init.send(sender=clock)
    upkeep = clock.scheduler.schedule["upkeep"]
    assert upkeep.is_due().is_due
    assert not next(upkeep).is_due().is_due
    assert 3590 < next(upkeep).is_due().next <= 3600
    clock.sync()
    assert not list(tmp_path.iterdir())
