"""The command that lives through days of a society in minutes, and tells what became of it."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from characters.worldfiles import WorldRefusedError
from conversations.beats import beating
from conversations.freshness import read_anew
from conversations.models import Message
from conversations.sandbox import own_database
from conversations.simulation import Clock, run
from conversations.world import STARTER_WORLD, load_world

START = dt.datetime(2026, 1, 5, 6, tzinfo=dt.UTC)  # a Monday
MOST_DAYS = 366


class Command(BaseCommand):
    """`manage.py simulate [--days N] [--seed N] [--world PATH] [--out PATH] [--keep]`"""

    help = (
        "Lives through days of a world's society on a simulated clock, in a database of its own: "
        "the same director, turns, observation, nights and events as in real life."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How long, by which seed, and where the report goes."""
        parser.add_argument("--days", type=float, default=14.0, help="how long (default: 14)")
        parser.add_argument("--seed", type=int, default=7, help="of all decisions (default: 7)")
        parser.add_argument(
            "--start", type=dt.datetime.fromisoformat, default=START, help=f"default: {START}"
        )
        parser.add_argument(
            "--world", type=Path, default=STARTER_WORLD, help="the folder that holds world.yaml"
        )
        parser.add_argument("--watched", action="store_true", help="as if somebody always watched")
        parser.add_argument("--keep", action="store_true", help="keep its database for a look")

    def handle(self, *args: Any, **options: Any) -> None:
        """Live, and tell."""
        days, start = options["days"], options["start"]
        if not 0 < days <= MOST_DAYS:
            raise CommandError(f"--days must lie above 0 and be {MOST_DAYS} at most.")
        start = start if start.tzinfo else start.replace(tzinfo=dt.UTC)
        with own_database(keep=options["keep"]) as name, beating(start, read_anew) as beats:
            try:
                load_world(options["world"])
            except WorldRefusedError as error:
                raise CommandError(f"--world: {error}") from None
            clock, until = Clock(start), start + dt.timedelta(days=days)
            began = time.perf_counter()
            with tqdm(total=round(days * 24), unit="h", disable=None) as bar:
                for _ in run(
                    clock,
                    until=until,
                    seed=options["seed"],
                    watched=options["watched"],
                    beats=beats,
                ):
                    bar.update(int((clock.now - start).total_seconds() // 3600) - bar.n)
            took = time.perf_counter() - began
            self.stdout.write(
                f"{days:g} days in {took:.0f} s: {days * 86400 / took:,.0f} times real time; "
                f"{Message.objects.count()} messages. {name if options['keep'] else ''}"
            )
