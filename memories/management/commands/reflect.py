"""The command that has a character think things over now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from audit.calls import ledger
from characters.models import Character
from fishbowl import boot
from memories.nights.condensing import NoBudget
from memories.reflection.claims import ReflectionRefused
from memories.reflection.thinking import reflect


class Command(BaseCommand):
    """`manage.py reflect CHARACTER`"""

    help = "Has a character think over what it lived through, though it isn't due, and shows it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("character", help="its name or slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Think, and say what came of it."""
        boot.use_servers()
        name = options["character"]
        character = Character.objects.filter(Q(name__iexact=name) | Q(slug=name.lower())).first()
        if character is None:
            known = ", ".join(Character.objects.values_list("slug", flat=True)) or "nobody"
            raise CommandError(f"CHARACTER: nobody here is called {name}. Here are: {known}.")
        try:
            reflection = reflect(character.pk, forced=True)
        except (ReflectionRefused, NoBudget, ledger.NoVoice) as why:
            raise CommandError(str(why)) from None
        if reflection is None:
            raise CommandError("Somebody else has just thought for this character. Look again.")
        for insight in reflection.insights.all():
            self.stdout.write(
                f"{insight.insight_content}\n    {insight.insight_type}, "
                f"{insight.confidence_score:.2f} sure, {insight.importance_level:.1f} of 10, "
                f"from {insight.evidence_memories.count()} memories"
            )
        self.stdout.write(
            f"{character.name}: {reflection.insights.count()} new, "
            f"{reflection.effectiveness:.0%} of what was found. {reflection.note}"
        )
