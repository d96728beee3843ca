"""The gateway client: translates each event and hands it on, in order. It decides nothing.

Handlers run up to `self._lane` without waiting, so that events enter their lane in the order in
which the gateway sent them; in the lane each crosses to the database in steps.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec

import aiohttp
import discord
import yarl

from conversations.discord import (
    clocks,
    inbound,
    library,
    needs,
    outbox,
    people,
    places,
    reactions,
    settling,
    translate,
)
from conversations.discord.commands import commands_for
from conversations.discord.crossing import step
from conversations.discord.facts import Us
from conversations.discord.lanes import Lanes, NoLonger
from conversations.discord.reading import Reader
from fishbowl.environment import Environment

log = logging.getLogger(__name__)

P = ParamSpec("P")

CONNECTS_WITHIN_S = 30.0
STARTS_WITHIN_S = 300.0
NEWS_WAITS_S = 1.0  # how long after the last guild of a session it counts as told of


def intents_of(settings: Environment) -> discord.Intents:
    """What the gateway is asked to tell of: what is used here, and nothing else."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.webhooks = True
    wanted.guild_messages = wanted.dm_messages = True
    wanted.guild_reactions = wanted.dm_reactions = True
    wanted.message_content = settings.discord_message_content
    wanted.members = settings.discord_members
    return wanted


