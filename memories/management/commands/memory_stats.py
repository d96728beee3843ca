"""The command that shows what the store of memories holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from memories import statistics
from memories.recall import cache_counts

LORE = "(lore)"


class Command(BaseCommand):
    """`manage.py memory_stats [--json]`"""

    help = "Shows what is remembered, by whom, how strongly, and how well it is found."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to show it."""
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather, and show."""
        cache_counts.store(at_once=True)
        figures = statistics.gather()
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        else:
            self._show(figures)

    def _show(self, figures: statistics.Figures) -> None:
        self._show_embedding(figures["embedding"])
        totals = figures["totals"]
        self.stdout.write(", ".join(f"{_words(name)} {n:,}" for name, n in totals.items()) + ".")
        self._table(
            "Characters",
            ("", "memories", "without vector", "locked", "strength 10/50/90 %", "facts"),
            [
                (
                    one["name"] or LORE,
                    f"{one['memories']:,}",
                    one["without_vector"],
                    one["locked"],
                    "/".join(f"{n:.2f}" for n in (one["strength"] or {}).values()) or "-",
                    one["facts"],
                )
                for one in figures["characters"]
            ],
        )
        for title, key in (("By kind", "kinds"), ("By tier", "tiers")):
            names = sorted({name for one in figures["characters"] for name in one[key]})
            self._table(
                title,
                ("", *names),
                [
                    (one["name"] or LORE, *(one[key].get(name, "·") for name in names))
                    for one in figures["characters"]
                ],
            )
        self._table(
            "Shares",
            ("from", "to", "", ""),
            [(s["giver"], s["taker"], s["status"], s["shares"]) for s in figures["shares"]],
        )
        self._table(
            "Caches, last 24 hours",
            ("", "hits", "misses", "rate"),
            [
                (c["cache"], f"{c['hits']:,}", f"{c['misses']:,}", f"{c['rate'] or 0:.1%}")
                for c in figures["caches"]
            ],
        )
        self._table(
            "Consolidation",
            ("", "runs", "latest", "under way", "failed", "examined", "merged", "summarised",
             "archived", "decayed", "forgotten"),
            [
                (c["name"], c["runs"], c["latest"][:16].replace("T", " "),
                 *list(c.values())[3:])
                for c in figures["consolidation"]
            ],
        )  # fmt: skip
        self._table(
            "On disk",
            ("", "size", "indexes"),
            [
                (t["name"], _size(t["bytes"]),
                 ", ".join(f"{name} {_size(n)}" for name, n in _largest(t["indexes"])))
                for t in figures["tables"][:6]
            ],
        )  # fmt: skip

    def _show_embedding(self, facts: statistics.Figures) -> None:
        self.stdout.write(
            f"Embedding: {facts['active']} ({facts['dimensions']} dimensions, {facts['provider']})."
        )
        if facts["trouble"]:
            self.stdout.write(self.style.WARNING(facts["trouble"]))
        if facts["changing_to"]:
            self.stdout.write(
                f"Changing to {facts['changing_to']}: {facts['waiting']:,} of {facts['of']:,} "
                "vectors wait."
            )

    def _table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        lines = [[str(cell) for cell in row] for row in (head, *rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        self.stdout.write(f"\n{self.style.MIGRATE_HEADING(title)}")
        for line in lines:
            first, *others = line
            is_text = [not _is_number(cell) for cell in lines[1][1:]]
            cells = [
                cell.ljust(width) if text else cell.rjust(width)
                for cell, width, text in zip(others, widths[1:], is_text, strict=True)
            ]
            self.stdout.write("  ".join(["", first.ljust(widths[0]), *cells]).rstrip())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit() or cell in "·-"


def _largest(indexes: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(indexes.items(), key=lambda one: -one[1])[:5]


def _size(number: float) -> str:
    for unit in ("B", "kB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"
