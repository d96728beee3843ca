"""A task that fails for good becomes a row that can be tried again."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from celery import current_app, signals
from django.db import OperationalError, connection, transaction

from audit.models import DeadLetter
from audit.operation import deadletters
from conversations.floor import director
from tests.builders import make_keeper

pytestmark = pytest.mark.django_db


class Sent(list[Any]):
    """What was sent to the queue."""

    def take(self, name: str, **how: Any) -> None:
        self.append((name, how["args"], how["kwargs"], how["queue"], how["headers"]))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    found = Sent()
    monkeypatch.setattr(current_app, "send_task", found.take)
    return found


@pytest.fixture
def watched() -> Any:
    deadletters.watch_tasks()
    yield
    signals.task_failure.disconnect(dispatch_uid="deadletters.failure")
    signals.task_success.disconnect(dispatch_uid="deadletters.success")


@pytest.mark.django_db(transaction=True)  # as a worker: what the database refuses ends no other's
def test_a_task_that_fails_is_kept_once_with_its_error_and_counts_up(watched: None) -> None:
    current_app.loader.import_default_modules()
    task = current_app.tasks["conversations.take_turn"]
    for _ in range(2):
        task.apply(args=["no number"])
    letter = DeadLetter.objects.get()
    assert (letter.task, letter.arguments) == (
        "conversations.take_turn",
        {"args": ["no number"], "kwargs": {}},
    )
    assert letter.attempts == 2
    assert "no number" in letter.error
    task.apply(args=["another"])
    assert DeadLetter.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_among_others", [False, True])
def test_a_task_that_lost_the_database_is_none_that_failed_for_good(
    watched: None, monkeypatch: pytest.MonkeyPatch, is_among_others: bool
) -> None:
    def ended() -> Any:
        connection.ensure_connection()
        with psycopg.connect(**connection.get_connection_params()) as other:
            backend = connection.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s)", [backend])
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def look(_: int) -> None:
        try:
            ended()
        except OperationalError as error:
            if not is_among_others:
                raise
            raise ExceptionGroup("all of it", [error]) from error
        finally:
            connection.close()

    monkeypatch.setattr(director, "look", look)
    failed = current_app.tasks["conversations.look"].apply(args=[1])
    assert failed.failed()
    assert not DeadLetter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_kept(watched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(_: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(director, "look", look)
    current_app.tasks["conversations.look"].apply(args=[1])
    assert "statement timeout" in DeadLetter.objects.get().error


def test_it_is_sent_again_and_its_success_resolves_it(watched: None, sent: Sent) -> None:
    keeper = make_keeper()
    letter = deadletters.record("conversations.look", [1], {}, ValueError("no"), queue="turns")
    deadletters.retry(letter, user=keeper)
    assert sent == [("conversations.look", [1], {}, "turns", {"dead_letter": letter.pk})]
    current_app.tasks["conversations.look"].apply(args=[1], headers={"dead_letter": letter.pk})
    letter.refresh_from_db()
    assert letter.resolved_at is not None
    assert letter.resolved_by == keeper
    with pytest.raises(deadletters.CannotBeRetriedError, match="resolved already"):
        deadletters.retry(letter)


def test_one_that_is_laid_aside_opens_a_new_row_when_it_fails_again() -> None:
    letter = deadletters.record("conversations.look", [1], {}, ValueError("no"))
    assert deadletters.resolve(letter, "known")
    assert not deadletters.resolve(letter, "again")
    again = deadletters.record("conversations.look", [1], {}, ValueError("no"))
    assert again.pk != letter.pk


def test_a_task_that_is_gone_says_what_to_do() -> None:
    letter = deadletters.record("old.name", [], {}, ValueError("no"))
    with pytest.raises(deadletters.CannotBeRetriedError, match="resolve the dead letter"):
        deadletters.retry(letter)
