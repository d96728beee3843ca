"""Tasks that failed for good: kept as rows, to be tried again or laid aside.

`watch_tasks` has Celery tell of every task's end; a task that is to be retried by Celery itself has
not failed yet, nor has one whose connection to the database was lost: what is to be done stands in
rows, and the clock has it done from these. What is tried again carries its row's key, so that its
success resolves the row.
"""

from __future__ import annotations

import hashlib
import json
import logging
import traceback
from typing import Any

from celery import Task, current_app, signals
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from audit.models import DeadLetter
from fishbowl.outages import is_away
from fishbowl.overrides import storable

log = logging.getLogger(__name__)

HEADER = "dead_letter"
LONGEST_ERROR = 8000


class CannotBeRetriedError(ValueError):
    """The dead letter is resolved already, or its task is not there any more."""


def record(
    task: str,
    args: Any,
    kwargs: Any,
    error: BaseException,
    *,
    queue: str = "",
) -> DeadLetter:
    """Keep a task that failed for good. One that failed so before and is still open counts up."""
    now = timezone.now()
    arguments = {"args": _storable(args), "kwargs": _storable(kwargs)}
    said = "".join(traceback.format_exception(error)).replace("\0", "")[-LONGEST_ERROR:]
    found, is_new = DeadLetter.objects.get_or_create(
        fingerprint=_fingerprint(task, arguments),
        resolved_at=None,
        defaults={
            "task": task,
            "arguments": arguments,
            "queue": queue,
            "error": said,
            "first_failed_at": now,
            "failed_at": now,
        },
    )
    if not is_new:
        DeadLetter.objects.filter(pk=found.pk).update(
            error=said, failed_at=now, attempts=F("attempts") + 1
        )
        found.refresh_from_db()
    return found


def retry(letter: DeadLetter, *, user: Any = None) -> None:
    """Send a dead letter's task again. When it succeeds the letter is resolved, in the name of
    whoever asked.

    Raises:
        CannotBeRetriedError: it is resolved already, or there is no such task any more.
    """
    current_app.loader.import_default_modules()  # the web process knows no tasks by itself
    if letter.task not in current_app.tasks:
        raise CannotBeRetriedError(
            f"There is no task {letter.task} any more: resolve the dead letter with a note instead."
        )
    by = user if user is not None and user.is_authenticated else None
    if not DeadLetter.objects.filter(pk=letter.pk, resolved_at=None).update(
        retried_at=timezone.now(), resolved_by=by
    ):
        raise CannotBeRetriedError("This dead letter is resolved already: there is nothing to do.")
    current_app.send_task(
        letter.task,
        args=letter.arguments.get("args", []),
        kwargs=letter.arguments.get("kwargs", {}),
        queue=letter.queue or None,
        headers={HEADER: letter.pk},
    )


def resolve(letter: DeadLetter, note: str, *, user: Any = None) -> bool:
    """Lay a dead letter aside without trying again. Returns whether it was open."""
    by = user if user is not None and user.is_authenticated else None
    return bool(
        DeadLetter.objects.filter(pk=letter.pk, resolved_at=None).update(
            resolved_at=timezone.now(), resolved_by=by, resolution=note[:300]
        )
    )


def watch_tasks() -> None:
    """Hear of every task that fails for good, and of those tried again that succeed."""
    signals.task_failure.connect(_on_failure, dispatch_uid="deadletters.failure")
    signals.task_success.connect(_on_success, dispatch_uid="deadletters.success")


def _on_failure(
    sender: Task | None = None,
    args: Any = (),
    kwargs: Any = None,
    exception: BaseException | None = None,
    **_: Any,
) -> None:
    if sender is None or exception is None:
        return
    if is_away(exception):
        log.warning("%s lost the database: %s", sender.name, exception)
        return
    try:
        queue = (getattr(sender.request, "delivery_info", None) or {}).get("routing_key", "")
        record(sender.name, args, kwargs or {}, exception, queue=queue or "")
    except DatabaseError as error:  # perhaps what the task failed of
        log.warning("The failure of %s could not be kept: %s", sender.name, error)


def _on_success(sender: Task | None = None, **_: Any) -> None:
    if sender is None:
        return
    # A worker has what was sent along on the request itself, a task that is applied beside it.
    key = getattr(sender.request, HEADER, None) or (sender.request.headers or {}).get(HEADER)
    if isinstance(key, int):
        DeadLetter.objects.filter(pk=key, resolved_at=None).update(
            resolved_at=timezone.now(), resolution="It was tried again and succeeded."
        )


def _fingerprint(task: str, arguments: Any) -> str:
    told = json.dumps([task, arguments], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _storable(value: Any) -> Any:
    """Arguments as JSON; what is none, in words."""
    return storable(json.loads(json.dumps(value, default=repr)))
