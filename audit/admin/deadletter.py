from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.models import DeadLetter
from audit.operation import deadletters
from characters.admin.lists import ReadOnlyAdmin, as_json
from characters.admin.waiting import waits_for_keeper

waits_for_keeper(
    "Tasks that failed for good", DeadLetter, {"resolved_at__isnull": True}, icon="mail_off",
    is_urgent=True,
)  # fmt: skip


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin[DeadLetter]):
    """Tasks that failed for good: try them again, or lay them aside."""

    icon = "mark_email_unread"
    dated = "failed_at"
    list_display = ["failed_at", "task", "what", "attempts", "retried_at", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), "task", "queue"]
    search_fields = ["task", "error", "=id"]
    list_select_related = ["resolved_by"]
    ordering = ["-failed_at"]
    fields = [
        ("task", "queue", "attempts"),
        ("first_failed_at", "failed_at"),
        "sent",
        "error",
        ("retried_at", "resolved_at", "resolved_by"),
        "resolution",
    ]
    readonly_fields = ["sent"]
    sent = as_json("arguments")
    actions = ["retry", "lay_aside"]

    @admin.display(description="error")
    def what(self, letter: DeadLetter) -> str:
        """What went wrong, in its last line."""
        return (letter.error.strip().splitlines() or [""])[-1][:120]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may change dead letters may try them again."""
        return request.user.has_perm("audit.change_deadletter")

    @admin.action(description="Try the selected tasks again", permissions=["retry"])
    def retry(self, request: HttpRequest, rows: QuerySet[DeadLetter]) -> None:
        """Send each task again."""
        for letter in rows:
            try:
                deadletters.retry(letter, user=request.user)
            except deadletters.CannotBeRetriedError as error:
                self.message_user(request, f"{letter.task}: {error}", messages.ERROR)
            else:
                self.log_action(request, [letter], "Tried again.")
                self.message_user(request, f"{letter.task} was sent again.", messages.SUCCESS)

    @admin.action(description="Lay the selected tasks aside", permissions=["retry"])
    def lay_aside(self, request: HttpRequest, rows: QuerySet[DeadLetter]) -> None:
        """Resolve each without trying again."""
        count = sum(
            deadletters.resolve(letter, "Laid aside by a keeper.", user=request.user)
            for letter in rows
        )
        self.log_action(request, rows, "Laid aside.")
        self.message_user(request, f"{count} laid aside.", messages.SUCCESS)