class Bot(discord.AutoShardedClient):
    """One run of the bot, from logging in to the end of its sessions.

    Keeps no messages and no members: rows do. What happens in a channel waits for its history.
    """

    def __init__(
        self, settings: Environment, lanes: Lanes, introduce: Callable[[Us], None]
    ) -> None:
        super().__init__(
            intents=intents_of(settings),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=NEWS_WAITS_S,
            shard_connect_timeout=CONNECTS_WITHIN_S,
            max_ratelimit_timeout=None,
            http_trace=library.listening(clocks.note),
        )
        self.settings = settings
        self.lanes = lanes
        self.introduce = introduce
        self.reader = Reader(self, lanes)
        self.sessions = 0  # that began
        self.unavailable: set[int] = set()  # guilds of which nothing is told just now
        self.tree = commands_for(self)
        library.watch_parsers(
            self, {"READY": self._begin_anew, "GUILD_MEMBER_UPDATE": self._member_changed}
        )

    @property
    def us(self) -> Us:
        user_id = self.user.id if self.user else 0
        return Us(user_id, self.application_id or user_id)

    async def setup_hook(self) -> None:
        """Logged in: say who we are, and find out where the gateway is and over how many shards
        to connect."""
        self.introduce(self.us)
        advised, url, limit = await self.http.get_bot_gateway()
        library.connect_to(self.settings.discord_gateway_url or url)
        self.shard_count = self.settings.discord_shards or advised
        if limit["remaining"] < self.shard_count:
            raise SessionsSpent(limit["reset_after"] / 1000)

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        """Connect. discord.py tries that again for ever by calling itself, ever deeper."""
        launching = super().launch_shard(gateway, shard_id, initial=initial)
        await asyncio.wait_for(launching, STARTS_WITHIN_S)

    # --- sessions ---------------------------------------------------------------------------------

    def _begin_anew(self, payload: Any) -> None:
        """A session begins: what was said since the last one wasn't told. (A session that resumes
        is told everything.)"""
        self.sessions += 1
        self.reader.begin_anew()

    async def on_ready(self) -> None:
        log.info("Connected to Discord as %s, in %s servers.", self.user, len(self.guilds))
        guild_ids = [guild.id for guild in self.guilds]
        self.unavailable = {guild.id for guild in self.guilds if guild.unavailable}
        self._lane("guilds", "the guilds that are gone", places.leave_all_but, guild_ids)
        self.lanes.put("guilds", "what was missed", self.reader.catch_up_everywhere)
        for guild in self.guilds:  # threads begun meanwhile are known once the guild is taken in
            self._catch_up(guild)
        self.lanes.put("commands", "the commands", self._register)

    async def on_resumed(self) -> None:
        log.info("A session with Discord goes on where it broke off.")

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """An event that could not be translated is skipped."""
        self.lanes.skipped += 1
        log.exception("An event of Discord was skipped: %s", event_method)

    # --- guilds, channels, threads ----------------------------------------------------------------

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._guild(guild)
        if guild.id in self.unavailable:
            self.unavailable.discard(guild.id)
            for channel in (*guild.channels, *guild.threads):
                self.reader.lose(channel.id)
            self._catch_up(guild)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Discord can't reach one of its servers, and tells nothing of it until it can."""
        self.unavailable.add(guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._guild(guild)

    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        self._guild(after)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            self._permissions_changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        self._permissions_changed(role.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if after.id == self.us.user_id:
            self._permissions_changed(after.guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._lane(guild.id, "a guild left", places.leave_guild, guild.id)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        self._channel(channel)

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        self._channel(after)
        for thread in getattr(after, "threads", ()):  # who sees the channel sees them
            self._channel(thread)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self._lane(channel.guild.id, "a channel deleted", places.remove_channel, channel.id)

    async def on_webhooks_update(self, channel: discord.abc.GuildChannel) -> None:
        self.lanes.put(channel.guild.id, "webhooks", partial(self._look_for_webhook, channel.id))

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self._channel(thread)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        self._channel(thread)

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        self._channel(after)

    async def on_raw_thread_delete(self, raw: discord.RawThreadDeleteEvent) -> None:
        self._lane(raw.guild_id, "a thread deleted", places.remove_channel, raw.thread_id)

    # --- members ----------------------------------------------------------------------------------

    async def on_member_join(self, member: discord.Member) -> None:
        guild_id, author = member.guild.id, translate.author_of(member)
        self._lane(guild_id, "a member joined", people.join, guild_id, author)

    async def on_raw_member_remove(self, raw: discord.RawMemberRemoveEvent) -> None:
        self._lane(raw.guild_id, "a member left", people.leave, raw.guild_id, raw.user.id)

    def _member_changed(self, payload: Any) -> None:
        member = library.member_of(self, payload)
        if member is not None:
            guild_id, author = member.guild.id, translate.author_of(member)
            self._lane(guild_id, "a member changed", people.change, guild_id, author)

    # --- messages ---------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        sent = translate.sent(message, self.us.user_id)
        self._in_channel(message.channel.id, f"message {sent.id}", inbound.receive, sent, self.us)

    async def on_raw_message_edit(self, raw: discord.RawMessageUpdateEvent) -> None:
        sent = translate.sent(raw.message, self.us.user_id)
        self._in_channel(raw.channel_id, f"edit of {sent.id}", inbound.change, sent, self.us)

    async def on_raw_message_delete(self, raw: discord.RawMessageDeleteEvent) -> None:
        gone = [raw.message_id]
        self._in_channel(raw.channel_id, f"deletion of {gone}", inbound.remove, gone)

    async def on_raw_bulk_message_delete(self, raw: discord.RawBulkMessageDeleteEvent) -> None:
        gone = sorted(raw.message_ids)
        self._in_channel(raw.channel_id, f"deletion of {len(gone)}", inbound.remove, gone)

    # --- reactions --------------------------------------------------------------------------------

    async def on_raw_reaction_add(self, raw: discord.RawReactionActionEvent) -> None:
        self._reaction(raw)

    async def on_raw_reaction_remove(self, raw: discord.RawReactionActionEvent) -> None:
        self._reaction(raw)

    async def on_raw_reaction_clear(self, raw: discord.RawReactionClearEvent) -> None:
        label = f"reactions to {raw.message_id}"
        self._in_channel(raw.channel_id, label, reactions.clear, raw.message_id)

    async def on_raw_reaction_clear_emoji(self, raw: discord.RawReactionClearEmojiEvent) -> None:
        label, emoji = f"reactions to {raw.message_id}", translate.emoji_of(raw.emoji)
        self._in_channel(raw.channel_id, label, reactions.clear, raw.message_id, emoji)

    async def _register(self) -> None:
        """Have Discord know the commands; the next session tries again where this one can't."""
        try:
            await self.tree.register()
        except (RuntimeError, OSError, aiohttp.ClientError) as error:
            if self.is_closed():
                raise NoLonger from error
            log.warning("Discord couldn't be told of the commands: %s", error)

    async def _look_for_webhook(self, channel_id: int) -> None:
        """Speak no more by a webhook that was taken out of a channel: moved to another, it would
        say there what is meant for this one."""
        ours = await step(outbox.webhook_of, channel_id)
        if ours is None:
            return
        try:
            there = await self.http.channel_webhooks(channel_id)
        except (RuntimeError, OSError, aiohttp.ClientError, discord.HTTPException) as error:
            log.warning("The webhooks of channel %s can't be looked at: %s", channel_id, error)
            return
        if all(int(one["id"]) != ours for one in there):
            await step(outbox.forget_webhook, channel_id, ours)

    async def _welcome(self, guild: discord.Guild) -> None:
        """Say what is needed, in a guild that has just been come to."""
        room = needs.where_to_speak(guild)
        if room is None or not await step(settling.claim_welcome, guild.id):
            return
        try:
            await room.send(needs.welcome())
        except (RuntimeError, OSError, aiohttp.ClientError, discord.HTTPException) as error:
            log.warning("Nothing could be said on coming to %s: %s", guild.id, error)

    # --- handing on -------------------------------------------------------------------------------

    def _guild(self, guild: discord.Guild) -> None:
        self._permissions_changed(guild)
        self.lanes.put(guild.id, "a welcome", partial(self._welcome, guild))

    def _catch_up(self, guild: discord.Guild) -> None:
        deed = partial(self.reader.catch_up_everywhere, guild.id)
        self.lanes.put(guild.id, "what was missed", deed)

    def _permissions_changed(self, guild: discord.Guild) -> None:
        """Who sees which channel, and what the bot may do there, goes by roles as well: Discord
        tells of the role alone."""
        facts = translate.guild_facts(guild)
        self._lane(guild.id, f"guild {guild.id}", places.take_in_guild, facts)
        if wait := needs.timed_out_for_s(guild):
            self.loop.call_later(wait, self._timeout_over, guild.id)

    def _timeout_over(self, guild_id: int) -> None:
        """The bot may write again: Discord doesn't tell of that."""
        if not self.is_closed() and (guild := self.get_guild(guild_id)) is not None:
            self._permissions_changed(guild)

    def _channel(self, channel: discord.abc.GuildChannel | discord.Thread) -> None:
        if isinstance(channel, translate.Room | discord.Thread):
            place = translate.place_of(channel, channel.guild)
            label = f"channel {channel.id}"
            self._lane(channel.guild.id, label, places.take_in_channel, place)

    def _reaction(self, raw: discord.RawReactionActionEvent) -> None:
        label, reacted = f"a reaction to {raw.message_id}", translate.reacted(raw)
        self._in_channel(raw.channel_id, label, reactions.react, reacted, self.us)

    def _lane(
        self,
        key: int | str,
        label: str,
        function: Callable[P, object],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Have a service called when all before it in this lane is done."""

        async def deed() -> None:
            await step(function, *args, **kwargs)

        if not self.lanes.put(key, label, deed):
            log.error("Too much happens at once on Discord: %s was left out.", label)

    def _in_channel(
        self,
        channel_id: int,
        label: str,
        function: Callable[P, object],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """The same for what happens in a channel, whose history comes first. Where too much waits,
        the history is read again instead."""

        async def deed() -> None:
            await self.reader.be_current(channel_id)
            await step(function, *args, **kwargs)

        if not self.lanes.put(channel_id, label, deed):
            self.reader.lose(channel_id)
            log.warning("Too much happens at once in channel %s: it will be read up.", channel_id)


class SessionsSpent(Exception):
    """Discord lets a bot begin so many sessions a day, and they are spent."""

    def __init__(self, reset_after_s: float) -> None:
        super().__init__(f"they are again in {reset_after_s / 3600:.1f} hours")
        self.reset_after_s = reset_after_s
