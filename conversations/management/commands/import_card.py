"""The command that makes characters of cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from characters.cards import CardFile, CardRefused, read_path
from characters.models import Character
from conversations.cards import import_card, usual_rooms
from conversations.models import Channel


class Command(BaseCommand):
    """`manage.py import_card FILE… [--name NAME] [--replace] [--paused] [--room ROOM…]`."""

    help = "Makes characters of cards: JSON, PNG or CHARX, V1 to V3, or a zip of many."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and how they come."""
        parser.add_argument("files", nargs="+", type=Path, help="cards, or zips of cards")
        parser.add_argument("--name", default="", help="what to call it; for one card only")
        parser.add_argument(
            "--replace", action="store_true", help="bring who is here already to what the card says"
        )
        parser.add_argument("--paused", action="store_true", help="they don't act until resumed")
        parser.add_argument(
            "--room", action="append", default=[], help="a room it frequents; may be given again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all of them first; then take each in, and tell of those that can't be taken."""
        problems: list[str] = []
        found: list[CardFile] = []
        for path in options["files"]:
            try:
                some, wrong = read_path(path)
                found += some
                problems += wrong
            except CardRefused as refused:
                problems += refused.problems
        if options["name"] and len(found) > 1:
            raise CommandError("--name is for one card; these are several.")
        rooms = self._rooms(options["room"])
        for file in found:
            try:
                self._take(file, rooms, options)
            except CardRefused as refused:
                problems += refused.problems
        if problems:
            raise CommandError("\n".join(problems))

    def _rooms(self, names: list[str]) -> list[Channel]:
        if not names:
            return usual_rooms()
        rooms = list(Channel.objects.filter(name__in=names, is_direct=False))
        missing = set(names) - {room.name for room in rooms}
        if missing:
            raise CommandError(f"--room: there is no room {', '.join(sorted(missing))}.")
        return rooms

    def _take(self, file: CardFile, rooms: list[Channel], options: dict[str, Any]) -> None:
        name = options["name"].strip() or file.name
        replaced = (
            Character.objects.filter(name__iexact=name).first() if options["replace"] else None
        )
        status = Character.Status.PAUSED if options["paused"] else Character.Status.ACTIVE
        done = import_card(
            file,
            timezone.now(),
            name=options["name"],
            replaced=replaced,
            status=status,
            rooms=rooms,
        )
        if done.character is None:
            self.stdout.write(f"{file.label}: everybody knows {done.title} ({done.entries}).")
        else:
            what = "brought up to date" if replaced else "came to live here"
            self.stdout.write(
                f"{file.label}: {done.title} {what} (slug {done.character.slug}"
                f"{f', a book of {done.entries} entries' if done.entries else ''})."
            )
        for note in done.notes:
            self.stdout.write(f"  {note}")
