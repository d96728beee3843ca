"""What the nights and the audits did, and what a keeper takes back of it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from characters.admin.lists import ReadOnlyAdmin, as_json, in_cell
from memories.admin.lineage import vectors_of
from memories.models import (
    CacheStatistic,
    ConsolidationRun,
    Contagion,
    ErasureReceipt,
    HygieneFinding,
    HygieneRun,
    WaitingVector,
)
from memories.nights.contagion import allow
from memories.nights.hygiene import revert


@admin.register(ConsolidationRun)
class ConsolidationRunAdmin(ReadOnlyAdmin[ConsolidationRun]):
    icon = "bedtime"
    dated = "started_at"
    shelf = "nights"
    list_display = [
        "started_at",
        "character",
        "finished_at",
        "examined",
        "merged",
        "summarised",
        "archived",
        "decayed",
        "forgotten",
        "tokens",
        "error",
    ]
    list_filter = ["character"]
    search_fields = ["character__name", "error"]
    list_select_related = ["character"]
    ordering = ["-id"]


@admin.register(HygieneRun)
class HygieneRunAdmin(ReadOnlyAdmin[HygieneRun]):
    icon = "cleaning_services"
    dated = "started_at"
    shelf = "nights"
    list_display = ["started_at", "finished_at", "examined", "found", "false_recall", "error"]
    search_fields = ["=id", "error"]
    ordering = ["-id"]


@admin.register(HygieneFinding)
class HygieneFindingAdmin(ReadOnlyAdmin[HygieneFinding]):
    """What audits set aside. Reverting brings it back, and no audit sets it aside again."""

    icon = "search_check"
    dated = "found_at"
    shelf = "nights"
    list_display = ["found_at", "kind", "what", "owner", "detail", "reverted_at"]
    list_filter = ["kind", ("reverted_at", admin.EmptyFieldListFilter), "memory__owner"]
    search_fields = ["detail", "=memory__id", "memory__owner__name"]
    list_select_related = ["memory__owner"]
    ordering = ["-id"]
    heavy = vectors_of("memory")
    actions = ["revert"]

    def has_revert_permission(self, request: HttpRequest) -> bool:
        """Rows can't be edited here, but whoever might edit them may take them back."""
        return request.user.has_perm("memories.change_hygienefinding")

    @admin.action(description="Bring back what the selected findings set aside",
                  permissions=["revert"])  # fmt: skip
    def revert(self, request: HttpRequest, rows: QuerySet[HygieneFinding]) -> None:
        """Take findings back."""
        waiting = list(rows.filter(reverted_at__isnull=True).select_related("memory"))
        number = sum(revert(finding) for finding in waiting)
        self.log_action(request, waiting, "Brought back.")
        self.message_user(request, f"{number} brought back.", messages.SUCCESS)

    @admin.display(description="memory")
    def what(self, finding: HygieneFinding) -> SafeString:
        """How the memory begins."""
        return in_cell(finding.memory.content, 70)

    @admin.display(ordering="memory__owner__name")
    def owner(self, finding: HygieneFinding) -> str:
        """Whose it is."""
        return str(finding.memory.owner or "lore")


@admin.register(Contagion)
class ContagionAdmin(ReadOnlyAdmin[Contagion]):
    """What spread from one to the others. Damped, unless a keeper lets it be."""

    icon = "coronavirus"
    dated = "last_seen_at"
    shelf = "nights"
    list_display = [
        "text",
        "kind",
        "origin",
        "spread_to",
        "uses",
        "first_seen_at",
        "last_seen_at",
        "is_damped",
        "is_allowed",
    ]
    list_filter = ["kind", "is_damped", "is_allowed", "community"]
    search_fields = ["text", "origin__name"]
    list_select_related = ["origin"]
    ordering = ["-id"]
    actions = ["allow"]

    def has_allow_permission(self, request: HttpRequest) -> bool:
        """Rows can't be edited here, but whoever might edit them may let them be."""
        return request.user.has_perm("memories.change_contagion")

    @admin.action(description="Let the selected be", permissions=["allow"])
    def allow(self, request: HttpRequest, rows: QuerySet[Contagion]) -> None:
        """Damp them no longer, for good."""
        waiting = list(rows.filter(is_allowed=False))
        for one in waiting:
            allow(one)
        self.log_action(request, waiting, "Allowed.")
        self.message_user(request, f"{len(waiting)} allowed.", messages.SUCCESS)

    @admin.display(description="characters")
    def spread_to(self, one: Contagion) -> int:
        """How many took it over."""
        return len(one.carriers)


@admin.register(ErasureReceipt)
class ErasureReceiptAdmin(ReadOnlyAdmin[ErasureReceipt]):
    icon = "receipt_long"
    dated = "erased_at"
    shelf = "people"
    list_display = ["erased_at", "reference", "requested_by"]
    search_fields = ["=reference", "requested_by"]
    ordering = ["-id"]
    fields = ["reference", "requested_by", "rows", "erased_at"]
    readonly_fields = ["rows"]
    rows = as_json("counts")


@admin.register(CacheStatistic)
class CacheStatisticAdmin(ReadOnlyAdmin[CacheStatistic]):
    icon = "speed"
    dated = "hour"
    shelf = "nights"
    list_display = ["hour", "cache", "hits", "misses", "rate"]
    list_filter = ["cache"]
    search_fields = ["cache"]

    @admin.display
    def rate(self, row: CacheStatistic) -> str:
        """The share of what was asked that was there."""
        asked = row.hits + row.misses
        return f"{row.hits / asked:.0%}" if asked else "–"


@admin.register(WaitingVector)
class WaitingVectorAdmin(ReadOnlyAdmin[WaitingVector]):
    icon = "hourglass_top"
    shelf = "nights"
    list_display = ["id", "table", "row", "embedding_model"]
    fields = ["embedding_model", "table", "row", "text_hash"]
    list_filter = ["embedding_model", "table"]
    search_fields = ["table", "=row"]
    list_select_related = ["embedding_model"]
    ordering = ["-id"]
