"""The command that writes the whole society to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fishbowl import backups, boot


class Command(BaseCommand):
    """`manage.py backup FILE`"""

    help = "Writes the whole society to a file, while it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="a file that isn't there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say how large it is."""
        target: Path = options["file"].absolute()
        try:
            size = backups.write(target, boot.places())
        except backups.BackupError as error:
            raise CommandError(error) from None
        except OSError as error:
            raise CommandError(
                f"{target} can't be written ({error.strerror}): name a file in a folder that is "
                "there, has room and may be written to."
            ) from None
        self.stdout.write(f"{target}: {size / 1_000_000:.1f} MB. Keep it as you keep a secret.")
