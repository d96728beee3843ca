"""What is said, and what hangs on it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.discord.server.snowflakes import time_of

if TYPE_CHECKING:
    from tests.discord.server.people import Person
    from tests.discord.server.places import Channel, Role
    from tests.discord.server.webhooks import Webhook

PERSON = re.compile(r"<@!?(\d{15,20})>")
ROLE = re.compile(r"<@&(\d{15,20})>")
ALL_OF_THEM = re.compile(r"@(everyone|here)")

DEFAULT, CHANNEL_PINNED, JOINED, THREAD_CREATED, REPLY = 0, 6, 7, 18, 19
CHAT_COMMAND, THREAD_STARTER, MENU_COMMAND = 20, 21, 23

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SILENT, COMPONENTS_V2 = (
    1 << 2,
    1 << 6,
    1 << 7,
    1 << 12,
    1 << 15,
)


@dataclass(eq=False)
class Attachment:
    id: int
    filename: str
    data: bytes
    url: str
    content_type: str
    description: str | None = None


@dataclass(eq=False)
class Message:
    """A message as it stands now. `is_deleted` stays true of what was taken away."""

    id: int
    channel: Channel
    content: str
    author: Person | None  # nobody where a webhook posted it
    webhook: Webhook | None = None
    author_name: str = ""
    avatar_url: str | None = None
    kind: int = DEFAULT
    reply_to: Message | None = None
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[Person] = field(default_factory=list)  # whom it pings, not whom it names
    mention_roles: list[Role] = field(default_factory=list)
    mention_everyone: bool = False
    allowed_mentions: dict[str, Any] | None = None
    reactions: dict[str, list[Person]] = field(default_factory=dict)
    nonce: str | int | None = None
    flags: int = 0
    edited_at: dt.datetime | None = None
    edits: list[str] = field(default_factory=list)  # what it said before
    is_pinned: bool = False
    is_deleted: bool = False
    application_id: int | None = None
    interaction: Any = None  # whose response it is
    thread: Channel | None = None
    more: dict[str, Any] = field(default_factory=dict)  # stickers, a poll, what was forwarded

    @property
    def created_at(self) -> dt.datetime:
        return time_of(self.id)

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    def controls(self) -> list[dict[str, Any]]:
        """Its buttons and menus, wherever they are nested."""
        return [one for one in walk(self.components) if "custom_id" in one]

    def control(self, label: str) -> dict[str, Any]:
        """The button or menu of this label, placeholder or custom_id."""
        for one in self.controls():
            if label in (one.get("label"), one.get("placeholder"), one["custom_id"]):
                return one
        raise LookupError(f"no {label!r} among {self.controls()}")


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All components, those within others too."""
    found = []
    for one in components:
        found.append(one)
        found += walk(one.get("components") or [])
        if inner := one.get("component") or one.get("accessory"):
            found += walk([inner])
    return found
