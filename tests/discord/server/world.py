"""All that is known: who, where, and by which id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.discord.server.interactions import Interaction
    from tests.discord.server.messages import Attachment
    from tests.discord.server.people import Person
    from tests.discord.server.places import Channel, Guild
    from tests.discord.server.webhooks import Webhook


@dataclass
class World:
    people: dict[int, Person] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads and DMs too
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    interactions: dict[int, Interaction] = field(default_factory=dict)
    commands: dict[int | None, list[dict[str, Any]]] = field(default_factory=dict)  # by guild
