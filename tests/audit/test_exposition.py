"""/metrics: the figures for Prometheus, for this machine or for who has the token."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from tests.builders import make_budget, make_call

pytestmark = pytest.mark.django_db


def test_this_machine_reads_the_figures_and_others_do_not() -> None:
    make_call(latency_ms=1500)
    make_budget(tokens=100)
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    text = answer.content.decode()
    labels = '{provider="test",purpose="speak",status="done"}'
    assert f"fishbowl_llm_calls_5m{labels} 1.0" in text
    assert f"fishbowl_llm_latency_seconds_5m{labels} 1.5" in text
    assert 'fishbowl_budget_used_ratio{of="the deployment",period="day"} 0.0' in text
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics").status_code == 403
    forwarded = Client(headers={"X-Forwarded-For": "10.0.0.9"}).get("/metrics")
    assert forwarded.status_code == 403


def test_with_a_token_the_token_counts_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_token = replace(settings.FISHBOWL, metrics_token="open sesame")
    monkeypatch.setattr(settings, "FISHBOWL", with_token)
    assert Client().get("/metrics").status_code == 403
    wrong = Client(headers={"Authorization": "Bearer close"})
    assert wrong.get("/metrics").status_code == 403
    right = Client(REMOTE_ADDR="10.0.0.9", headers={"Authorization": "Bearer open sesame"})
    assert right.get("/metrics").status_code == 200
