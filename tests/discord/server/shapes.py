"""How things look in JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from tests.discord.server import messages as m
from tests.discord.server import permissions
from tests.discord.server.kinds import Kind
from tests.discord.server.snowflakes import time_of

if TYPE_CHECKING:
    from tests.discord.server.people import Member, Person
    from tests.discord.server.places import Channel, Guild, Role
    from tests.discord.server.webhooks import Webhook

Json = dict[str, Any]


def moment(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def guild_id(channel: Channel) -> Json:
    return {"guild_id": str(channel.guild.id)} if channel.guild else {}


def user(person: Person) -> Json:
    return {
        "id": str(person.id),
        "username": person.username,
        "global_name": None if person.is_bot else person.display_name,
        "discriminator": "0000" if person.is_bot else "0",
        "avatar": person.avatar,
        "bot": person.is_bot,
        "public_flags": 0,
    }


def member(of: Member, *, with_user: bool = True) -> Json:
    found: Json = {
        "nick": of.nick,
        "avatar": None,
        "roles": [str(role.id) for role in sorted(of.roles, key=lambda role: role.id)],
        "joined_at": moment(of.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": moment(of.timed_out_until),
    }
    if of.guild.server.faults.roles_as_objects:
        found["roles"] = [role(one) for one in of.roles]
    return {"user": user(of.person), **found} if with_user else found


def role(of: Role) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": of.position,
        "permissions": str(int(of.permissions)),
        "managed": of.is_managed,
        "mentionable": of.is_mentionable,
        "flags": 0,
        **({"tags": {"bot_id": str(of.server.bot.id)}} if of.is_managed else {}),
    }


def overwrites(channel: Channel) -> list[Json]:
    return [
        {
            "id": str(whom),
            "type": 0 if one.is_for_role else 1,
            "allow": str(int(one.allow)),
            "deny": str(int(one.deny)),
        }
        for whom, one in channel.overwrites.items()
    ]


def channel(of: Channel) -> Json:
    last = str(of.last_message_id) if of.last_message_id else None
    found: Json = {"id": str(of.id), "type": int(of.kind), "last_message_id": last, "flags": 0}
    if of.kind == Kind.DM:
        bot = of.server.bot
        return {**found, "recipients": [user(p) for p in of.recipients.values() if p is not bot]}
    found |= {
        "name": of.name,
        "parent_id": str(of.parent.id) if of.parent else None,
        "rate_limit_per_user": of.slow_mode_s,
        **guild_id(of),
    }
    if of.is_thread:
        return {**found, **_thread(of)}
    return found | {
        "topic": of.topic,
        "nsfw": of.is_nsfw,
        "position": of.position,
        "permission_overwrites": overwrites(of),
        "last_pin_timestamp": None,
        **(
            {"bitrate": 64000, "user_limit": 0, "rtc_region": None} if of.kind == Kind.VOICE else {}
        ),
        **({"available_tags": [], "default_reaction_emoji": None} if of.kind == Kind.FORUM else {}),
    }


def _thread(of: Channel) -> Json:
    changed = moment(time_of(of.last_message_id or of.id))
    return {
        "owner_id": str(of.owner.id) if of.owner else str(of.server.bot.id),
        "message_count": len(of.log),
        "total_message_sent": len(of.log),
        "member_count": len(of.thread_members),
        "thread_metadata": {
            "archived": of.is_archived,
            "auto_archive_duration": of.auto_archive_minutes,
            "archive_timestamp": changed,
            "locked": of.is_locked,
            "create_timestamp": moment(time_of(of.id)),
        },
    }


def thread_member(of: Channel, person_id: int) -> Json:
    return {
        "id": str(of.id),
        "user_id": str(person_id),
        "join_timestamp": moment(time_of(of.id)),
        "flags": 0,
    }


def guild(of: Guild) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(of.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role(one) for one in of.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": of.features,
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": str(of.system_channel.id) if of.system_channel else None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "max_members": 500_000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
    }


def guild_create(of: Guild, *, all_members: bool) -> Json:
    """A server as the gateway introduces it: only the bot's own membership, unless presences."""
    bot = of.server.bot
    shown = of.members.values() if all_members else [of.members[bot.id]]
    return guild(of) | {
        "joined_at": moment(of.members[bot.id].joined_at),
        "large": len(of.members) > 250,
        "member_count": len(of.members),
        "voice_states": [],
        "members": [member(one) for one in shown],
        "channels": [channel(one) for one in of.channels],
        "threads": [channel(one) for one in of.threads if not one.is_archived],
        "presences": [presence(one) for one in shown if one.person.status != "offline"],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def presence(of: Member) -> Json:
    return {
        "user": {"id": str(of.person.id)},
        "guild_id": str(of.guild.id),
        "status": of.person.status,
        "activities": [],
        "client_status": {},
    }


def author(of: m.Message) -> Json:
    """A webhook's message bears the webhook's id and whatever name it was given."""
    if of.author is not None:
        return user(of.author)
    url = of.avatar_url
    avatar = hashlib.md5(url.encode()).hexdigest() if url else None  # noqa: S324  no secret
    return {
        "id": str(of.webhook.id if of.webhook else of.application_id),
        "username": of.author_name,
        "global_name": None,
        "discriminator": "0000",
        "avatar": avatar,
        "bot": True,
        "public_flags": 0,
    }


def attachment(of: m.Attachment) -> Json:
    return {
        "id": str(of.id),
        "filename": of.filename,
        "size": len(of.data),
        "url": of.url,
        "proxy_url": of.url,
        "content_type": of.content_type,
        **({"description": of.description} if of.description else {}),
        **({"width": 64, "height": 64} if of.content_type.startswith("image/") else {}),
    }


def reactions(of: m.Message) -> list[Json]:
    bot = of.channel.server.bot
    return [
        {
            "emoji": emoji(name),
            "count": len(people),
            "count_details": {"burst": 0, "normal": len(people)},
            "burst_colors": [],
            "me_burst": False,
            "burst_me": False,
            "me": bot in people,
            "burst_count": 0,
        }
        for name, people in of.reactions.items()
    ]


def emoji(text: str) -> Json:
    """A Unicode emoji as it is, a server's own as name:id."""
    name, _, own_id = text.partition(":")
    return {"id": own_id or None, "name": name}


def message(of: m.Message, readable: bool = True, *, nested: bool = False) -> Json:
    found: Json = {
        "id": str(of.id),
        "type": of.kind,
        "channel_id": str(of.channel.id),
        "author": author(of),
        "content": of.content if readable else "",
        "embeds": of.embeds if readable else [],
        "attachments": [attachment(one) for one in of.attachments] if readable else [],
        "components": of.components if readable else [],
        "mentions": [user(one) for one in of.mentions],
        "mention_roles": [str(one.id) for one in of.mention_roles],
        "mention_everyone": of.mention_everyone,
        "timestamp": moment(of.created_at),
        "edited_timestamp": moment(of.edited_at),
        "flags": of.flags,
        "pinned": of.is_pinned,
        "tts": False,
    }
    if readable:
        found |= of.more
    if of.reactions:
        found["reactions"] = reactions(of)
    if of.webhook is not None:
        found["webhook_id"] = str(of.webhook.id)
    if of.application_id is not None:
        found["application_id"] = str(of.application_id)
    if of.interaction is not None:
        found["interaction_metadata"] = of.interaction.metadata()
        found["webhook_id"] = str(of.application_id)
    if of.thread is not None:
        found["thread"] = channel(of.thread)
    if of.reply_to is not None and not nested:
        found["message_reference"] = {"type": 0, **place_of_message(of.reply_to)}
        gone = of.reply_to.is_deleted
        found["referenced_message"] = None if gone else message(of.reply_to, readable, nested=True)
    return found


def message_event(of: m.Message, readable: bool = True) -> Json:
    """A message in the gateway's words: with its server and its author's membership there."""
    found = message(of, readable) | guild_id(of.channel)
    if of.nonce is not None and of.edited_at is None:
        found["nonce"] = of.nonce
    if of.channel.guild is None:
        return found | {"channel_type": int(of.channel.kind)}
    members = of.channel.guild.members
    if of.author and of.author.id in members:
        found["member"] = member(members[of.author.id], with_user=False)
    for one in found["mentions"]:
        if int(one["id"]) in members:
            one["member"] = member(members[int(one["id"])], with_user=False)
    return found


def place_of_message(of: m.Message) -> Json:
    place = {"message_id": str(of.id), "channel_id": str(of.channel.id)}
    return place | guild_id(of.channel)


def reaction_event(of: m.Message, who: Person, name: str, *, removed: bool = False) -> Json:
    found = place_of_message(of) | {"user_id": str(who.id), "emoji": emoji(name)}
    found |= {"burst": False, "type": 0}
    if removed:
        return found
    if of.author or of.webhook:
        found["message_author_id"] = author(of)["id"]
    if of.channel.guild and who.id in of.channel.guild.members:
        found["member"] = member(of.channel.guild.members[who.id])
    return found


def webhook(of: Webhook, *, with_user: bool = True) -> Json:
    """Another application's token is not shown."""
    server = of.server
    found: Json = {
        "id": str(of.id),
        "type": 1,
        "guild_id": str(of.channel.guild.id) if of.channel.guild else None,
        "channel_id": str(of.channel.id),
        "name": of.name,
        "avatar": of.avatar,
        "application_id": str(of.application_id) if of.application_id else None,
    }
    if of.application_id in (None, server.application_id):
        found["token"] = of.token
        found["url"] = f"{server.api_url}/webhooks/{of.id}/{of.token}"
    return found | {"user": user(of.creator)} if with_user else found


def permissions_of(person: Person, place: Channel) -> str:
    return str(int(permissions.in_channel(person, place)))
