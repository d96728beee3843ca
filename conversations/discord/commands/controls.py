"""Buttons under answers. What one does stands in its own id, so that it works after a restart."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from typing import Any, Self

import discord
from django.utils import timezone

from characters.models import Person
from conversations.discord.commands import claims
from conversations.discord.commands.answers import Interaction, explain, rewrite
from conversations.discord.crossing import hurried
from conversations.discord.splitting import LIMIT
from conversations.initiative import reminders
from conversations.people import erasure, privacy
from conversations.people.forgotten_writings import forget_item
from memories import knowledge

A_PAGE = 5  # items, each with its button
SHOWN, SHOWN_OF_REMINDER = 300, 80  # characters of an item
Button = discord.ui.Button[discord.ui.View]
Style = discord.ButtonStyle

NOTHING_KNOWN = "Nothing is remembered of you."
HIDDEN = "Besides, others have told {count} things of you: their words are theirs to read."
NOTHING_KEPT = "Nothing is kept of you."


def buttons(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """A view that holds these; they find their own way, so it needs no life of its own."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


async def pressed(interaction: Interaction, deed: Coroutine[Any, Any, None]) -> None:
    """Do what a button is for, and say what went wrong: the library would say nothing."""
    try:
        if not await claims.taken(interaction.id):
            deed.close()
            return
        interaction.client.tree.slow_down(interaction.user.id)
        await deed
    except Exception as error:
        deed.close()
        await explain(interaction, error)


class Forget(discord.ui.DynamicItem[Button], template=r"forget:(fact|memory):(\d+):(\d+)"):
    """Has one thing forgotten, and shows the page again."""

    def __init__(self, kind: str, item_id: int, page: int, label: str = "Forget") -> None:
        super().__init__(
            discord.ui.Button(
                label=label, style=Style.danger, custom_id=f"forget:{kind}:{item_id}:{page}"
            )
        )
        self.kind, self.item_id, self.page = kind, item_id, page

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match[1], int(match[2]), int(match[3]))

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, self._forget(interaction))

    async def _forget(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await hurried(_forget, interaction.user.id, self.kind, self.item_id)
        await rewrite(interaction, *await hurried(known_about, interaction.user.id, self.page))


class Turn(discord.ui.DynamicItem[Button], template=r"known:(\d+)"):
    """Turns to another page of what is known."""

    def __init__(self, page: int, label: str = "Page") -> None:
        super().__init__(
            discord.ui.Button(label=label, style=Style.secondary, custom_id=f"known:{page}")
        )
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match[1]))

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, self._turn(interaction))

    async def _turn(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await rewrite(interaction, *await hurried(known_about, interaction.user.id, self.page))


class ForgetMe(discord.ui.DynamicItem[Button], template=r"forget-me"):
    """Erases whoever presses it."""

    def __init__(self) -> None:
        super().__init__(
            discord.ui.Button(label="Yes, forget me", style=Style.danger, custom_id="forget-me")
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, self._erase(interaction))

    async def _erase(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await rewrite(interaction, await hurried(_erase, interaction.user.id))


class Keep(discord.ui.DynamicItem[Button], template=r"keep-me"):
    """Thinks better of it."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label="No", style=Style.secondary, custom_id="keep-me"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, rewrite(interaction, "Everything stays as it is."))


class Cancel(discord.ui.DynamicItem[Button], template=r"cancel-reminder:(\d+)"):
    """Takes a reminder back."""

    def __init__(self, event_id: int, label: str = "Cancel") -> None:
        super().__init__(
            discord.ui.Button(
                label=label, style=Style.secondary, custom_id=f"cancel-reminder:{event_id}"
            )
        )
        self.event_id = event_id

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match[1]))

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, self._cancel(interaction))

    async def _cancel(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        done = await hurried(_cancel, interaction.user.id, self.event_id)
        await rewrite(interaction, *await hurried(awaited, interaction.user.id, done))


CONTROLS = (Forget, Turn, ForgetMe, Keep, Cancel)


# --- steps ----------------------------------------------------------------------------------------


def known_about(user_id: int, number: int) -> tuple[str, discord.ui.View | None]:
    """A page of what is known of somebody, with a button to forget each."""
    person = Person.objects.filter(discord_id=user_id).first()
    if person is None:
        return NOTHING_KNOWN, None
    page = knowledge.page(person.pk, number, A_PAGE)
    hidden = [HIDDEN.format(count=page.hidden)] if page.hidden else []
    if not page.total:
        return "\n".join([NOTHING_KNOWN, *hidden]), None
    first = page.number * A_PAGE + 1
    head = f"What is remembered of you ({page.total}), page {page.number + 1} of {page.pages}:"
    items, controls = [], list[discord.ui.Item[Any]]()
    for number, item in enumerate(page.items, first):
        known = f"\n-# {item.kind}, known by {item.known_by[:120]}, {item.since:%-d %B %Y}"
        items.append((f"**{number}.** ", item.text, known))
        controls.append(Forget(item.kind, item.id, page.number, f"Forget {number}"))
    if page.number > 0:
        controls.append(Turn(page.number - 1, "Back"))
    if page.number + 1 < page.pages:
        controls.append(Turn(page.number + 1, "More"))
    return _listed([head], items, hidden, SHOWN), buttons(*controls)


def awaited(user_id: int, cancelled: str = "") -> tuple[str, discord.ui.View | None]:
    """What somebody is to be reminded of, with a button to take each back."""
    person = Person.objects.filter(discord_id=user_id).first()
    found = list(reminders.pending(person)[: reminders.MOST]) if person else []
    head = [cancelled] if cancelled else []
    if not found:
        return "\n".join([*head, "You have no reminders."]), None
    items = [
        (
            f"**{number}.** <t:{int(event.trigger_at.timestamp())}:f>: ",
            str(event.context.get("what", event.title)),
            "",
        )
        for number, event in enumerate(found, 1)
    ]
    controls = [Cancel(event.pk, f"Cancel {number}") for number, event in enumerate(found, 1)]
    return _listed(head, items, [], SHOWN_OF_REMINDER), buttons(*controls)


def _listed(head: list[str], items: list[tuple[str, str, str]], end: list[str], most: int) -> str:
    """A list in one message: of each item what stands before its text, the text, and what stands
    after. Texts have at most so many characters, and fewer where not all would fit."""
    around = sum(len(before) + len(after) for before, _, after in items)
    lines = len(head) + len(items) + len(end)
    room = LIMIT - around - sum(map(len, [*head, *end])) - lines
    each = min(most, room // len(items))
    told = [before + _fitting(text, each) + after for before, text, after in items]
    return "\n".join([*head, *told, *end])


def _fitting(text: str, room: int) -> str:
    """A text that Discord shows as it stands, in so many characters with what that takes."""
    shown = discord.utils.escape_markdown(text)
    while text and len(shown) > room:
        text = text[: min(len(text) - 1, room)]
        shown = discord.utils.escape_markdown(text) + "…"
    return shown


def _forget(user_id: int, kind: str, item_id: int) -> bool:
    person = Person.objects.filter(discord_id=user_id).first()
    return person is not None and forget_item(person.pk, kind, item_id, timezone.now())


def _erase(user_id: int) -> str:
    person = Person.objects.filter(discord_id=user_id).first()
    if person is None:
        return NOTHING_KEPT
    return privacy.receipt_words(erasure.forget_person(person, "the person", timezone.now()))


def _cancel(user_id: int, event_id: int) -> str:
    person = Person.objects.filter(discord_id=user_id).first()
    done = person is not None and reminders.cancel(person, event_id)
    return "That reminder is cancelled." if done else "That reminder isn't pending any more."
