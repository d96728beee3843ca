"""What characters make of their days, as one reads it days later: without a database."""

from __future__ import annotations

import datetime as dt
from random import Random

from memories.formation import topics
from memories.formation.stances import sides
from memories.reflection import aims, company, pages
from memories.reflection.found import quote
from memories.reflection.life import Aim, Bond, Life, Spoken, Sway, Who
from memories.reflection.rules import ReflectionRules
from memories.reflection.wishes import wishes
from tests.memories.talking import lines

NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
BRAM, ODILE = Who("c", 1), Who("c", 2)


def spoken(*said: tuple[Who, str], tone: float = 0.0) -> list[Spoken]:
    """Lines of one talk, a minute apart."""
    return [
        Spoken(at, who, text, NOON + at * MINUTE, tone, 5.0, 1, "boats", "public", at, text)
        for at, (who, text) in enumerate(said, 1)
    ]


def life(*said: tuple[Who, str], tone: float = 0.0, **fields: object) -> Life:
    values = {
        "me": BRAM, "name": "Bram", "since": NOON, "now": NOON + dt.timedelta(hours=8),
        "names": {BRAM: "Bram", ODILE: "Odile"}, "lines": spoken(*said, tone=tone),
        "others": frozenset({"bram", "odile"}), **fields,
    }  # fmt: skip
    return Life(**values)  # type: ignore[arg-type]


def test_a_proposal_is_voted_on_and_no_question_to_be_answered() -> None:
    asked = ((ODILE, "The tide turned."), (BRAM, "Odile, who chose that blue for the door?"))
    assert [wish.key for wish in wishes(life(*asked))] == ["ask-c2-2"]
    proposed = (asked[0], (BRAM, "Should we all meet here every Tuesday evening for a story?"))
    assert wishes(life(*proposed)) == []


def test_what_it_owes_is_paid_when_they_ask_again_and_it_answers() -> None:
    owed = Aim(
        7, "Tell Odile what Odile asked: “Who chose that blue for the door?”", "", 0.0,
        "reflection", ODILE, "", False, NOON, None, NOON,
    )  # fmt: skip
    again = (ODILE, "Bram, you never answered me. Who chose that blue for the door?")
    step = aims.review(owed, life(again), (), ReflectionRules(), NOON)
    assert step.status == "active"
    heard = life(again, (BRAM, "A daft card, and Tamsin."))
    step = aims.review(owed, heard, (), ReflectionRules(), NOON)
    assert (step.status, step.progress, step.evidence) == ("done", 1.0, (1, 2))


def test_a_line_is_quoted_for_what_it_says_and_not_for_how_it_begins() -> None:
    (line,) = spoken(
        (ODILE, "Oh, that brings something back! I once sold tickets with a broken toe. It hurt.")
    )
    assert quote(line) == "“I once sold tickets with a broken toe. It hurt.”"
    (line,) = spoken((ODILE, "Fair. Seen it often."))
    assert quote(line) == "“Fair. Seen it often.”"


def test_what_it_understood_holds_when_it_is_told_later() -> None:
    said = [(ODILE, "You are kind, and I am glad of it, Bram.")] * 6
    bond = Bond("Friend", 0.7, 0.7, exchanges=6, affection_moved=0.2)
    for name in ("Bram", "Tamsin", "Ignatius", "Nneka", "Fenwick", "Pilar"):
        for found in company.grown(
            life(
                *said, tone=0.6, name=name, bonds={ODILE: bond}, names={BRAM: name, ODILE: "Odile"}
            )
        ):
            assert "today" not in found.content
            assert "yesterday" not in found.content
            assert "would like" not in found.content


def test_a_page_is_remembered_without_a_weekday_and_in_plain_words() -> None:
    said = [
        (ODILE, "I kept the good cup for you, Bram, and the chair."),
        (BRAM, "Much obliged to you, Odile, it was cold."),
    ]
    day = life(*said, *said, sways=(Sway(ODILE, 0.2, "heard", 1),))
    for seed in range(8):
        page = pages.diary(day, NOON.date(), Random(seed))
        assert page.remembered.startswith("Bram wrote about Odile in the diary")
        assert "The best of the day for Bram was what Odile said: “I kept" in page.remembered
        assert "Monday" not in page.remembered
        assert page.text.startswith("Monday. ")


def test_who_turns_from_a_matter_gives_no_reason_for_it() -> None:
    topic = topics.Discussed("the ferry", (1, 2, 3, 4), (("ferry",),))
    said = lines(
        ("Ignatius", "Allow me to pass from the ferry to a nearer concern."),
        ("Bram", "Off the ferry, before somebody gets hurt."),
        ("Pilar", "You let something be seen while the talk of the ferry went on."),
        ("Odile", "The ferry is honest, for it never says when it comes."),
    )
    quoted = {said[one.line - 1].speaker: bool(one.quote) for one in sides(said, topic)}
    assert quoted == {"Ignatius": False, "Bram": False, "Pilar": False, "Odile": True}
