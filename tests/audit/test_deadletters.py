"""A task that fails for good becomes a row that can be tried again."""

from __future__ import annotations

from typing import Any

import pytest
from celery import current_app, signals

from audit.models import DeadLetter
from audit.operation import deadletters
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
