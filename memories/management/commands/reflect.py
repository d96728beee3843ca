"""The command that has a character think things over now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from characters.named import one_character
from fishbowl import boot
from memories.reflection.claims import ReflectionRefused
from memories.reflection.thinking import reflect


class Command(BaseCommand):
    """`manage.py reflect CHARACTER`"""

    help = "Has a character think over what it lived through, though it isn't due, and shows it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("character", help="a name, a slug, or an id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Think, and say what came of it."""
        boot.use_servers()
        character = one_character(options["character"], "CHARACTER")
        try:
            reflection = reflect(character.pk, forced=True)
        except (ReflectionRefused, BudgetExhausted, ledger.NoVoice) as why:
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
