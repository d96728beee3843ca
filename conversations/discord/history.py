"""Whether something that may have been sent stands on Discord: looked for where it would stand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from discord.http import Route

from conversations.discord import parts
from conversations.discord.cargo import Part, Room, digest
from conversations.discord.crossing import step
from conversations.discord.facts import Us, snowflake
from conversations.discord.rest import Rest

PAGE, MOST_PAGES = 100, 20
CLOCKS_DIFFER = dt.timedelta(minutes=2)


async def find(rest: Rest, us: Us, room: Room, part: Part) -> int | None:
    """Discord's id of a part that may have been sent; None if it was not.

    Looked through is all that was said since before the attempt. What is known to be something
    else is passed over: a character may say the same words twice.

    Raises:
        Failure: Discord doesn't let it be looked for.
    """
    assert part.attempted_at is not None  # noqa: S101 - it was attempted
    began = snowflake(part.attempted_at - CLOCKS_DIFFER)
    after = min(began, part.sent_after) if part.sent_after else began
    for _ in range(MOST_PAGES):
        page = await _page(rest, room, after)
        alike = [int(one["id"]) for one in page if _is_it(one, us, part)]
        known = await step(parts.known_ids, alike) if alike else set()
        if found := next((one for one in alike if one not in known), None):
            return found
        if len(page) < PAGE:
            return None
        after = int(page[-1]["id"])
    return None


async def _page(rest: Rest, room: Room, after: int) -> list[dict[str, Any]]:
    """What was said after a message, oldest first, whatever else a server puts into its list."""
    route = Route("GET", "/channels/{channel_id}/messages", channel_id=room.place)
    found = await rest.ask(route, query={"after": str(after), "limit": str(PAGE)})
    return sorted((one for one in found or () if one), key=lambda one: int(one["id"]))


def _is_it(one: dict[str, Any], us: Us, part: Part) -> bool:
    if digest(str(one.get("content") or "")) != part.digest:
        return False
    if part.webhook is None:
        return str((one.get("author") or {}).get("id")) == str(us.user_id)
    return str(one.get("webhook_id")) == str(part.webhook)
