"""The command that writes characters down as cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from characters.cards import FORMATS, CardRefused
from characters.cards.carrying import said
from characters.models import Character
from characters.named import one_character
from conversations.cards import export, export_all


class Command(BaseCommand):
    """`manage.py export_card SLUG… [--format png] [--spec 3] [--to PLACE]`."""

    help = "Writes a character as a card; several, or --all, as a zip."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, how, and where to."""
        parser.add_argument("slugs", nargs="*", help="names, slugs or ids of characters")
        parser.add_argument("--all", action="store_true", help="everybody who lives here")
        parser.add_argument("--format", default="png", choices=FORMATS)
        parser.add_argument(
            "--spec", type=int, default=0, choices=(2, 3), help="version; the card's own by default"
        )
        parser.add_argument("--to", type=Path, default=Path(), help="a folder, or a file's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find them, and write the file."""
        if not options["slugs"] and not options["all"]:
            raise CommandError("Say whom: a slug, or --all.")
        found = (
            list(Character.objects.exclude(status=Character.Status.ARCHIVED))
            if options["all"]
            else list(dict.fromkeys(one_character(slug, "SLUG") for slug in options["slugs"]))
        )
        now, how = timezone.now(), {"form": options["format"], "spec": options["spec"]}
        try:
            if len(found) == 1 and not options["all"]:
                made = export(found[0], now, **how)
                name, content = made.filename, made.content
                if made.notes:
                    self.stderr.write(said(found[0].name, made.notes))
            else:
                name, content = "characters.zip", export_all(found, now, **how)
        except CardRefused as refused:
            raise CommandError(str(refused)) from None
        place: Path = options["to"] / name if options["to"].is_dir() else options["to"]
        try:
            place.write_bytes(content)
        except OSError as error:
            raise CommandError(
                f"--to: {place} can't be written ({error.strerror}): give a folder that is there, "
                "or a file in one."
            ) from None
        self.stdout.write(f"{place}: {len(content):,} bytes.")
