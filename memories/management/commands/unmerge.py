"""The command that takes a merged memory apart."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fishbowl.outages import told_in_a_sentence
from memories.nights import consolidation


class Command(BaseCommand):
    """`manage.py unmerge ID`"""

    help = (
        "Brings back what was merged into a memory, as it was, and archives the summary. It is not "
        "merged again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which memory."""
        parser.add_argument("memory", type=int, help="the id of the memory others were merged into")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it apart, or say why not."""
        try:
            with told_in_a_sentence("It is taken apart as a whole or not at all"):
                back = consolidation.unmerge(options["memory"])
        except consolidation.NotMerged:
            raise CommandError(f"Nothing is merged into memory {options['memory']}.") from None
        self.stdout.write(f"Back: {', '.join(map(str, back))}")
