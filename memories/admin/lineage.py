"""What is only ever added: where memories come from, how they changed, and who told whom."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from characters.admin.lists import ReadOnlyAdmin, in_cell
from memories.models import Derivation, MemoryLink, MemoryRevision, MemoryShare


def vectors_of(*names: str) -> list[str]:
    """The columns of joined memories or messages that only machines read."""
    return [f"{name}__{column}" for name in names for column in ("embedding", "search")]


@admin.register(MemoryLink)
class MemoryLinkAdmin(ReadOnlyAdmin[MemoryLink]):
    icon = "hub"
    dated = "created_at"
    list_display = ["id", "one", "link_type", "other", "strength", "origin", "created_at"]
    list_filter = ["link_type", "origin"]
    search_fields = ["=from_memory__id", "=to_memory__id"]
    search_help_text = "The number of a memory."
    list_select_related = ["from_memory", "to_memory"]
    ordering = ["-id"]
    heavy = vectors_of("from_memory", "to_memory")

    @admin.display(description="from")
    def one(self, link: MemoryLink) -> SafeString:
        """How the one begins."""
        return in_cell(link.from_memory.content, 60)

    @admin.display(description="to")
    def other(self, link: MemoryLink) -> SafeString:
        """How the other begins."""
        return in_cell(link.to_memory.content, 60)


@admin.register(MemoryRevision)
class MemoryRevisionAdmin(ReadOnlyAdmin[MemoryRevision]):
    icon = "history"
    dated = "revised_at"
    list_display = ["revised_at", "reason", "before", "after", "memory_id", "replaced_by_id"]
    list_filter = ["reason"]
    search_fields = ["=memory__id"]
    search_help_text = "The number of a memory."
    ordering = ["-id"]

    @admin.display(ordering="content_before")
    def before(self, row: MemoryRevision) -> SafeString:
        """What it said."""
        return in_cell(row.content_before, 70)

    @admin.display(ordering="content_after")
    def after(self, row: MemoryRevision) -> SafeString:
        """What it says since."""
        return in_cell(row.content_after, 70)


@admin.register(Derivation)
class DerivationAdmin(ReadOnlyAdmin[Derivation]):
    icon = "account_tree"
    list_display = ["id", "made", "made_from"]
    search_fields = ["=memory__id", "=from_memory__id", "=from_message__id"]
    search_help_text = "The number of a memory or of a message."
    list_select_related = ["memory", "from_memory", "from_message"]
    ordering = ["-id"]
    heavy = vectors_of("memory", "from_memory", "from_message")

    @admin.display(description="memory")
    def made(self, row: Derivation) -> SafeString:
        """What was made."""
        return in_cell(row.memory.content, 70)

    @admin.display(description="made from")
    def made_from(self, row: Derivation) -> SafeString:
        """What it was made from."""
        source = row.from_memory or row.from_message
        return in_cell(source.content if source else "", 70)


@admin.register(MemoryShare)
class MemoryShareAdmin(ReadOnlyAdmin[MemoryShare]):
    icon = "share"
    dated = "shared_at"
    list_display = [
        "shared_at",
        "source_character",
        "target_character",
        "what",
        "permission_level",
        "trust_level_at_sharing",
        "trust_required",
        "status",
        "reason",
    ]
    list_filter = ["status", "permission_level", "source_character", "target_character"]
    search_fields = ["source_character__name", "target_character__name", "reason"]
    list_select_related = ["source_character", "target_character", "memory"]
    ordering = ["-id"]
    heavy = vectors_of("memory")

    @admin.display(description="memory")
    def what(self, share: MemoryShare) -> SafeString:
        """How what was offered begins."""
        return in_cell(share.memory.content, 60)
