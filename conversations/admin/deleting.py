"""Rows with a year of talk, which a worker deletes while their list shows how far it is."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone

from characters.admin.lists import HouseAdmin
from characters.models import Character
from conversations import deleting
from conversations.models import Channel

R = TypeVar("R", bound=Channel | Character)


class DeletedByWorker(HouseAdmin[R]):
    """A page of rooms or characters. `counted` is what the list says are left, of `counted` then
    (the column `…_to_delete`)."""

    counted = ""

    @admin.display(description="being deleted", ordering="deleting_since")
    def deleting(self, row: R) -> str:
        """How far a worker has come with what was deleted."""
        if row.deleting_since is None:
            return ""
        of = getattr(row, f"{self.counted}_to_delete")
        return f"{deleting.left(row):,} of {of:,} {self.counted} left"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is being deleted stays as it is."""
        is_going = obj is not None and obj.deleting_since is not None
        return not is_going and super().has_change_permission(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What would go, counted where there is much of it."""
        rows = list(objs)
        if not any(map(deleting.is_large, rows)):
            return super().get_deleted_objects(rows, request)
        counts: Counter[str] = Counter()
        for row in rows:
            counts.update(deleting.what_goes(row))
        listed: list[Any] = [*map(str, rows), [f"{n:,} {name}" for name, n in counts.items()]]
        may = all(self.has_delete_permission(request, row) for row in rows)
        return listed, dict(counts), set() if may else {str(self.opts.verbose_name)}, []

    def delete_model(self, request: HttpRequest, obj: R) -> None:
        """Delete a row; one with much talk by a worker, while the list shows how far it is."""
        if obj.deleting_since is None and not deleting.is_large(obj):
            super().delete_model(request, obj)
            return
        deleting.begin(obj, timezone.now())
        self.message_user(
            request,
            f"{obj} has much talk: nobody sees it any more, and a worker takes it away. The list "
            f"of {self.opts.verbose_name_plural} shows how far it is.",
            messages.WARNING,
        )
