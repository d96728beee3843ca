"""The command that brings a world's files into the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from characters.models import Character
from characters.worldfiles import WorldRefusedError
from conversations import stock
from conversations.world import STARTER_WORLD, World, load_world


class Command(BaseCommand):
    """`manage.py load_world [PATH] [--refresh] [--if-empty]`"""

    help = (
        "Makes the characters, channels and scenarios of a world's files that are missing. Those "
        "that are here already are left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the world lies, and how boldly to load it."""
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            default=STARTER_WORLD,
            help="the folder that holds world.yaml (default: the starter world)",
        )
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="bring what the files name back to what stands in them; keepers' edits are lost, "
            "but moods, bonds and whatever else was lived stay",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="make nobody when there is any character already, so that nobody who was deleted "
            "comes back; who came with the starter world gets what is new in it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and tell what was made."""
        is_starter = options["path"] == STARTER_WORLD
        if options["if_empty"] and Character.objects.exists():
            self.stdout.write("Somebody lives here already: nothing was loaded.")
            if is_starter and not stock.is_brought():
                for slug, kinds in stock.bring().items():
                    self.stdout.write(f"New to {slug}, for the offline voice: {', '.join(kinds)}.")
            return
        try:
            world = load_world(options["path"], refresh=options["refresh"])
        except WorldRefusedError as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from None
        if options["if_empty"] and is_starter:
            stock.note_brought({})
        self._tell(world)

    def _tell(self, world: World) -> None:
        people = world.characters
        if world.named_community:
            self.stdout.write(f"The community is called {world.community}.")
        for what, names in (
            ("made", people.made),
            ("refreshed", people.refreshed),
            ("left alone", people.left_alone),
        ):
            if names:
                self.stdout.write(f"Characters {what}: {', '.join(names)}.")
        if people.relationships:
            self.stdout.write(f"Relationships made: {people.relationships}.")
        if world.scenarios:
            self.stdout.write(f"Scenarios made: {', '.join(world.scenarios)}.")
        if world.channels:
            self.stdout.write(f"Channels made: {', '.join('#' + c for c in world.channels)}.")
        if world.lore:
            self.stdout.write(f"Lore read: {', '.join(world.lore)}.")
        if world.refreshed:
            self.stdout.write(f"Refreshed: {', '.join(world.refreshed)}.")
        if world.embedded:
            self.stdout.write(f"Interests given their vectors: {world.embedded}.")
        for what in [*people.passed_over, *world.passed_over]:
            self.stdout.write(f"Passed over: {what}.")
