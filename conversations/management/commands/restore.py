"""The command that brings a society back from a file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fishbowl import backups, boot
from fishbowl.embedded import explain_os_error


class Command(BaseCommand):
    """`manage.py restore FILE`"""

    help = "Brings a society back from a file that `backup` wrote, into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path, help="what `manage.py backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring it back."""
        source: Path = options["file"].absolute()
        # The role that prompts are composed in, made as it was in the first place.
        role = import_module("memories.migrations.0003_what_prompts_may_see").ROLE
        try:
            backups.read(source, boot.places(), role)
        except backups.BackupError as error:
            raise CommandError(error) from None
        except OSError as error:
            raise CommandError(explain_os_error(error, boot.places().var)) from None
        self.stdout.write("It is back as it was: start it with `make run`.")
