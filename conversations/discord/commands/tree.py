"""The commands as Discord knows them: registered once for all servers, anew when they changed."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from typing import Any

import discord
from discord import app_commands
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from characters.models import Person
from conversations.discord.commands import claims
from conversations.discord.commands.answers import AWAY, NotAllowed, explain, in_time
from conversations.discord.crossing import hurried, step
from conversations.models import RegisteredCommands
from conversations.tank.limits import Bucket

log = logging.getLogger(__name__)

AT_ONCE, PER_S = 12, 30.0  # commands and buttons of one person
HELD = 5000  # people whose haste is remembered

# What concerns somebody's own data stands open to them, blocked or not.
THEIR_RIGHT = frozenset({"forget-me", "export-me", "privacy", "what-do-you-know-about-me"})


class Tree(app_commands.CommandTree[Any]):
    """All commands of the bot. What goes wrong in one is said by `answers.explain`."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._haste: dict[int, Bucket] = {}

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        await explain(interaction, error)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Whether somebody may use commands at all now, and it is this bot that sees to it.

        Raises:
            NotAllowed: they are blocked, or too hasty.
        """
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        if not await claims.taken(interaction.id):
            return False
        self.slow_down(interaction.user.id)
        command = getattr(interaction.command, "name", "")
        if command not in THEIR_RIGHT:
            try:
                asked = hurried(_blocked_until, interaction.user.id)
                blocked = await in_time(interaction, asked)
            except (OperationalError, InterfaceError) as error:
                raise NotAllowed(AWAY) from error
            if blocked is not None:
                raise NotAllowed(f"You can use commands again <t:{blocked}:R>.")
        return True

    def slow_down(self, user_id: int) -> None:
        """Let somebody do only so much at once.

        Raises:
            NotAllowed: it is too much.
        """
        if len(self._haste) > HELD:
            self._haste.clear()
        bucket = self._haste.setdefault(user_id, Bucket(AT_ONCE, PER_S))
        if not bucket.take(time.monotonic()):
            raise NotAllowed("That is a lot at once. Wait half a minute.")

    async def register(self) -> bool:
        """Tell Discord of the commands, if they have changed since it was last told. Returns
        whether it was told."""
        application_id = self.client.application_id or 0
        digest = self.digest()
        if await step(_is_registered, application_id, digest):
            return False
        try:
            await self.sync()
        except discord.HTTPException as error:
            log.error("Discord didn't take the commands: %s", error)
            return False
        await step(_note_registered, application_id, digest)
        log.info("Discord was told of %s commands.", len(self.get_commands()))
        return True

    def digest(self) -> str:
        """What these commands are, in 64 characters."""
        every = [*self.get_commands(type=discord.AppCommandType.chat_input)]
        menus = self.get_commands(type=discord.AppCommandType.message)
        shapes = sorted(
            json.dumps(one.to_dict(self), sort_keys=True, default=str) for one in (*every, *menus)
        )
        return hashlib.sha256("\n".join(shapes).encode()).hexdigest()


def _blocked_until(user_id: int) -> int | None:
    """Until when somebody is blocked, in Unix seconds."""
    until = (
        Person.objects.filter(discord_id=user_id, blocked_until__gt=timezone.now())
        .values_list("blocked_until", flat=True)
        .first()
    )
    return int(until.timestamp()) if until else None


def _is_registered(application_id: int, digest: str) -> bool:
    known = RegisteredCommands.objects.filter(application_id=application_id, digest=digest)
    return known.exists()


def _note_registered(application_id: int, digest: str) -> None:
    RegisteredCommands.objects.update_or_create(
        application_id=application_id,
        defaults={"digest": digest, "registered_at": timezone.now()},
    )
