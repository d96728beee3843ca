from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from fishbowl.boot import WRONG_SETTINGS

KEPT_S = 300
NOT_SET = (
    "DISCORD_TOKEN isn't set: make a bot in Discord's developer portal and set it to the bot's "
    "token."
)


class Command(BaseCommand):
    """The society on Discord. Runs until it is stopped; ends with a code of its own where only
    the keeper can help (conversations/discord/running.py)."""

    help = "Connect to Discord and bring the society to its servers, until it is stopped."
    requires_system_checks = []  # the web process checks; here it would bring in every page

    def handle(self, **_: Any) -> None:
        if not settings.FISHBOWL.discord_token:
            raise CommandError(NOT_SET, returncode=WRONG_SETTINGS)
        from conversations.discord import running

        # A few threads, each with a connection that is asked whether it lives before each step.
        # Opening one for each event would take as long as the step.
        connection.settings_dict.update(CONN_MAX_AGE=KEPT_S, CONN_HEALTH_CHECKS=True)

        if code := running.run(settings.FISHBOWL):
            sys.exit(code)
