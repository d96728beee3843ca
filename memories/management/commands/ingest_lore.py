"""The command by which characters come to know what is written about their world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from characters.models import Character, Community
from characters.named import one_character
from memories.lore.lore import Ingested, ingest
from memories.lore.lorefiles import SUFFIXES, LoreRefused, Reading, read_lore

HERE = "here"


class Command(BaseCommand):
    """`manage.py ingest_lore PATH… [--community [NAME]] [--character NAME] [--title TITLE]`"""

    help = (
        "Has characters read texts about their world: Markdown, plain text, or a lorebook's JSON. "
        "Again for the same files, it takes over what changed in them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which texts, and who reads them."""
        parser.add_argument(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help="a .md, .txt or .json file, or a folder of such files",
        )
        parser.add_argument(
            "--community",
            nargs="?",
            const=HERE,
            default="",
            metavar="NAME",
            help="only this community knows it; without a name, this deployment's own rooms "
            "(default: every community)",
        )
        parser.add_argument(
            "--character", default="", help="only this character knows it (default: all)"
        )
        parser.add_argument(
            "--title", default="", help="what it is called (default: its first heading or name)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all, then store each; nothing is stored when something can't be taken."""
        community = self._community(options["community"])
        character = self._character(options["character"])
        files = self._files(options["paths"])
        if options["title"] and len(files) > 1:
            raise CommandError("--title names one text: give one file with it.")
        readings: list[Reading] = []
        problems: list[str] = []
        for path in files:
            try:
                readings.append(read_lore(path, title=options["title"]))
            except LoreRefused as error:
                problems.append(str(error))
        if problems:
            raise CommandError("\n".join(["Nothing was stored.", *problems]))
        for reading in readings:
            self._tell(
                ingest(
                    reading,
                    community_id=community.pk if community else None,
                    character_id=character.pk if character else None,
                )
            )

    def _files(self, paths: list[Path]) -> list[Path]:
        files: list[Path] = []
        for path in paths:
            if not path.is_dir():
                files.append(path)
                continue
            inside = [one for one in sorted(path.rglob("*")) if one.suffix.lower() in SUFFIXES]
            if not inside:
                known = ", ".join(sorted(SUFFIXES))
                raise CommandError(f"{path} holds no text: put files in it that end in {known}.")
            files += inside
        return list(dict.fromkeys(files))

    def _community(self, name: str) -> Community | None:
        if not name:
            return None
        which = Q(discord_id__isnull=True) if name == HERE else Q(name__iexact=name)
        found = list(Community.objects.filter(which)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise CommandError(f"--community: two are called {name}; rename one of them.")
        known = ", ".join(Community.objects.order_by("name").values_list("name", flat=True)[:20])
        raise CommandError(f"--community: there is no {name}; there are: {known or 'none'}.")

    def _character(self, name: str) -> Character | None:
        return one_character(name, "--character") if name else None

    def _tell(self, done: Ingested) -> None:
        if done.is_unchanged:
            said = f"known as it stands (pieces: {done.kept})"
        else:
            said = f"pieces: {done.added} added, {done.kept} kept, {done.removed} removed"
        self.stdout.write(f"{done.title}: {said}.")
        for what in done.passed_over:
            self.stdout.write(f"Passed over: {what}.")
