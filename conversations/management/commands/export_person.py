"""The command that writes down everything that is kept of a person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.trail.actions import record_action
from characters.named import one_person
from conversations.people import dossier
from conversations.people.export import export_person


class Command(BaseCommand):
    """`manage.py export_person NAME_OR_ID [--format html] > file`."""

    help = "Prints everything that is kept of a person, as JSON or as a page to read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("person", help="a name, or the id that the people's list shows")
        parser.add_argument("--format", default="json", choices=["json", "html"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Find them, and print."""
        person = one_person(options["person"], "PERSON")
        told = export_person(person, timezone.now())
        record_action("person.export", person, changes={"format": options["format"]})
        if options["format"] == "html":
            self.stdout.write(dossier.page(told))
        else:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
