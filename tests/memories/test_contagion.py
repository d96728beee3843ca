"""What spreads is a row, is left alone for a while by those who speak, and is let go of again."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character
from conversations.services import local_community
from conversations.turns.briefing import load_brief
from memories.models import Contagion, Memory
from memories.nights import contagion
from memories.recall import caches
from memories.recall.recall import recall
from memories.view import Audience
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_turn,
)
from tests.memories.test_spread import small_talk

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)
PHRASE = "a button full of moonlight"
EVERY = dt.timedelta(minutes=20)
BEFORE = 200
DREAM = "A whale carried the lighthouse over a frozen orchard."


@pytest.fixture
def speakers() -> list[Character]:
    return [make_character(name) for name in ("Ada", "Bea", "Cal", "Dan", "Eve")]


def talk(speakers: list[Character], lines: list[tuple[int, str]], **fields: Any) -> None:
    """Lines that Ada remembers, the last said at noon, five to a conversation."""
    start = NOON - EVERY * (len(lines) - 1)
    store(
        [
            NewMemory(
                owner_id=speakers[0].pk,
                content=f"{speakers[who - 1].name} said: “{text}” ({n})",
                embedded_text=text,
                occurred_at=start + EVERY * n,
                told_by_character_id=speakers[who - 1].pk if who > 1 else None,
                session_key=f"talk:{n // 5}",
                **{
                    "kind": Memory.Kind.CONVERSATION,
                    "visibility": Memory.Visibility.PUBLIC,
                    "community_id": local_community().pk,
                    **fields,
                },
            )
            for n, (who, text) in enumerate(lines)
        ]
    )


def going_round(text: str = f"So: {PHRASE}, you know.") -> list[tuple[int, str]]:
    lines = small_talk(BEFORE)
    for n, who in enumerate((1, 2, 3, 4)):
        lines += [(who, text), *small_talk(4, seed=n + 2)]
    return lines


def a_contagion(**fields: Any) -> Contagion:
    return Contagion.objects.create(
        **{
            "community": local_community(),
            "kind": "phrase",
            "text": PHRASE,
            "carriers": [1, 2, 3],
            "uses": 4,
            "first_seen_at": NOON - DAY,
            "last_seen_at": NOON - DAY,
            **fields,
        }
    )


# --- noticing -------------------------------------------------------------------------------------


def test_a_phrase_that_goes_round_becomes_a_row(speakers: list[Character]) -> None:
    talk(speakers, going_round())
    contagion.notice_all(NOON)
    row = Contagion.objects.get(kind="phrase")
    assert (row.kind, row.origin, row.uses, row.is_damped) == ("phrase", speakers[0], 4, True)
    assert row.carriers == [one.pk for one in speakers[1:4]]
    assert "moonlight" in row.text
    assert NOON - DAY < row.first_seen_at < row.last_seen_at <= NOON
    assert contagion.notice_all(NOON) == 0
    assert Contagion.objects.get(kind="phrase").uses == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": "personal"},
        {"kind": "fact"},
        {"community_id": None},
    ],
)
def test_what_was_not_said_to_everybody_is_not_looked_at(
    speakers: list[Character], fields: dict[str, Any]
) -> None:
    talk(speakers, going_round(), **fields)
    assert contagion.notice_all(NOON) == 0


def test_one_community_knows_nothing_of_another(speakers: list[Character]) -> None:
    guild = make_community(discord_id=7)
    talk(speakers, going_round(), community_id=guild.pk)
    assert contagion.notice_all(NOON)
    assert set(Contagion.objects.values_list("community", flat=True)) == {guild.pk}
    assert contagion.damped(local_community().pk) == ()


def test_what_several_remember_of_one_line_is_one_line(speakers: list[Character]) -> None:
    message = make_message(make_conversation(), speakers[1], "A line.")
    for one in speakers:
        make_memory(
            one,
            "Bea said: “A line.”",
            kind="conversation",
            visibility="public",
            community_id=local_community().pk,
            occurred_at=NOON - DAY,
            source_message_id=message.pk,
            told_by_character_id=None if one == speakers[1] else speakers[1].pk,
        )
    (line,) = contagion.read(local_community().pk, NOON).lines
    assert (line.speaker, line.text) == (speakers[1].pk, "A line.")


def test_a_subject_that_goes_round_is_named_by_its_words(speakers: list[Character]) -> None:
    lines = small_talk(BEFORE)
    for n, (who, text) in enumerate(
        [
            (1, "The comet over the orchard has a green tail."),
            (2, "I saw the comet's green tail over the orchard."),
            (3, "That comet has a green tail, over the orchard."),
            (4, "Over the orchard the comet showed a green tail."),
        ]
    ):
        lines += [(who, text), *small_talk(4, seed=n + 2)]
    talk(speakers, lines)
    contagion.notice_all(NOON)
    row = Contagion.objects.get(kind="topic")
    assert set(row.text.split(", ")) <= {"comet", "green", "orchard", "tail"}
    assert len(row.carriers) == 3


def test_a_dream_that_goes_round_shows_only_what_the_others_took_over(
    speakers: list[Character],
) -> None:
    talk(speakers, small_talk(40))
    for n, one in enumerate(speakers[:4]):
        make_memory(
            one,
            f"{DREAM} Number {n}." if n else f"{DREAM} The secret is in the sundial.",
            text=DREAM,
            kind="dream",
            visibility="private",
            occurred_at=NOON - DAY + dt.timedelta(hours=n),
        )
    assert contagion.notice_all(NOON) == 1
    row = Contagion.objects.get()
    assert (row.kind, row.origin) == ("dream", speakers[0])
    assert set(row.text.split(", ")) <= {"whale", "carried", "lighthouse", "frozen", "orchard"}
    assert "sundial" not in row.text


# --- letting go -----------------------------------------------------------------------------------


def test_what_is_still_in_use_stays_damped_and_what_wears_out_is_let_go(
    speakers: list[Character],
) -> None:
    row = a_contagion(last_seen_at=NOON - 6 * DAY)
    talk(speakers, [(2, f"Well, {PHRASE}.")])
    contagion.notice_all(NOON + DAY)
    row.refresh_from_db()
    assert (row.last_seen_at, row.is_damped) == (NOON, True)
    contagion.notice_all(NOON + 6 * DAY)
    row.refresh_from_db()
    assert not row.is_damped
    assert contagion.damped(local_community().pk) == ()


def test_what_its_beginner_goes_on_saying_does_not_keep_it_damped(
    speakers: list[Character],
) -> None:
    row = a_contagion(last_seen_at=NOON - 6 * DAY, origin=speakers[0])
    talk(speakers, [(1, f"Well, {PHRASE}.")])
    contagion.notice_all(NOON)
    row.refresh_from_db()
    assert not row.is_damped


def test_what_a_keeper_allows_is_never_damped_again(speakers: list[Character]) -> None:
    talk(speakers, going_round())
    contagion.notice_all(NOON)
    row = Contagion.objects.get(kind="phrase")
    assert contagion.damped(local_community().pk) == (row.text,)
    contagion.allow(row)
    assert contagion.damped(local_community().pk) == ()
    later = [(who, f"{text} again") for who, text in going_round()[BEFORE:]]
    start = NOON + EVERY
    for n, (who, text) in enumerate(later):
        make_memory(
            speakers[0],
            f"{speakers[who - 1].name} said: “{text}” (later {n})",
            kind="conversation",
            visibility="public",
            community_id=local_community().pk,
            occurred_at=start + EVERY * n,
            session_key=f"later:{n // 5}",
            told_by_character_id=speakers[who - 1].pk if who > 1 else None,
        )
    contagion.notice_all(NOON + DAY)
    row.refresh_from_db()
    assert (row.is_allowed, row.is_damped) == (True, False)
    assert row.last_seen_at > NOON - DAY / 2


def test_the_bounds_are_the_keepers(speakers: list[Character]) -> None:
    configuration.set_value("memory", "spread_to", 4)
    talk(speakers, going_round())
    assert contagion.notice_all(NOON) == 0


# --- damping --------------------------------------------------------------------------------------


def test_who_speaks_is_told_to_leave_it_alone_but_for_its_own_signature() -> None:
    mara = make_character()
    odile = make_character(style={"signature_phrases": ["A button, full of moonlight!"]})
    a_contagion(origin=odile)
    a_contagion(text="an old tired saying", is_damped=False)
    a_contagion(kind="topic", text="comet, orchard")
    channel = make_channel(residents=(mara, odile))
    avoided = {}
    for one in (mara, odile):
        turn = make_turn(make_conversation(channel, status="closed"), one)
        brief, _ = load_brief(turn, channel, NOON)
        avoided[one.pk] = brief.worn
    assert PHRASE in avoided[mara.pk]
    assert PHRASE not in avoided[odile.pk]
    assert not {"an old tired saying", "comet, orchard"} & set(avoided[mara.pk])


@pytest.mark.parametrize(
    ("kind", "text"), [("phrase", "brass telescope in the attic"), ("topic", "attic, telescope")]
)
def test_what_spread_comes_to_mind_behind_what_did_not(kind: str, text: str) -> None:
    owner = make_character()
    community = local_community()
    worn, _ = (
        make_memory(owner, content, visibility="public", community_id=community.pk)
        for content in (
            "Ada keeps a brass telescope in the attic.",
            "Ada polished the telescope on Sunday.",
        )
    )

    def damping() -> dict[int, float]:
        found = recall(
            owner.pk, Audience(community=community.pk), "Where is the telescope?", now=NOON
        )
        return {one.id: one.parts["damped"] for one in found}

    assert set(damping().values()) == {1.0}
    a_contagion(kind=kind, text=text)
    caches.touch([owner.pk])
    after = damping()
    assert after.pop(worn.pk) == 0.5
    assert set(after.values()) == {1.0}


def test_a_keeper_reads_of_it(speakers: list[Character]) -> None:
    now = timezone.now()
    a_contagion(origin=speakers[0], first_seen_at=now - DAY, last_seen_at=now - DAY)
    out = StringIO()
    call_command("hygiene", stdout=out)
    assert f"spreads: phrase “{PHRASE}” from Ada to 3, 4 uses" in out.getvalue()
