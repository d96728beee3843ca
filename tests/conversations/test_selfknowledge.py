"""What characters have understood comes up in talk: rarely by itself, plainly when asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from characters import changes
from characters.models import Character, Goal
from conversations.floor.pace import Rules
from conversations.floor.scene import load_floor
from conversations.models import Turn
from conversations.turns import selfknowledge
from conversations.turns.briefing import load_brief
from conversations.turns.effects import after_speaking
from conversations.turns.prompts import build
from fishbowl.llm.offline.selfsaid import gist
from fishbowl.llm.offline.voice import speak
from fishbowl.llm.types import Brief, Line, Listener, Recollection
from fishbowl.statements import together
from memories.models import Memory
from memories.reflection import figures
from memories.view import Audience
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_insight,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_relationship_event,
    make_turn,
)


def test_insights_come_up_in_a_tenth_of_the_turns_at_most() -> None:
    asked = [
        selfknowledge.asking_insights(1, 1, "reply", seed, timezone.now())[1][1]
        for seed in range(4000)
    ]
    assert 0.04 < sum(asked) / len(asked) <= 0.1
    assert not any(
        selfknowledge.asking_insights(1, 1, "farewell", seed, timezone.now())[1][1]
        for seed in range(400)
    )


test_insights_come_up_in_a_tenth_of_the_turns_at_most = pytest.mark.django_db(
    test_insights_come_up_in_a_tenth_of_the_turns_at_most
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ada talks with Ben more than with anybody else: 12 of 15 since Monday.",
         "Ada talks with Ben more than with anybody else."),
        ("What Ben says lifts Ada: 4 of 5 times today, most of all “Quite so.”",
         "What Ben says lifts Ada."),
        ("“The soup.” That was Ben on the soup again, for the third time.", ""),
    ],
)  # fmt: skip
def test_it_says_what_it_understood_without_the_figures(text: str, said: str) -> None:
    assert gist(text) == said


def brief(heard: str, **fields: object) -> Brief:
    line = Line(1, "Ben", heard, 3.0)
    listeners = (Listener("Ben"),)
    return Brief(speaker="Ada", lines=(line,), addressee="Ben", listeners=listeners, **fields)  # type: ignore[arg-type]


def test_the_offline_voice_speaks_of_itself_in_its_own_person() -> None:
    insight = Recollection("What Ben says lifts Ada: 4 of 5 times today, most of all “Quite.”")
    said, keys = speak(brief("The tide was low this morning.", insight=insight))
    assert "What you say lifts me." in said
    assert selfknowledge.INSIGHT in keys
    said, _ = speak(brief("Ada, who do you talk with most?", figures="Ben, 12 times."))
    assert "Ben, 12 times." in said
    asked = brief("The tide was low this morning.", to_ask=("Ben", "Where is the spare oar?"))
    said, keys = speak(asked)
    assert "Where is the spare oar?" in said
    assert "Ben" in said
    assert selfknowledge.ASKED in keys
    assert "Where is the spare oar?" in build(asked).messages[1].content


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who do you talk with most?", "most"),
        ("Have you changed at all, Ada?", "changed"),
        ("What have you learned about us?", "learned"),
        ("Did you dream?", "dreamt"),
        ("What do you want?", "wants"),
        ("Ada what do you want most", "wants"),
        ("Who is your best friend here?", "closest"),
        ("who are you closest to", "closest"),
        ("What do you want to eat?", ""),
        ("The tide has changed.", ""),
    ],
)
def test_it_hears_when_it_is_asked_of_itself(text: str, kind: str) -> None:
    assert figures.asked(text) == kind


@pytest.fixture
def ada() -> Character:
    return make_character("Ada", persona={"extraversion": 0.5})


@pytest.mark.django_db(transaction=True)
def test_what_came_up_is_counted_with_the_turn_and_rests_then(ada: Character) -> None:
    ben = make_character("Ben")
    room = make_channel()
    talk = make_conversation(room)
    insight = make_insight(
        ada, "What Ben says lifts Ada.", triggers=["soup"], confidence_score=0.9,
        importance_level=7.0,
    )  # fmt: skip
    memory = insight.memory
    assert memory is not None
    memory.visibility = "public"
    memory.save(update_fields=["visibility"])
    goal = Goal.objects.create(
        character=ada, goal_id="oar", description="Ask Ben.", question="Where is the spare oar?",
        seeks_character=ben, origin="reflection",
    )  # fmt: skip
    heard = make_message(talk, ben, "The soup is on.")
    seed = next(
        seed
        for seed in range(400)
        if selfknowledge.asking_insights(ada.pk, heard.pk, "reply", seed, timezone.now())[1][1]
    )
    turn = make_turn(talk, ada, answers=heard, random_seed=seed)
    found, remembered = load_brief(turn, room, timezone.now())
    assert remembered.insight is not None
    assert found.insight == remembered.insight.recollection
    turn.draft_spent = selfknowledge.noted(
        ["stock/x/1", selfknowledge.INSIGHT, selfknowledge.ASKED], remembered.insight,
        selfknowledge.Question(goal.pk, "Ben", goal.question), None, "", is_model=False,
    )  # fmt: skip
    said = make_message(talk, ada, "What you say lifts me. Where is the spare oar?")
    now = timezone.now()
    kept = turn.draft_spent
    assert kept == ["stock/x/1", f"insight/{insight.pk}", f"asked/{goal.pk}"]
    turn = Turn.objects.select_related(
        "conversation__channel", "conversation__context", "chosen"
    ).get(pk=turn.pk)
    turn.status, turn.draft_spent = Turn.Status.DONE, kept
    with transaction.atomic():
        after_speaking(turn, heard, said, "calm", Rules(), now)
    insight.refresh_from_db()
    goal.refresh_from_db()
    assert (insight.surfaced_count, insight.last_surfaced_at) == (1, now)
    assert goal.progress == 0.5
    assert list(ada.material_uses.values_list("key", flat=True)) == ["stock/x/1"]
    rows = together(selfknowledge.asking_insights(ada.pk, heard.pk, "reply", seed, now))[0]
    assert rows == []  # it rests


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("subject", "comes_up"), [("see:c7:1", False), ("lifts:c7", True)])
def test_what_was_seen_in_a_line_quotes_it_once(
    ada: Character, subject: str, comes_up: bool
) -> None:
    now = timezone.now()
    make_insight(
        ada, "Ada hasn't put down what Ben said: “My father kept the light at Utsira.”",
        subject=subject, confidence_score=0.9, importance_level=7.0, surfaced_count=1,
        last_surfaced_at=now - dt.timedelta(days=3),
    )  # fmt: skip
    seeds = range(400)
    asking = [selfknowledge.asking_insights(ada.pk, None, "open", seed, now) for seed in seeds]
    drawn = next(statement for statement in asking if statement[1][1])
    assert bool(together(drawn)[0]) == comes_up


@pytest.mark.django_db(transaction=True)
def test_it_answers_from_its_own_rows_and_names_no_absent_person(ada: Character) -> None:
    ben, eve = make_character("Ben"), make_person("Eve")
    for to, number in ((ben, 3), (eve, 9)):
        bond = make_relationship(ada, to)
        for _ in range(number):
            make_relationship_event(bond)
    now = timezone.now() + dt.timedelta(seconds=1)
    said, is_own = figures.answer("most", ada.pk, Audience(), now)
    assert (said[:15], is_own) == ("Ben, 3 times in", True)
    said, _ = figures.answer("most", ada.pk, Audience(people=frozenset({eve.pk})), now)
    assert said.startswith("Eve, 9 times")
    assert "much as I was" in figures.answer("changed", ada.pk, Audience(), now)[0]
    why = "Company did it good."
    changes.propose(ada.pk, "persona.extraversion", 0.52, why, is_worked_out=True)
    said = figures.answer("changed", ada.pk, Audience(), now)[0]
    assert said == "A little. I'm gladder of company than I was. Company did it good."


@pytest.mark.django_db(transaction=True)
def test_asked_for_its_friends_it_names_whom_it_is_close_to_and_no_absent_person(
    ada: Character,
) -> None:
    ben, eve, tom = make_character("Ben"), make_person("Eve"), make_character("Tom")
    for to, score in ((ben, 72.0), (eve, 90.0), (tom, 30.0)):
        make_relationship(ada, to, score=score)
    now = timezone.now()
    assert figures.answer("closest", ada.pk, Audience(), now)[0] == "Ben, if I must say."
    said, _ = figures.answer("closest", ada.pk, Audience(people=frozenset({eve.pk})), now)
    assert said == "Eve, if I must say. And Ben, not far off."


@pytest.mark.django_db(transaction=True)
def test_what_it_wants_it_says_as_one_says_it(ada: Character) -> None:
    Goal.objects.create(
        character=ada, goal_id="a", description="Keep the light burning.", progress=0.4
    )
    Goal.objects.create(
        character=ada,
        goal_id="b",
        description="See how Ben is: Ben has sounded low, and said “Never mind.”",
        origin=Goal.Origin.REFLECTION,
    )
    said, _ = figures.answer("wants", ada.pk, Audience(), timezone.now())
    assert said == (
        "I want to keep the light burning. I've come some of the way. "
        "And then I want to see how Ben is."
    )


@pytest.mark.django_db(transaction=True)
def test_a_goal_pulls_toward_whom_it_seeks(ada: Character) -> None:
    ben = make_character("Ben")
    room = make_channel()
    talk = make_conversation(room)
    make_message(talk, ben, "Low tide.")
    before = pull(room, talk, ada)
    Goal.objects.create(character=ada, goal_id="g", description="See Ben.", seeks_character=ben)
    assert pull(room, talk, ada) >= before + 0.6


def pull(room: object, talk: object, who: Character) -> float:
    from conversations.floor.lines import Said, asking_room_lines

    lines = Said.of(together(asking_room_lines(room.pk, 10))[0])  # type: ignore[attr-defined]
    floor = load_floor(room, talk, "character", timezone.now(), lines=lines, decided=[])  # type: ignore[arg-type]
    return next(c.goal_pull for c in floor.candidates if c.id == who.pk)


@pytest.mark.django_db(transaction=True)
def test_what_it_says_into_a_silent_room_is_not_said_to_itself(ada: Character) -> None:
    """Nobody has a part in a talk before its first line; but the line stands in the room."""
    room = make_channel()
    insight = make_insight(ada, "Ben drinks because of the fire.", confidence_score=0.9)
    assert insight.memory is not None
    secret = make_memory(ada, "I set the fire myself.", visibility="private")
    goal = Goal.objects.create(
        character=ada, goal_id="fire", description="Keep the fire from coming out.",
        origin="reflection", community=room.community,
    )  # fmt: skip
    goal.evidence_memories.add(secret)
    seed = next(
        seed
        for seed in range(400)
        if selfknowledge.asking_insights(ada.pk, None, "open", seed, timezone.now())[1][1]
    )
    now = timezone.now()
    for visibility, comes_up in (("private", False), ("intimate", False), ("public", True)):
        Memory.objects.filter(pk__in=[insight.memory.pk, secret.pk]).update(visibility=visibility)
        turn = make_turn(
            make_conversation(make_channel(community=room.community)), ada,
            answers=None, move="open", random_seed=seed,
        )  # fmt: skip
        brief, remembered = load_brief(turn, turn.conversation.channel, now)
        assert (remembered.insight is not None, bool(remembered.wanted)) == (comes_up, comes_up)
        assert ("fire" in repr(brief)) is comes_up
