"""Names, quotes and mentions as Discord takes them, and harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.discord.appearance import (
    MAX_NAME,
    Quote,
    Speech,
    allowed_mentions,
    contents,
    plain,
    quote_line,
    ring,
    username,
)
from conversations.discord.splitting import LIMIT


@pytest.mark.parametrize("name", ["Mara", "Søren Ængström", "小林", "O'Brien #2", "Дмитрий"])
def test_a_good_name_stays_as_it_is(name: str) -> None:
    assert username(name, "Character 1") == name


@pytest.mark.parametrize("name", ["Clyde", "clydesdale", "Discord", "McDISCORDface", "everyone"])
def test_a_name_that_is_refused_looks_the_same(name: str) -> None:
    made = username(name, "Character 1")
    assert "clyde" not in made.lower()
    assert "discord" not in made.lower()
    assert made != "everyone"
    assert made.replace("\u200a", "") == name


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200b", "\ufeff", "\n\t"])
def test_a_name_that_nobody_sees_is_replaced(name: str) -> None:
    assert username(name, "Character 1") == "Character 1"


@given(st.text(max_size=200))
def test_every_name_becomes_one_that_is_taken(name: str) -> None:
    made = username(name, "Character 1")
    assert 1 <= len(made) <= MAX_NAME
    assert made == " ".join(made.split(" "))
    assert not any(word in made.lower() for word in ("clyde", "discord", "```"))
    assert made.lower() not in ("everyone", "here")


def test_it_cuts_a_name_between_letters() -> None:
    made = username("👨‍👩‍👧‍👦" * 20, "Character 1")
    assert made == "👨‍👩‍👧‍👦" * 11 + "…"


def test_the_bot_says_for_whom_it_speaks() -> None:
    assert contents(Speech("Tea?", "Mara", by_bot=True)) == ["**Mara:** Tea?"]
    assert contents(Speech("> tea", "Mara", by_bot=True)) == ["**Mara:**\n> tea"]
    assert contents(Speech("A notice.", "", by_bot=True)) == ["A notice."]
    assert contents(Speech("Tea?", "Mara")) == ["Tea?"]


def test_what_stands_before_a_text_takes_room_from_the_first_message_alone() -> None:
    quote = Quote("Ann", "Is the tea ready? " * 20, "https://a.example/1/2/3")
    texts = contents(Speech("word " * 900, "Mara", by_bot=True, quote=quote))
    assert all(len(text) <= LIMIT for text in texts)
    assert texts[0].startswith("-# ↪ [Ann](<https://a.example/1/2/3>): Is the tea ready?")
    assert "\n**Mara:** word" in texts[0]
    assert len(texts[1]) > LIMIT - 10


def test_a_quote_is_one_line_that_does_nothing() -> None:
    said = "**Look**\n@everyone <@123> <@&9> <#7> <:tea:88> https://a.example/x `code` ||spoiler||"
    line = quote_line(Quote("A[n]n*", said))
    assert line == "-# ↪ Ann: Look @\u200beveryone … … … :tea: … code spoiler\n"
    assert quote_line(Quote("", "")) == "-# ↪ somebody\n"


@given(st.text(max_size=200))
def test_no_quote_breaks_out_of_its_line(text: str) -> None:
    assert quote_line(Quote(text, text)).count("\n") == 1
    assert not set("*_~`|<>[]()#\\") & set(plain(text))


def test_only_whole_names_are_rung() -> None:
    rung = {"Ann": 1, "Ann Lee": 2}
    assert ring("@Ann Lee and @ann, not @Anna nor x@Ann", rung) == (
        "<@2> and <@1>, not @Anna nor x@Ann"
    )


def test_nobody_is_rung_by_what_a_text_says() -> None:
    assert allowed_mentions(["<@1> <@3> @everyone"], {"Ann": 1, "Bob": 2}) == {
        "parse": [],
        "users": ["1"],
        "replied_user": False,
    }
