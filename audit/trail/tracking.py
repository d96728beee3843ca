"""Every edit of staff, with before and after: what django-auditlog is told of our models.

Only what somebody of the staff does is logged. The society changes thousands of the same rows by
itself; that is in its own records, and asking for the row's former state would cost it a query
each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auditlog.models import LogEntry
from auditlog.receivers import log_create, log_delete, log_update
from auditlog.registry import auditlog
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.postgres.search import SearchVectorField
from django.db.models import BinaryField, GeneratedField, ManyToManyField, Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from pgvector.django import HalfVectorField

from audit.trail.acting import acting, is_somebody_acting

APPS = ("characters", "audit", "memories", "conversations")
# What is itself a record of what was done, or written by machines alone.
RECORDS = {
    "audit.adminaction",
    "audit.chainlink",
    "audit.securityevent",
    "audit.llmcall",
    "audit.budgetspend",
    "audit.endpointstate",
    "conversations.turn",
    "conversations.turnmemory",
    "conversations.moderationcase",  # what staff decide of it is an act of its own
}
# What changes by itself whenever a row is saved, or counts.
MACHINE_FIELDS = {
    "updated_at",
    "created_at",
    "version",
    "last_seen_at",
    "last_login",
    "access_count",
    "last_accessed_at",
    "message_count",
    "conversation_count",
    "content_hash",
    "web_key",
}
MASKED = {"auth.user": ["password"]}


def track() -> None:
    """Have every model that people may edit logged."""
    # The registry takes its receivers when it is made, and auditlog has made its only one already.
    auditlog._signals.update(
        {
            post_save: _if_somebody_acts(log_create),
            pre_save: _if_somebody_acts(log_update),
            post_delete: _of_what_was_deleted(log_delete),
        }
    )
    for model in tracked():
        label = model._meta.label_lower
        auditlog.register(
            model,
            exclude_fields=machine_fields(model),
            mask_fields=list(MASKED.get(label, ())),
            mask_callable="audit.trail.tracking.mask",
        )
    for model in (get_user_model(), Group):
        for field in model._meta.many_to_many:
            m2m_changed.connect(_log_members, sender=_through(field), dispatch_uid=str(field))
    pre_save.connect(_name_who, sender=LogEntry, dispatch_uid="audit.trail.tracking")


def tracked() -> list[type[Model]]:
    """The models whose edits are logged."""
    ours = [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if model._meta.label_lower not in RECORDS
    ]
    return [*ours, get_user_model(), Group]


def machine_fields(model: type[Model]) -> list[str]:
    """Fields that no person edits: vectors, files' bytes, what is generated, and what counts."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name in MACHINE_FIELDS
        or isinstance(field, HalfVectorField | SearchVectorField | GeneratedField | BinaryField)
    ]


def mask(value: str) -> str:
    """What is logged of a secret: that there is one."""
    return "(secret)" if value else ""


def _if_somebody_acts(log: Callable[..., None]) -> Callable[..., None]:
    def receive(sender: Any, instance: Any, **given: Any) -> None:
        if is_somebody_acting():
            log(sender, instance=instance, **given)

    return receive


def _of_what_was_deleted(log: Callable[..., None]) -> Callable[..., None]:
    """Log what somebody deleted, not the ten thousand rows that went with it."""

    def receive(sender: Any, instance: Any, origin: Any = None, **given: Any) -> None:
        if not is_somebody_acting():
            return
        if origin is instance or (isinstance(origin, QuerySet) and origin.model is sender):
            log(sender, instance=instance, **given)

    return receive


def _through(field: ManyToManyField[Any, Any]) -> Any:
    return field.remote_field.through


def _log_members(
    sender: Any, instance: Any, action: str, pk_set: set[int] | None, reverse: bool, **_: Any
) -> None:
    """Log which roles and permissions an account or a group got or lost."""
    done = {"post_add": "added", "post_remove": "removed", "pre_clear": "cleared"}.get(action)
    if done is None or reverse or not is_somebody_acting():
        return
    field = next(f for f in instance._meta.many_to_many if _through(f) is sender)
    held = getattr(instance, field.name).all()
    if pk_set is not None:
        held = field.related_model._default_manager.filter(pk__in=pk_set)
    names = sorted(str(one) for one in held)
    if names:
        LogEntry.objects.log_create(
            instance,
            action=LogEntry.Action.UPDATE,
            changes={field.name: {"type": "m2m", "operation": done, "objects": names}},
            force_log=True,
        )


def _name_who(sender: Any, instance: LogEntry, **_: Any) -> None:
    """Say in each entry who did it, and from where."""
    who = acting()
    instance.actor = instance.actor or who.user
    instance.remote_addr = instance.remote_addr or who.ip
    if who.means and who.means != "web":
        instance.additional_data = {"name": who.name, "by_means_of": who.means}
