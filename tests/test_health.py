"""Whether a load balancer and `up` are told the truth."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import AsyncClient, Client

pytestmark = pytest.mark.django_db


def test_alive_asks_nobody(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert "no-store" in answer["Cache-Control"]


def test_ready_when_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_not_ready_while_migrations_are_missing(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "missing": {"migrations": "1 migrations are not applied: run manage.py migrate"},
    }


def test_not_ready_without_redis(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (
        503,
        {"redis": "Redis doesn't answer"},
    )


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_not_ready_behind_a_pooler_of_transactions(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishbowl.pooling.trouble", lambda: "the pooler lends by the transaction")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == {"database": "the pooler lends by the transaction"}


def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fishbowl.health.database_trouble", lambda: "the database doesn't answer")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == {"database": "the database doesn't answer"}


async def test_static_files_are_served_under_asgi(async_client: AsyncClient) -> None:
    answer = await async_client.get("/static/admin/css/base.css")
    assert (answer.status_code, answer["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert b"body" in answer.content
    again = await async_client.get(
        "/static/admin/css/base.css", headers={"If-None-Match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await async_client.get("/static/admin/../settings.py")).status_code == 404


def test_static_files_are_served_under_wsgi(client: Client) -> None:
    assert client.get("/static/admin/css/base.css").status_code == 200
    assert client.head("/static/admin/css/base.css").content == b""
