"""What a delivery carries, as the keeper has set it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.configuration import configuration
from conversations.discord import outbox
from conversations.discord.cargo import avatar_url, digest
from conversations.models import Channel, Conversation
from tests.builders import (
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk() -> Conversation:
    channel: Channel = make_channel("bar", community=make_community(discord_id=7), discord_id=8)
    return make_conversation(channel)


def texts(talk: Conversation) -> list[str]:
    """What the first delivery that waits would send."""
    head = outbox.waiting(talk.channel_id).get()
    cargo = outbox.claim(talk.channel_id, head.next_attempt_at)
    assert cargo is not None
    return cargo.texts


@pytest.mark.parametrize(
    ("quotes", "is_apart", "is_quoted"),
    [
        ("always", False, True),
        ("always", True, True),
        ("apart", False, False),
        ("apart", True, True),
        ("never", True, False),
    ],
)
def test_it_quotes_what_is_answered_where_the_keeper_wants_it(
    talk: Conversation, quotes: str, is_apart: bool, is_quoted: bool
) -> None:
    configuration.set_value("discord_outbound", "quotes", quotes)
    configuration.forget_cached()
    heard = make_message(talk, make_person("Ann", discord_id=5), "Tea?")
    if is_apart:
        make_message(talk, make_person("Bob", discord_id=6), "Coffee!")
    make_message(talk, make_character(), "Tea.", reply_to=heard)
    assert texts(talk) == ["-# ↪ Ann: Tea?\nTea." if is_quoted else "Tea."]


def test_a_setting_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match=r"discord_outbound\.mentions must be one of"):
        configuration.set_value("discord_outbound", "mentions", "everyone")


def test_an_uploaded_picture_is_shown_where_the_site_can_be_reached(
    settings: Any,
) -> None:
    drawn = make_character(avatar="avatars/mara.png", avatar_url="https://a.example/other.png")
    assert avatar_url(drawn) == "https://a.example/other.png"
    settings.FISHBOWL = replace(settings.FISHBOWL, public_url="https://b.example/pub")
    assert avatar_url(drawn) == "https://b.example/pub/media/avatars/mara.png"
    assert avatar_url(make_character()) == ""


def test_a_text_is_known_again_whatever_became_of_its_blanks() -> None:
    assert digest("a  b\n\nc ") == digest("a b c")
    assert digest("a b c") != digest("a b d")
