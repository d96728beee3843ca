"""How a character changes itself: by bounded drift at once, by anything else when its keeper says
so. Every change is a version, and can be taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from characters import drift, versions
from characters.models import (
    CharacterVersion,
    LearningEvent,
    Persona,
    Reflection,
    SelfModification,
    SpeechStyle,
)
from characters.services import rest_emotions

# What a character may wish to change. Its rules and how it speaks of being an AI are its keeper's.
CHANGEABLE: dict[str, tuple[str, ...]] = {
    "persona": (*Persona.TRAITS, "identity", "appearance", "background", "values", "drives"),
    "style": (
        "formality", "verbosity", "humour", "emoji_use", "signature_phrases", "avoided_phrases",
        "preferred_words",
    ),
}  # fmt: skip
Status = SelfModification.Status


class ChangeRefused(ValueError):
    """A sentence that says why a change can't be made, and what could be done."""


@transaction.atomic
def propose(
    character_id: int,
    field: str,
    new_value: Any,
    reason: str,
    *,
    is_worked_out: bool = False,
    reflection: Reflection | None = None,
    trigger_message: int | None = None,
    now: dt.datetime | None = None,
) -> SelfModification:
    """A change that a character wishes for itself: `field` such as persona.openness. Bounded drift
    of a trait is applied, with a version; anything else waits for the keeper.

    Args:
        is_worked_out: the reason is reckoned, and quotes nobody: anybody may be told.
        reflection: what it came to want this in, or
        trigger_message: the message that had it wish so. With either, the reason is forgotten.

    Raises:
        ChangeRefused: the field is none that it may change, the value won't do, nothing would
            change, or a change of the field waits already.
    """
    now = now or timezone.now()
    if not reason.strip():
        raise ChangeRefused("reason must say why, in a sentence.")
    versions.ensure(character_id, now)
    row, column = _row(character_id, field)
    old = getattr(row, column)
    new_value = _checked(row, column, new_value, field)
    if new_value == old:
        raise ChangeRefused(f"{field} is {old!r} already.")
    is_trait = field.removeprefix("persona.") in Persona.TRAITS
    original = versions.originals(character_id).get(column) if is_trait else None
    verdict = drift.judge(is_trait=is_trait, old=old, new=new_value, original=original)
    waiting = SelfModification.objects.filter(character=character_id, field=field)
    if not verdict.applies and waiting.filter(status=Status.PROPOSED).exists():
        raise ChangeRefused(f"A change of {field} waits for the keeper already.")
    made = SelfModification.objects.create(
        character_id=character_id,
        field=field,
        old_value=old,
        new_value=new_value,
        reason=reason,
        is_worked_out=is_worked_out,
        status=Status.APPLIED if verdict.applies else Status.PROPOSED,
        safety_report=dict(verdict.report),
        reflection=reflection,
        trigger_message_id=trigger_message,
    )
    if verdict.applies:
        _apply(made, new_value, "drift", now)
    return made


@transaction.atomic
def approve(change: SelfModification, *, by: Any, now: dt.datetime | None = None) -> None:
    """Make a change that waited.

    Raises:
        ChangeRefused: it waits no longer, or what it started from has changed since.
    """
    change = _held(change, Status.PROPOSED, "approved")
    row, column = _row(change.character_id, change.field)
    if getattr(row, column) != change.old_value:
        raise ChangeRefused(
            f"{change.field} has changed since this was proposed. Reject it, or set it by hand."
        )
    _review(change, Status.APPROVED, by, now)
    _apply(change, change.new_value, "approved", now, by=by)


@transaction.atomic
def reject(change: SelfModification, *, by: Any, now: dt.datetime | None = None) -> None:
    """Leave a character as it is, though it wished otherwise.

    Raises:
        ChangeRefused: the change waits no longer.
    """
    _review(_held(change, Status.PROPOSED, "rejected"), Status.REJECTED, by, now)


@transaction.atomic
def revert(change: SelfModification, *, by: Any, now: dt.datetime | None = None) -> None:
    """Bring the field of a change back to exactly what it was before it, as a version.

    Raises:
        ChangeRefused: the change was never made, or was taken back before.
    """
    change = _held(change, (Status.APPLIED, Status.APPROVED), "reverted")
    _review(change, Status.REVERTED, by, now)
    _apply(change, change.old_value, "taken back", now, by=by)


def _apply(
    change: SelfModification, value: Any, how: str, now: dt.datetime | None, by: Any = None
) -> None:
    """Make it so, as a version and on the timeline. Both outlive the reason, and the timeline is
    public: there is only what anybody may know in them."""
    now = now or timezone.now()
    row, column = _row(change.character_id, change.field)
    before = getattr(row, column)
    setattr(row, column, value)
    row.save(update_fields=[column, "updated_at"])
    if isinstance(row, Persona) and column in Persona.TRAITS:
        rest_emotions(change.character_id, row.traits())
    is_own = change.status == Status.APPLIED
    maker = CharacterVersion.Maker.ITSELF if is_own else CharacterVersion.Maker.KEEPER
    reason = f"{how}: {change.reason}" if change.is_worked_out else f"{how} of {change.field}"
    versions.record(change.character_id, reason, maker=maker, by=by, now=now)
    LearningEvent.objects.create(
        character_id=change.character_id,
        learning_event=f"{_named(change.field)}: {reason if change.is_worked_out else how}",
        learning_type=LearningEvent.Type.TRAIT,
        before_state=_shown(before),
        after_state=_shown(value),
        modification=change,
        significance_score=0.4 if is_own else 0.7,
        learning_date=now,
    )


def _named(field: str) -> str:
    return field.partition(".")[2].replace("_", " ")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _row(character_id: int, field: str) -> tuple[Persona | SpeechStyle, str]:
    part, _, column = field.partition(".")
    if column not in CHANGEABLE.get(part, ()):
        known = ", ".join(f"{p}.{c}" for p, names in CHANGEABLE.items() for c in names)
        raise ChangeRefused(f"field must be one of {known}, not {field!r}.")
    rows: Any = Persona.objects if part == "persona" else SpeechStyle.objects
    row: Persona | SpeechStyle = rows.select_for_update(no_key=True).get(character=character_id)
    return row, column


def _checked(row: Persona | SpeechStyle, column: str, value: Any, field: str) -> Any:
    """The value as its column takes it."""
    if isinstance(getattr(row, column), float) and (
        isinstance(value, bool) or not isinstance(value, int | float)
    ):
        raise ChangeRefused(f"{field} must be a number from 0 to 1, not {value!r}.")
    column_type: Any = row._meta.get_field(column)
    try:
        cleaned = column_type.clean(value, row)
    except ValidationError as error:
        raise ChangeRefused(f"{field}: {' '.join(error.messages)}") from error
    return float(cleaned) if isinstance(getattr(row, column), float) else cleaned


def _held(change: SelfModification, statuses: str | tuple[str, ...], deed: str) -> SelfModification:
    held = SelfModification.objects.select_for_update(no_key=True).get(pk=change.pk)
    if held.status not in ((statuses,) if isinstance(statuses, str) else statuses):
        raise ChangeRefused(f"A change that is {held.status} can't be {deed}.")
    return held


def _review(change: SelfModification, status: str, by: Any, now: dt.datetime | None) -> None:
    change.status = status
    change.reviewed_by = by if by is not None and by.is_authenticated else None
    change.reviewed_at = now or timezone.now()
    change.save(update_fields=["status", "reviewed_by", "reviewed_at", "updated_at"])
