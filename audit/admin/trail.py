"""What was done, by whom: the pages of the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action

from audit.models import AdminAction, ChainLink
from audit.trail import trailfiles
from audit.trail.actions import record_action
from characters.admin.lists import ReadOnlyAdmin, as_json, shorten

admin.site.unregister(LogEntry)
MOST_EXPORTED = 100_000  # lines; `manage.py audit export` writes any number


Shown = Callable[[Any, HttpRequest], HttpResponse]


def _linked(description: str, path: str) -> Callable[[Shown], Shown]:
    """Make a page of its own of a method, with a button above the list."""
    linked: Callable[[Shown], Shown] = action(
        description=description, url_path=path, icon="download"
    )
    return linked


@admin.register(AdminAction)
class AdminActionAdmin(ReadOnlyAdmin[AdminAction]):
    icon = "receipt_long"
    shelf = "security"
    dated = "occurred_at"
    list_display = [
        "occurred_at",
        "actor_name",
        "action_type",
        "resource_affected",
        "ip_address",
    ]
    list_filter = ["action_type", "actor_name"]
    search_fields = ["actor_name", "action_type", "resource_affected", "ip_address"]
    search_help_text = "An account, an action, a resource such as characters.person:7, an address."
    heavy = ["changes_made", "user_agent"]
    fields = [
        ("occurred_at", "actor_name"),
        ("action_type", "resource_affected"),
        "changes",
        ("ip_address", "user_agent"),
    ]
    readonly_fields = ["changes"]
    changes = as_json("changes_made")
    actions_list = ["export_jsonl", "export_csv"]

    @_linked("Export the trail as JSONL", "export-jsonl")
    def export_jsonl(self, request: HttpRequest) -> HttpResponse:
        """All parts of the trail, a row a line."""
        return self._export(request, "jsonl", "application/x-ndjson")

    @_linked("Export the trail as CSV", "export-csv")
    def export_csv(self, request: HttpRequest) -> HttpResponse:
        """All parts of the trail, for a table."""
        return self._export(request, "csv", "text/csv")

    def _export(self, request: HttpRequest, form: str, kind: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        record_action("audit.export", changes={"format": form})
        written = islice(trailfiles.lines(trailfiles.NAMES, form), MOST_EXPORTED)
        answer = HttpResponse("".join(written), content_type=f"{kind}; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="audit.{form}"'
        return answer


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    """Every edit, with what stood there before and after."""

    icon = "manage_search"
    shelf = "security"
    dated = "timestamp"
    list_display = ["timestamp", "who", "action", "content_type", "what", "in_short"]
    list_filter = ["action", "content_type"]
    search_fields = ["object_repr", "object_pk", "actor__username", "remote_addr", "changes"]
    search_help_text = "An account, a row's name or number, an address, a word of what was changed."
    list_select_related = ["actor", "content_type"]
    heavy = ["serialized_data", "changes_text"]
    fields = [
        ("timestamp", "who", "remote_addr"),
        ("action", "content_type", "object_pk", "what"),
        "difference",
    ]
    readonly_fields = ["who", "what", "difference"]

    @admin.display(description="who", ordering="actor__username")
    def who(self, entry: LogEntry) -> str:
        """The account, or by which means without one."""
        if entry.actor is not None:
            return str(entry.actor.get_username())
        return str((entry.additional_data or {}).get("name", "-"))

    @admin.display(description="what", ordering="object_repr")
    def what(self, entry: LogEntry) -> str:
        """The row as it was called then."""
        return shorten(entry.object_repr)

    @admin.display(description="changed")
    def in_short(self, entry: LogEntry) -> str:
        """The names of what was changed."""
        return shorten(", ".join(sorted(entry.changes or {})))

    @admin.display(description="before and after")
    def difference(self, entry: LogEntry) -> SafeString:
        """Each field's value before and after."""
        rows = [(name, *_pair(values)) for name, values in sorted((entry.changes or {}).items())]
        return format_html(
            '<table class="difference"><thead><tr><th>Field</th><th>Before</th><th>After</th></tr>'
            "</thead><tbody>{}</tbody></table>",
            format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", rows),
        )


def _pair(values: Any) -> tuple[str, str]:
    """What stood there and what stands now; of a list of rows, what was done to which."""
    if isinstance(values, dict):
        return (
            "",
            f"{values.get('operation', '')}: {', '.join(map(str, values.get('objects', ())))}",
        )
    before, after = values
    return str(before), str(after)


@admin.register(ChainLink)
class ChainLinkAdmin(ReadOnlyAdmin[ChainLink]):
    icon = "link"
    shelf = "security"
    list_display = ["number", "source", "row_id"]
    list_filter = ["source"]
    search_fields = ["source", "=row_id"]
    search_help_text = "A table, or the number of a row."
    fields = ["number", ("source", "row_id"), "digest_shown"]
    readonly_fields = ["digest_shown"]

    @admin.display(description="digest")
    def digest_shown(self, link: ChainLink) -> str:
        """As `manage.py audit verify` tells it."""
        return bytes(link.digest).hex()
