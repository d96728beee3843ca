"""Trouble is found, told of once, and over when it is over."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from audit.models import Alert, BudgetSpend, EndpointState, HealthCheck
from audit.operation import alerts, health, troubles
from tests.builders import NOON, make_budget, make_character, make_keeper

pytestmark = pytest.mark.django_db
LATER = NOON + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """No rules but those that a test registers."""
    none: dict[str, Any] = {}
    monkeypatch.setattr(alerts, "_rules", none)
    return none


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A webhook that keeps what it is told; `None` before it has it fail once, "?" speak another
    tongue than HTTP."""
    told: list[Any] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fails, rambles = told[-1:] == [None], told[-1:] == ["?"]
            told.append(body["content"])
            if rambles:
                self.wfile.write(b"220 mail.example ESMTP\r\n")
                return
            self.send_response(500 if fails else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    monkeypatch.setattr(settings, "FISHBOWL", replace(settings.FISHBOWL, alert_webhook=address))
    yield told
    server.shutdown()
    server.server_close()


def test_an_alert_is_opened_once_told_once_and_closed(webhook: list[Any]) -> None:
    found = [alerts.Trouble("The cellar is wet.", "cellar")]
    alerts.register("water", "warning", lambda now: found)
    webhook.append(None)  # the first telling fails, and is made up for
    assert alerts.watch(NOON) == (1, 0)
    assert alerts.watch(NOON) == (0, 0)
    assert alerts.watch(NOON) == (0, 0)
    said = "Fishbowl, warning: The cellar is wet."
    assert webhook == [None, said, said]
    found.clear()
    assert alerts.watch(LATER) == (0, 1)
    alert = Alert.objects.get()
    assert (alert.opened_at, alert.closed_at) == (NOON, LATER)
    found.append(alerts.Trouble("Again.", "cellar"))
    assert alerts.watch(LATER) == (1, 0)
    assert alerts.acknowledge(alert, make_keeper())
    assert not alerts.acknowledge(alert, make_keeper())


def test_a_webhook_that_answers_nonsense_does_not_end_the_watch(webhook: list[Any]) -> None:
    alerts.register("water", "warning", lambda now: [alerts.Trouble("The cellar is wet.")])
    webhook.append("?")
    assert alerts.watch(NOON) == (1, 0)
    assert Alert.objects.get().told_at is None
    assert alerts.watch(NOON) == (0, 0)
    assert len(webhook) == 3
    assert Alert.objects.get().told_at is not None


def test_what_was_being_told_when_the_process_ended_is_told_by_the_next(
    webhook: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts.register("water", "warning", lambda now: [alerts.Trouble("The cellar is wet.")])

    def ended(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(alerts.urllib.request, "urlopen", ended)
        alerts.watch(NOON)
    alerts.watch(NOON)
    alerts.watch(NOON)
    assert webhook == ["Fishbowl, warning: The cellar is wet."]


def test_a_budget_warns_at_four_fifths_and_is_critical_when_spent() -> None:
    budget = make_budget(character=make_character("Odile"), tokens=100)
    spend = BudgetSpend.objects.create(
        budget=budget, period_start=budget.period_start(NOON), tokens=79
    )
    severities = []
    for tokens in (79, 80, 100):
        spend.tokens = tokens
        spend.save()
        severities.append([(t.severity, t.subject) for t in troubles.budgets_short(NOON)])
    assert severities == [[], [("warning", "Odile, a day")], [("critical", "Odile, a day")]]


def test_a_worker_that_gives_no_sign_is_missed_and_one_never_seen_is_not() -> None:
    assert not list(troubles.worker_gone(NOON))
    health.give_sign(troubles.WORKER, NOON)
    assert not list(troubles.worker_gone(NOON + dt.timedelta(seconds=59)))
    (trouble,) = troubles.worker_gone(LATER)
    assert "5 minutes" in trouble.detail


def test_a_model_server_that_fails_is_named_with_its_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    EndpointState.objects.create(name="main", failures=3, last_error="refused")
    EndpointState.objects.create(name="other", failures=9)
    monkeypatch.setattr(settings, "LLM_ENDPOINTS", [type("Endpoint", (), {"name": "main"})])
    (trouble,) = troubles.models_down(NOON)
    assert "main fails: refused" in trouble.detail


def test_health_keeps_a_row_for_each_stretch_of_one_status() -> None:
    for minute, status in enumerate(("ok", "ok", "down", "ok")):
        health.note("bot", status, NOON + dt.timedelta(minutes=minute))
    rows = HealthCheck.objects.order_by("since").values_list("status", "since", "checked_at")
    minutes = [(status, (until - since).seconds // 60) for status, since, until in rows]
    assert minutes == [("ok", 1), ("down", 0), ("ok", 0)]
    assert [one.status for one in health.latest()] == ["ok"]


def test_the_web_watches_where_the_clock_is_gone() -> None:
    alerts.register("water", "warning", lambda now: [alerts.Trouble("Wet.")])
    assert alerts.watch_if_stale(NOON)
    assert not alerts.watch_if_stale(NOON + dt.timedelta(seconds=90))
    assert Alert.objects.count() == 1
