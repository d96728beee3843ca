"""The command that makes a decision again and says whether it comes out the same."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from characters.models import Character
from conversations.models import Turn
from conversations.why.replay import NotReplayableError, Replay, replay


class Command(BaseCommand):
    """`manage.py replay_turn TURN_ID [--json]`; exit code 1 when the answer differs."""

    help = "Makes a turn's decision again from its facts, rules and seed, and compares the two."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which turn, and how to print it."""
        parser.add_argument("turn_id", type=int)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, print, and end with 1 when it differs."""
        turn = Turn.objects.filter(pk=options["turn_id"]).first()
        if turn is None:
            raise CommandError(f"There is no turn {options['turn_id']}.")
        try:
            outcome = replay(turn)
        except NotReplayableError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(_as_json(turn, outcome))
        else:
            self._print(turn, outcome)
        if not outcome.is_same:
            sys.exit(1)

    def _print(self, turn: Turn, outcome: Replay) -> None:
        names = dict(Character.objects.values_list("pk", "name"))
        self.stdout.write(f"turn {turn.pk}: {turn.reason}")
        for title, told in (("stored", outcome.stored), ("made again", outcome.made_again)):
            who = names.get(told["chosen"], "nobody")
            move = f" ({told['move']})" if told["move"] else ""
            self.stdout.write(f"{title}: {told['action']}{move} by {who}")
            for key, parts in sorted(
                told["scores"].items(), key=lambda item: -item[1].get("total", 0.0)
            ):
                named = names.get(int(key), key)
                said = " ".join(f"{part}={value}" for part, value in parts.items())
                self.stdout.write(f"  {named}: {said}")
        if outcome.is_same:
            self.stdout.write("same")
            return
        for name, (before, after) in outcome.differences.items():
            self.stdout.write(f"{name} differs: {before!r} was stored, {after!r} was made again")


def _as_json(turn: Turn, outcome: Replay) -> str:
    return json.dumps(
        {
            "turn": turn.pk,
            "same": outcome.is_same,
            "stored": outcome.stored,
            "made_again": outcome.made_again,
            "differences": sorted(outcome.differences),
        },
        ensure_ascii=False,
        indent=2,
    )
