"""The command that gives characters their night now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.configuration.configuration import is_society_paused
from characters.models import Character
from characters.named import one_character
from fishbowl.outages import told_in_a_sentence
from memories.nights import nightly


class Command(BaseCommand):
    """`manage.py consolidate [CHARACTER]`"""

    help = (
        "Gives a character, or all that are active, their night now: memories weaken by the days "
        "that have passed, the like are merged, old talk is summed up, and what has faded leaves "
        "recall. Run it again after it was cut short: it goes on from there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("character", nargs="?", help="a name, a slug, or an id (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Live through each night, and say what it did."""
        with told_in_a_sentence("What was done so far holds"):
            self._live_through(options["character"])

    def _live_through(self, name: str | None) -> None:
        chosen = Character.objects.active().order_by("name")
        if is_society_paused():
            raise CommandError("The society is stopped: nothing changes until it goes on.")
        if name:
            character = one_character(name, "CHARACTER")
            if not character.is_active:
                raise CommandError(f"{character} is paused: nothing of it changes or costs.")
            chosen = chosen.filter(pk=character.pk)
        for character in chosen:
            try:
                run = nightly.consolidate(character.pk, timezone.now())
            except nightly.NightRefused as why:
                self.stdout.write(f"{character}: {why}")
                continue
            self.stdout.write(
                f"{character}: {run.examined} examined, {run.decayed} weakened, "
                f"{run.merged} merged, {run.summarised} summaries, {run.archived} archived, "
                f"{run.forgotten} forgotten"
                + (f", {run.tokens} tokens" if run.tokens else "")
                + ("" if run.finished_at else " (cut short: run it again)")
            )
