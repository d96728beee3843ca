"""Pictures that people post: shown to a model that sees, told of in words to any other voice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest

from audit.models import LLMCall
from conversations.floor.lines import Said
from conversations.models import Turn
from conversations.turns import pictures, turns
from conversations.turns.prompts import build
from fishbowl.llm.chat import close_clients
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.offline.voice import speak
from fishbowl.llm.types import MOST_IMAGES, TOKENS_AN_IMAGE, Brief, Line
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)
from tests.modelserver import ModelServer, status

STORE = "https://cdn.discordapp.com/attachments/1/2/ferry.png"


def ends(at: dt.datetime) -> str:
    return f"{STORE}?ex={int(at.timestamp()):x}&is=1&hm=2"


def said(*addresses: str, person_id: int | None = 5) -> Said:
    posted = json.dumps(addresses) if addresses else None
    return Said(1, 1, 1, "", NOON, None, person_id, "Ann", "", None, None, False, False, posted)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        (STORE, True),
        ("https://media.discordapp.net/attachments/1/2/a.webp", True),
        (ends(NOON + dt.timedelta(hours=3)), True),
        (ends(NOON), False),
        (f"{STORE}?ex=soon", False),
        ("http://cdn.discordapp.com/attachments/1/2/a.png", False),
        ("https://cdn.discordapp.com:444/attachments/1/2/a.png", False),
        ("https://cdn.discordapp.com@10.0.0.1/a.png", False),
        ("https://cdn.discordapp.com.example.org/a.png", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("data:image/png;base64,AAAA", False),
        ("https://[broken", False),
        (None, False),
    ],
)
def test_only_what_lies_with_discord_and_still_does_is_shown(address: Any, may: bool) -> None:
    assert pictures.may_be_shown(address, NOON) is may


def test_a_server_taken_for_discord_may_keep_pictures_too(settings: Any) -> None:
    base = "http://127.0.0.1:9/api"
    settings.FISHBOWL = type("Env", (), {"discord_api_base": base})()
    assert pictures.may_be_shown("http://127.0.0.1:9/attachments/1/2/a.png", NOON)
    assert not pictures.may_be_shown("http://127.0.0.1:8/attachments/1/2/a.png", NOON)


def test_the_last_few_are_shown_oldest_first_and_only_peoples() -> None:
    lines = [
        *(said(f"{STORE}?n={number}") for number in range(4)),
        said(f"{STORE}?n=character", person_id=None),
        *(said() for _ in range(pictures.LINES - 4)),
    ]
    assert pictures.shown(lines, NOON) == tuple(f"{STORE}?n={number}" for number in (1, 2, 3))
    assert pictures.shown([*lines, *(said() for _ in range(3))], NOON) == ()
    assert len(pictures.shown(lines, NOON)) == MOST_IMAGES


def test_a_model_is_told_of_pictures_that_nobody_can_see_any_more() -> None:
    later = NOON + dt.timedelta(days=2)
    lines = [said(ends(NOON), "https://example.org/a.png"), said(f"{ends(NOON)}&n=2"), said(STORE)]
    assert (pictures.shown(lines, later), pictures.lost(lines, later)) == ((STORE,), 2)
    prompt = build(Brief("Mara", images=(STORE,), images_lost=2)).messages[1].content
    assert "2 can't be seen any more" in prompt
    assert "any more" not in build(Brief("Mara", images=(STORE,))).messages[1].content


@pytest.mark.parametrize(
    ("note", "told"),
    [("image: IMG_2231.png", ""), ("image: the old ferry at dawn", "the old ferry at dawn")],
)
def test_the_offline_voice_says_that_it_sees_none(note: str, told: str) -> None:
    for seed in range(20):
        line = Line(1, "Ann", f"look! [{note}]", 3.0, "person", has_images=True)
        brief = Brief("Mara", lines=(line,), addressee="Ann", seed=seed)
        text, _ = speak(brief)
        assert "see" in text or "make it out" in text or "reach me" in text
        assert told in text[:1].lower() + text[1:]
        assert not any(word in text for word in ("IMG", ".png", "image:", "http", "["))


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (
            Endpoint(name="main", base_url=server.base_url, model="test", sees_images=True),
        )
        yield server
    close_clients()


@pytest.fixture
def turn(transactional_db: None, redis_client: object) -> Turn:
    mara = make_character("Mara")
    talk = make_conversation(make_channel("harbour"))
    asked = make_message(
        talk, make_person("Ann"), "Mara, what boat is that?\n[image: ferry.png]",
        has_images=True, image_urls=[STORE],
    )  # fmt: skip
    return make_turn(talk, chosen=mara, answers=asked, trigger="person", status="planned")


def shown(body: dict[str, Any]) -> list[str]:
    return [
        part["image_url"]["url"]
        for message in body["messages"]
        if isinstance(message["content"], list)
        for part in message["content"]
        if part["type"] == "image_url"
    ]


def test_a_model_that_sees_is_shown_the_picture(server: ModelServer, turn: Turn) -> None:
    server.enqueue("That is the old ferry.")
    turns.take(turn.pk)
    (asked,) = server.history
    assert shown(asked.body) == [STORE]
    assert asked.body["messages"][1]["role"] == "user"
    assert "[image: ferry.png]" in asked.body["messages"][1]["content"][0]["text"]
    turn.refresh_from_db()
    assert {"part": "pictures", "tokens": TOKENS_AN_IMAGE} in turn.prompt_parts
    kept = LLMCall.objects.get()
    assert kept.request["messages"][1]["images"] == 1
    assert STORE not in json.dumps(kept.request)  # an address is part of what somebody said


def test_who_can_not_be_shown_it_is_asked_again_without(server: ModelServer, turn: Turn) -> None:
    server.enqueue(status(400, "Failed to download the image."), "A fine boat.")
    turns.take(turn.pk)
    assert [shown(one.body) for one in server.history] == [[STORE], []]
    turn.refresh_from_db()
    assert turn.draft == "A fine boat."
