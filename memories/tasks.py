"""What workers do for memory when nudged. Tasks carry ids; everything else they read from rows."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from memories.nights import nightly
from memories.recall import indexes
from memories.reflection import sweep

log = logging.getLogger(__name__)

EXPIRES_S = 3600.0  # the next hour's nudge does as well


@shared_task(name="memories.nights", ignore_result=True)
def nights() -> None:
    """Find the characters whose night it is, whether the store is to be audited, and whether
    anybody's memories want an index."""
    now = timezone.now()
    for pk in nightly.due(now):
        night.apply_async((pk,), queue="upkeep", expires=EXPIRES_S)
    if nightly.is_audit_due(now):
        audit.apply_async(queue="upkeep", expires=EXPIRES_S)
    if indexes.due():
        keep_indexes.apply_async(queue="upkeep", expires=EXPIRES_S)


@shared_task(name="memories.night", ignore_result=True)
def night(character_id: int) -> None:
    """Give a character its night, unless it has had it since this was asked."""
    now = timezone.now()
    if character_id not in nightly.due(now):
        return
    try:
        nightly.consolidate(character_id, now)
    except nightly.NightRefused as why:
        log.info("Character %s: %s", character_id, why)


@shared_task(name="memories.audit", ignore_result=True)
def audit() -> None:
    """Audit the whole store, unless that was done since this was asked."""
    now = timezone.now()
    if not nightly.is_audit_due(now):
        return
    try:
        nightly.audit(now)
    except nightly.NightRefused as why:
        log.info("%s", why)


@shared_task(name="memories.indexes", ignore_result=True)
def keep_indexes() -> None:
    """Build and drop the indexes of single owners, as far as that is due by now."""
    indexes.keep_up()


@shared_task(name="memories.reflections", ignore_result=True)
def reflections() -> None:
    """Find the characters that have something to think over, to write down or to dream."""
    for pk in sweep.due(timezone.now()):
        reflect.apply_async((pk,), queue="upkeep", expires=EXPIRES_S)


@shared_task(name="memories.reflect", ignore_result=True)
def reflect(character_id: int) -> None:
    """Do all that is due of a character's inner life."""
    sweep.live(character_id, timezone.now())
