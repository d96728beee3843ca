"""Lists of versions: what something was, each as it stood, with a way back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from characters.admin.lists import ReadOnlyAdmin, as_json

V = TypeVar("V", bound=Model)


class VersionAdmin(ReadOnlyAdmin[V]):
    """Versions that are kept whole, one of which is restored by the list's action. `whose` names
    the relation to what they are versions of; `service` restores one, and returns the version that
    this made, or None where nothing had changed; `restored_by` is the permission it takes."""

    icon = "history"
    dated = "created_at"
    heavy = ["snapshot"]
    actions = ["restore"]
    whose: ClassVar[str]
    service: Callable[..., Model | None]
    restored_by: ClassVar[str]
    kept = as_json("snapshot")

    def has_restore_permission(self, request: HttpRequest) -> bool:
        """Whoever may change it may bring it back."""
        return request.user.has_perm(self.restored_by)

    @admin.action(description="Restore the selected version", permissions=["restore"])
    def restore(self, request: HttpRequest, rows: QuerySet[V]) -> None:
        """Bring it back to exactly what it was."""
        chosen: list[Any] = list(rows)
        if len({getattr(version, f"{self.whose}_id") for version in chosen}) < len(chosen):
            self.message_user(
                request, f"Choose one version of a {self.whose}, not several.", messages.ERROR
            )
            return
        for version in chosen:
            made: Any = self.service(version, by=request.user)
            said = f"is restored, as version {made.number}" if made else "is how it stands already"
            self.message_user(
                request,
                f"{getattr(version, self.whose)}: version {version.number} {said}.",
                messages.SUCCESS,
            )
        self.log_action(request, chosen, "restored by an action")
