"""The command that shows the link by which people are invited to talk."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations.tank.guests import invite_link


class Command(BaseCommand):
    """`manage.py invite`"""

    help = "Shows the link that lets a person talk in the tank where WHO_MAY_TALK=invited."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--site", default="", help="The address people know the tank by, if not this machine's."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link, and say if it makes no difference."""
        site = options["site"] or settings.FISHBOWL.site_url()
        if not re.match(r"https?://[^/\s]+(/\S*)?$", site):
            raise CommandError(f"--site: {site} is no address: write it as https://example.org.")
        self.stdout.write(invite_link(site))
        if settings.FISHBOWL.talkers != "invited":
            self.stderr.write(
                f"WHO_MAY_TALK is {settings.FISHBOWL.talkers}: nobody is asked for the link."
            )
