"""The command that erases a person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from characters.named import one_person
from conversations.people.erasure import forget_person, preview


class Command(BaseCommand):
    """`manage.py forget_person NAME_OR_ID [--yes] [--dry-run] [--requested-by WHO]`."""

    help = "Erases a person: what they said, what is remembered of them, and what came of either."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and whether to ask first."""
        parser.add_argument("person", help="a name, or the id that the people's list shows")
        parser.add_argument("--yes", action="store_true", help="don't ask")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument(
            "--requested-by",
            default="a keeper",
            choices=["a keeper", "the person", "retention"],
            help="what the receipt says of who wanted it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find them, say what goes, ask, erase, and print the receipt."""
        person = one_person(options["person"], "PERSON")
        now = timezone.now()
        if options["dry_run"] or not options["yes"]:
            self.stdout.write(f"Erasing {person.name} (id {person.pk}) takes:")
            self._print(preview(person, now))
        if options["dry_run"]:
            return
        if not options["yes"]:
            answer = input("This can't be undone. Type the name to go on: ")
            if answer.strip().casefold() != person.name.casefold():
                raise CommandError("Nothing was erased.")
        receipt = forget_person(person, options["requested_by"], now)
        self.stdout.write(f"Erased. Receipt {receipt.reference}, {receipt.erased_at.isoformat()}:")
        self._print(receipt.counts)

    def _print(self, counts: dict[str, int]) -> None:
        width = max((len(kind) for kind in counts), default=0)
        for kind, number in counts.items():
            self.stdout.write(f"  {kind:<{width}}  {number}")
        if not counts:
            self.stdout.write("  nothing")
