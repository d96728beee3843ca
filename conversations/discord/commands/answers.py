"""How the bot answers whoever uses a command: in time, in pieces that fit, seen by them alone where
it concerns them alone, and never with more than a sentence where something went wrong."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import aiohttp
import discord
from discord import app_commands
from django.db import InterfaceError, OperationalError

from characters.preferences import Unusable
from conversations.discord.crossing import hurried
from conversations.discord.splitting import split
from conversations.text import Refused

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Interaction = discord.Interaction[Any]
Commands = tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...]

PATIENCE_S = 1.5  # of the 3 s in which Discord wants an answer
MOST_PIECES = 5
NOBODY = discord.AllowedMentions.none()


class NotAllowed(app_commands.CheckFailure):
    """Somebody may not use that; the text says who may."""


async def ask(
    interaction: Interaction,
    function: Callable[P, T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Call a service. Where it takes long, whoever asks sees meanwhile that it is being done."""
    return await in_time(interaction, hurried(function, *args, **kwargs))


async def in_time(interaction: Interaction, work: Coroutine[Any, Any, T]) -> T:
    """Wait for something, and let it be seen that it is being done where that takes long, from the
    first thing on that is waited for. What is answered after is for the one who asks alone."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=_patience(interaction))
    if not done and not interaction.response.is_done():
        await interaction.response.defer(ephemeral=True, thinking=True)
    return await task


async def at_once(interaction: Interaction, work: Coroutine[Any, Any, list[T]]) -> list[T]:
    """Wait for what is to be suggested while somebody types. What takes too long, or meets with a
    database that is away, is none: they type on, and it is asked for again."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_let_go)
    done, _ = await asyncio.wait({task}, timeout=_patience(interaction))
    if not done:
        return []
    try:
        return task.result()
    except (OperationalError, InterfaceError):
        return []


def _patience(interaction: Interaction) -> float:
    """For how many seconds more nobody needs to be told that something is being done."""
    now = time.monotonic()
    return max(0.0, float(interaction.extras.setdefault("patience_ends", now + PATIENCE_S)) - now)


def _let_go(task: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more: what became of it isn't to be told as a surprise."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("Nothing could be suggested: %s", type(error).__name__)


async def answer(
    interaction: Interaction,
    text: str,
    *,
    to_all: bool = False,
    view: discord.ui.View | None = None,
    file: discord.File | None = None,
) -> None:
    """Answer a command: to the one who asks, or where it was said, `to_all` who are there."""
    pieces = split(text)
    if len(pieces) > MOST_PIECES:
        pieces = [*pieces[: MOST_PIECES - 1], "…"]
    for number, piece in enumerate(pieces):
        more: dict[str, Any] = {}
        if number == len(pieces) - 1:
            more = {k: v for k, v in {"view": view, "file": file}.items() if v is not None}
        if interaction.response.is_done():
            await interaction.followup.send(
                piece, ephemeral=not to_all, allowed_mentions=NOBODY, **more
            )
        else:
            await interaction.response.send_message(
                piece, ephemeral=not to_all, allowed_mentions=NOBODY, **more
            )


async def rewrite(interaction: Interaction, text: str, view: discord.ui.View | None = None) -> None:
    """Put something else in the place of the answer whose button was pressed."""
    if interaction.response.is_done():
        await interaction.edit_original_response(
            content=text, view=view, attachments=[], allowed_mentions=NOBODY
        )
    else:
        await interaction.response.edit_message(
            content=text, view=view, attachments=[], allowed_mentions=NOBODY
        )


# --- when something goes wrong --------------------------------------------------------------------

AWAY = "The database doesn't answer just now. Try again in a moment."
CHANGED = "This command has changed. Wait a minute, or restart Discord, and use it again."
BROKEN = "That went wrong here, and the keepers can read what it was. Try again later."
NOT_HERE = "This doesn't work here. Use it in a server's channel."


def sentence_for(error: BaseException) -> str:
    """What is said to whoever asked, in this order: what they can mend, what they may not, what
    passes by itself, and at last that it is our fault. Empty where nobody can be answered."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, Refused | Unusable):
        return error.remedy
    if isinstance(error, NotAllowed):
        return str(error)
    if isinstance(error, app_commands.NoPrivateMessage):
        return NOT_HERE
    if isinstance(error, app_commands.CheckFailure):
        return "You may not use this here."
    if isinstance(error, app_commands.TransformerError):
        return f"{error.value!r} can't be used here. Choose one of what is suggested."
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return CHANGED
    if isinstance(error, OperationalError | InterfaceError):
        return AWAY
    if isinstance(error, discord.HTTPException | aiohttp.ClientError):
        return ""
    return BROKEN


async def explain(interaction: Interaction, error: BaseException) -> None:
    """Say what went wrong to whoever used a command or pressed a button; what isn't theirs to mend
    is logged."""
    name = getattr(interaction.command, "qualified_name", None) or "a button"
    sentence = sentence_for(error)
    if sentence in ("", BROKEN):
        log.error("%s failed on Discord", name, exc_info=error)
    elif sentence in (AWAY, CHANGED):
        log.warning("%s: %s", name, sentence)
    if not sentence or interaction.type is discord.InteractionType.autocomplete:
        return
    try:
        await answer(interaction, sentence)
    except (discord.HTTPException, aiohttp.ClientError) as unsaid:
        log.warning("Nobody could be told that %s failed: %s", name, unsaid)
