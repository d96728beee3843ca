"""What a message carries beside its words, or in their place, over real sockets."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Message
from tests.discord.bots import Bots
from tests.discord.server import DiscordServer, Guild

pytestmark = pytest.mark.django_db(transaction=True)

BOAT = "https://cdn.example/boat.png"
VOICE_MESSAGE = 1 << 13


@pytest.fixture
def harbour(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", channels=["general"], members=["Ann", "Bob"])


def attached(name: str, kind: str, **more: Any) -> dict[str, Any]:
    url = f"https://cdn.example/{name}"
    return {
        "id": "5", "filename": name, "size": 9, "url": url, "proxy_url": url,
        "content_type": kind, **more,
    }  # fmt: skip


def forwarded(content: str, *attachments: dict[str, Any]) -> dict[str, Any]:
    """A message that was said elsewhere, shown here."""
    told = {
        "type": 0, "content": content, "embeds": [], "attachments": list(attachments),
        "timestamp": "2026-01-01T10:00:00+00:00", "edited_timestamp": None, "flags": 0,
        "mentions": [], "mention_roles": [], "components": [], "sticker_items": [],
    }  # fmt: skip
    return {
        "message_reference": {"type": 1, "message_id": "7", "channel_id": "8"},
        "message_snapshots": [{"message": told}],
    }


def poll(question: str, *answers: str) -> dict[str, Any]:
    options = [{"answer_id": n, "poll_media": {"text": text}} for n, text in enumerate(answers, 1)]
    return {
        "poll": {
            "question": {"text": question}, "answers": options,
            "expiry": "2100-01-01T10:00:00+00:00",
            "allow_multiselect": False, "layout_type": 1,
        }
    }  # fmt: skip


def test_a_message_without_words_is_told_in_words(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann, bob = harbour.channel("general"), harbour.person("Ann"), harbour.person("Bob")
    bot = bots.ready()
    sticker = {"id": "6", "name": "Wave", "format_type": 1}
    told = {
        "[sticker: Wave]": {"sticker_items": [sticker]},
        "[poll: Whose boat? Mine / Yours]": poll("Whose boat?", "Mine", "Yours"),
        "[voice message: voice-message.ogg]": {
            "flags": VOICE_MESSAGE,
            "attachments": [
                attached("voice-message.ogg", "audio/ogg", duration_secs=2, waveform="")
            ],
        },
        f"[forwarded: @{bob.display_name} is in #general :boat:]": forwarded(
            f"{bob.mention} is in {general.mention} <:boat:5>"
        ),
        "[forwarded: Look! / image: boat.png]": forwarded(
            "Look!", attached("boat.png", "image/png")
        ),
        "[forwarded: image: boat.png]": forwarded("", attached("boat.png", "image/png")),
    }
    bob.say(general, "I am here.")
    for more in told.values():
        ann.say(general, "", more=more)
    bot.wait_until(lambda: Message.objects.filter(person__username="ann").count() == len(told))
    rows = Message.objects.filter(person__username="ann").order_by("number")
    assert list(rows.values_list("content", flat=True)) == list(told)
    assert [row.image_urls for row in rows][-2:] == [[BOAT], [BOAT]]
    assert "skipped" not in bot.said
