"""What hangs on a memory, as its page shows it: a few rows of each, read without their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from characters.admin.lists import shorten
from memories.models import Memory

SHOWN = 20


def memory_link(key: int, content: str) -> SafeString:
    """A memory's beginning, which leads to its page."""
    page = reverse("admin:memories_memory_change", args=[key])
    return format_html('<a href="{}">{}</a>', page, shorten(content, 110))


def message_link(key: int, content: str) -> SafeString:
    """The same for a message."""
    page = reverse("admin:conversations_message_change", args=[key])
    return format_html('<a href="{}">{}</a>', page, shorten(content, 110))


def listed(lines: Iterable[SafeString], more: int = 0, nothing: str = "–") -> SafeString:
    """Lines as a list, and how many more there are."""
    rows = list(lines)
    if not rows:
        return format_html("{}", nothing)
    if more > 0:
        rows.append(format_html("… and {} more", more))
    items = format_html_join("", "<li>{}</li>", ((row,) for row in rows))
    return format_html('<ul class="desk-list">{}</ul>', items)


def some(rows: QuerySet[Any], *columns: str) -> tuple[Sequence[Any], int]:
    """The first rows, and how many there are besides them, in at most two queries."""
    found = list(rows.values_list(*columns)[: SHOWN + 1])
    return found[:SHOWN], rows.count() - SHOWN if len(found) > SHOWN else 0


def sources(memory: Memory) -> SafeString:
    """What it was made from."""
    found, more = some(
        memory.sources.order_by("pk"),
        "from_memory", "from_memory__content", "from_message", "from_message__content",
    )  # fmt: skip
    return listed(
        (memory_link(pk, text) if pk else message_link(said, words)
         for pk, text, said, words in found),
        more,
    )  # fmt: skip


def derived(memory: Memory) -> SafeString:
    """What was made of it."""
    found, more = some(memory.derived.order_by("pk"), "memory", "memory__content")
    return listed((memory_link(pk, text) for pk, text in found), more)


def merged(memory: Memory) -> SafeString:
    """What it speaks for, and what speaks for it, since a consolidation."""
    found, more = some(memory.merged_from.order_by("pk"), "pk", "content")
    lines = [format_html("speaks for {}", memory_link(pk, text)) for pk, text in found]
    if memory.merged_into_id:
        into = Memory.objects.values_list("content", flat=True).get(pk=memory.merged_into_id)
        lines.insert(0, format_html("merged into {}", memory_link(memory.merged_into_id, into)))
    return listed(lines, more)


def links(memory: Memory) -> SafeString:
    """What it has to do with, in both directions."""
    columns = ("link_type", "strength", "origin")
    out, more = some(memory.links.order_by("-strength"), *columns, "to_memory",
                     "to_memory__content")  # fmt: skip
    back, further = some(memory.linked_from.order_by("-strength"), *columns, "from_memory",
                         "from_memory__content")  # fmt: skip
    rows = [("→", *row) for row in out] + [("←", *row) for row in back]
    return listed(
        (
            format_html(
                "{} {} {} ({}): {}",
                arrow,
                kind.replace("_", " "),
                f"{strength:.2f}",
                origin,
                memory_link(pk, text),
            )
            for arrow, kind, strength, origin, pk, text in rows
        ),
        more + further,
    )


def entities(memory: Memory) -> SafeString:
    """Who and what it names."""
    found, more = some(memory.mentions.order_by("start"), "entity", "entity__name", "entity__kind")
    return listed(
        (
            format_html(
                '<a href="{}">{}</a> ({})',
                reverse("admin:memories_entity_change", args=[pk]),
                name,
                kind,
            )
            for pk, name, kind in dict.fromkeys(found)
        ),
        more,
    )


def pieces(memory: Memory) -> SafeString:
    """The pieces of documents that it is, if it is lore."""
    found, more = some(
        memory.chunks.order_by("document_id", "number"), "pk", "number", "document__title"
    )
    return listed(
        (
            format_html(
                '<a href="{}">{}, piece {}</a>',
                reverse("admin:memories_lorechunk_change", args=[pk]),
                title,
                number,
            )
            for pk, number, title in found
        ),
        more,
    )


def revisions(memory: Memory) -> SafeString:
    """How it was before."""
    found, more = some(memory.revisions.all(), "revised_at", "reason", "content_before")
    return listed(
        (
            format_html("{}, {}: “{}”", f"{at:%Y-%m-%d %H:%M}", reason, shorten(before, 200))
            for at, reason, before in found
        ),
        more,
    )


def shares(memory: Memory) -> SafeString:
    """Whom it was offered to, and what came of it."""
    found, more = some(
        memory.shares.all(), "shared_at", "target_character__name", "status", "reason", "copy",
        "copy__content",
    )  # fmt: skip
    return listed(
        (
            format_html(
                "{} to {}: {} ({}) {}",
                f"{at:%Y-%m-%d}",
                name,
                status,
                reason,
                memory_link(copy, text) if copy else "",
            )
            for at, name, status, reason, copy, text in found
        ),
        more,
    )


def findings(memory: Memory) -> SafeString:
    """What audits found against it."""
    found, more = some(memory.findings.all(), "pk", "kind", "found_at", "detail", "reverted_at")
    return listed(
        (
            format_html(
                '<a href="{}">{}</a> on {}: {}{}',
                reverse("admin:memories_hygienefinding_change", args=[pk]),
                kind.replace("_", " "),
                f"{at:%Y-%m-%d}",
                detail,
                " (reverted)" if reverted else "",
            )
            for pk, kind, at, detail, reverted in found
        ),
        more,
    )


def recollections(memory: Memory) -> SafeString:
    """The turns in which it came to mind, each leading to why it was said."""
    found, more = some(
        memory.recollected.order_by("-turn_id"), "turn", "rank", "score", "turn__decided_at",
        "turn__conversation__channel__name", "turn__chosen__name",
    )  # fmt: skip
    return listed(
        (
            format_html(
                '<a href="{}">{} in #{}</a>, {}: place {}, score {}',
                reverse("why", args=[turn]),
                name,
                channel,
                f"{at:%Y-%m-%d %H:%M}",
                rank,
                f"{score:.2f}",
            )
            for turn, rank, score, at, channel, name in found
        ),
        more,
        "It has not come to mind in any turn.",
    )
