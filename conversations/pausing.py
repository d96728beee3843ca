"""Letting characters rest and go on: one of them, a channel, a community, or everything."""

from __future__ import annotations

from django.db import transaction

from audit.configuration import configuration
from characters.models import Character, Community
from characters.services import pause_character, resume_character
from conversations.models import Channel
from conversations.rooms import set_channel_paused


def set_character(character: Character, paused: bool) -> str:
    """Let a character rest, or go on. Returns what came of it, in words."""
    done = pause_character(character) if paused else resume_character(character)
    if paused:
        return (
            f"{character.name} rests: no words, no thoughts, no cost."
            if done
            else f"{character.name} rests already."
        )
    if done:
        return f"{character.name} is back."
    character.refresh_from_db(fields=["status"])
    if character.is_active:
        return f"{character.name} doesn't rest."
    return f"{character.name} is archived; a keeper can bring it back in the admin."


def set_channel(channel: Channel, paused: bool) -> str:
    """Let nobody speak in a channel, or let them go on. Returns what came of it, in words."""
    if channel.is_paused == paused:
        return f"#{channel.name} {'rests already' if paused else 'does not rest'}."
    set_channel_paused(channel, paused)
    if paused:
        return f"Nobody speaks in #{channel.name} until /resume."
    if channel.mode == Channel.Mode.MUTED:
        return f"#{channel.name} goes on, but is muted: /channel-mode changes that."
    return f"#{channel.name} goes on."


@transaction.atomic
def set_community(community: Community, paused: bool) -> str:
    """The same for all channels of a community, those that are yet to come too."""
    Community.objects.filter(pk=community.pk).update(is_paused=paused)
    found = list(
        Channel.objects.filter(
            community=community, is_paused=not paused, removed_at__isnull=True, is_direct=False
        )
    )
    for channel in found:
        set_channel_paused(channel, paused)
    if paused:
        return f"Nobody speaks in {community.name} until /resume ({len(found)} channels)."
    return f"{community.name} goes on ({len(found)} channels)."


def set_everything(paused: bool) -> str:
    """The same for the whole society, wherever it is."""
    if configuration.is_society_paused() == paused:
        return "Everything rests already." if paused else "Nothing rests as a whole."
    configuration.pause_society(paused)
    if paused:
        return "Everything rests, everywhere: no words, no thoughts, no cost, until /resume."
    return "Everything goes on."
