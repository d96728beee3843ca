"""The command that lives through days of a society in minutes, and tells what became of it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import tempfile
import time
from argparse import ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.loader import render_to_string
from tqdm import tqdm

from characters.worldfiles import WorldRefusedError
from conversations.models import Channel
from conversations.simulation.beats import beating
from conversations.simulation.chronicle import chronicle
from conversations.simulation.sandbox import own_database
from conversations.simulation.simulation import Clock, run
from conversations.world import STARTER_WORLD, load_world
from fishbowl import garbage
from memories.embedding import filling

START = dt.datetime(2026, 1, 5, 6, tzinfo=dt.UTC)  # a Monday
MOST_DAYS = 366
YEARS = range(1970, 2101)


def hours(text: str) -> tuple[int, int]:
    """Two hours of the day, as `19-21`."""
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if found is None or not int(found[1]) <= int(found[2]) <= 24:
        raise ArgumentTypeError(f"{text!r} won't do: write two hours from 0 to 24, such as 19-21.")
    return int(found[1]), int(found[2])


def _before(now: dt.datetime, watched: tuple[int, int]) -> None:
    if watched[0] <= now.hour < watched[1]:
        end = now.replace(minute=0, second=0, microsecond=0)
        Channel.objects.update(watched_until=end + dt.timedelta(hours=watched[1] - now.hour))


def _folder(options: dict[str, Any], start: dt.datetime) -> Path:
    """Where the report goes: made before the days are lived, which may take many minutes."""
    name = f"{start:%Y-%m-%d}-{options['days']:g}d-seed{options['seed']}"
    folder: Path = options["out"] or settings.PLACES.var / "simulations" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise CommandError(
            f"--out: {folder} can't be written to ({error.strerror}): name a folder that can."
        ) from None


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
        parser.add_argument(
            "--out", type=Path, help="the folder for the report (default: under var/simulations)"
        )
        parser.add_argument(
            "--watched",
            type=hours,
            default=(20, 21),
            metavar="FROM-UNTIL",
            help="the hours (UTC) at which somebody watches, so that talk is lively; 0-24: always, "
            "0-0: never (default: 20-21)",
        )
        parser.add_argument("--keep", action="store_true", help="keep its database for a look")

    def handle(self, *args: Any, **options: Any) -> None:
        """Live, and tell."""
        days, start = options["days"], options["start"]
        if not 0 < days <= MOST_DAYS:
            raise CommandError(f"--days must lie above 0 and be {MOST_DAYS} at most.")
        start = start if start.tzinfo else start.replace(tzinfo=dt.UTC)
        if start.year not in YEARS:
            raise CommandError(f"--start must lie in a year from {YEARS[0]} to {YEARS[-1]}.")
        before = partial(_before, watched=options["watched"])
        logging.getLogger("celery.app.trace").setLevel(logging.WARNING)  # not a line for each task
        settings.LLM_ENDPOINTS = ()  # a fortnight in minutes is for the offline voice alone
        with own_database(keep=options["keep"]) as name, beating(start, before) as beats:
            try:
                load_world(options["world"])
            except WorldRefusedError as error:
                raise CommandError(f"--world: {error}") from None
            folder = _folder(options, start)
            while filling.fill_missing():  # or it would hang on this machine's speed what has one
                pass
            garbage.settle()
            clock, until = Clock(start), start + dt.timedelta(days=days)
            began = time.perf_counter()
            with tqdm(total=round(days * 24), unit="h", disable=None) as bar:
                for _ in run(clock, until=until, seed=options["seed"], beats=beats):
                    bar.update(int((clock.now - start).total_seconds() // 3600) - bar.n)
            took = time.perf_counter() - began
            told = chronicle(start, until)
        title = f"{days:g} days of {options['world'].name.replace('_', ' ')}"
        note = f"seed {options['seed']}, the offline voice"
        (folder / "report.json").write_text(
            json.dumps(told.to_json(), indent=2, ensure_ascii=False, default=str) + "\n"
        )
        page = {"told": told, "title": title, "note": note}
        (folder / "report.html").write_text(render_to_string("conversations/chronicle.html", page))
        self.stdout.write(
            f"{days:g} days in {took:.0f} s, {days * 86400 / took:,.0f} times real time: "
            f"{told.messages} messages in {told.conversations} conversations.\n"
            f"{folder / 'report.html'}"
        )
        if options["keep"]:
            self.stdout.write(f"The database {name} is kept until the next simulation.")
