"""Every decision can be made again and comes out the same."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace

import pytest
from django.core.management import CommandError, call_command

from audit.configuration import configuration
from conversations.floor import director
from conversations.floor.pace import PACES, Rules
from conversations.models import Turn
from conversations.why.replay import NotReplayableError, replay
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db


def decided(seed: int, *, by_person: bool = False) -> Turn:
    """A real decision of the director in a room of four."""
    speakers = [
        make_character(interests=("tides", "boats"), talkativeness=0.4 + n / 10) for n in range(4)
    ]
    channel = make_channel(pace="lively", residents=tuple(speakers))
    conversation = make_conversation(channel)
    author = make_person() if by_person else speakers[0]
    message = make_message(conversation, author, "The tide took the boats out past the wall.")
    conversation.refresh_from_db()
    conversation.next_turn_at = message.created_at
    conversation.save()
    turn = director.look(channel.pk, seed=seed)
    assert turn is not None
    return Turn.objects.get(pk=turn.pk)


def run(turn_id: int, *args: str) -> tuple[str, int]:
    """What the command printed, and its exit code."""
    out = io.StringIO()
    try:
        call_command("replay_turn", str(turn_id), *args, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("by_person", [False, True])
def test_it_decides_the_same_again(seed: int, by_person: bool) -> None:
    turn = decided(seed, by_person=by_person)
    assert turn.random_seed == seed
    assert replay(turn).differences == {}


def test_it_decides_by_the_rules_in_force_then() -> None:
    configuration.set_value("director", "threshold", 0.99)
    configuration.set_value("director", "addressed_reply_chance", 0.5)
    configuration.forget_cached()
    turn = decided(3)
    assert turn.rules["threshold"] == 0.99
    assert turn.rules["addressed_reply_chance"] == 0.5
    configuration.set_value("director", "threshold", 0.0)
    configuration.forget_cached()
    assert replay(turn).is_same


@pytest.mark.parametrize("seed", range(6))
def test_it_decides_by_the_defaults_of_then(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody configured stands in the code, which may be another one by now."""
    turn = decided(seed)
    later = replace(PACES["calm"], reply_chance=0.01 if turn.action == "speak" else 0.99)
    monkeypatch.setitem(PACES, turn.floor["pace"], later)
    monkeypatch.setattr(Rules.__init__, "__defaults__", (0.9,) * len(fields(Rules)))
    assert Rules().temperature == 0.9
    assert replay(turn).differences == {}


def test_a_turn_that_kept_overrides_alone_is_decided_by_todays_defaults() -> None:
    turn = decided(1, by_person=True)
    turn.rules = {}
    assert replay(turn).is_same


def test_it_says_when_the_rules_are_of_another_version() -> None:
    turn = decided(1)
    del turn.rules["crowd"]
    with pytest.raises(NotReplayableError, match=r"rules are of another version \(crowd\)"):
        replay(turn)


def test_it_does_not_need_what_has_changed_since() -> None:
    turn = decided(1, by_person=True)
    turn.conversation.messages.all().delete()
    for character in turn.conversation.channel.residents.all():
        character.interests.all().delete()
    assert replay(Turn.objects.get(pk=turn.pk)).is_same


def test_it_asks_the_database_nothing(django_assert_num_queries: pytest.FixtureRequest) -> None:
    turn = decided(1, by_person=True)
    with django_assert_num_queries(0):  # type: ignore[operator]
        replay(turn)


def test_it_prints_both_and_says_same() -> None:
    turn = decided(1, by_person=True)
    assert turn.chosen is not None
    said, code = run(turn.pk)
    assert code == 0
    assert said.endswith("same\n")
    assert f"stored: {turn.action}" in said
    assert f"made again: {turn.action}" in said
    assert turn.chosen.name in said


@pytest.mark.parametrize("column", ["move", "scores", "chosen_id"])
def test_it_ends_with_one_when_the_answer_differs(column: str) -> None:
    turn = decided(1, by_person=True)
    other = {
        "move": "farewell",
        "scores": {**turn.scores, "999": {"total": 1.0}},
        "chosen_id": make_character().pk,
    }
    Turn.objects.filter(pk=turn.pk).update(**{column: other[column]})
    said, code = run(turn.pk)
    assert code == 1
    assert "differs" in said
    assert "same" not in said


def test_it_prints_json() -> None:
    turn = decided(1, by_person=True)
    told = json.loads(run(turn.pk, "--json")[0])
    assert told["same"] is True
    assert told["stored"] == told["made_again"]
    assert told["stored"]["chosen"] == turn.chosen_id
    Turn.objects.filter(pk=turn.pk).update(move="farewell")
    said, code = run(turn.pk, "--json")
    assert code == 1
    assert json.loads(said)["differences"] == ["move"]


def test_it_says_when_there_is_no_such_turn() -> None:
    with pytest.raises(CommandError, match="There is no turn 404"):
        call_command("replay_turn", "404")


def test_it_says_when_a_turn_kept_too_little() -> None:
    turn = make_turn(make_conversation())
    with pytest.raises(NotReplayableError, match="kept nothing"):
        replay(turn)
    with pytest.raises(CommandError, match="kept nothing"):
        call_command("replay_turn", str(turn.pk))


@pytest.mark.parametrize(
    ("floor", "rules"),
    [
        ({"trigger": "lull", "weather": "fog"}, {}),
        ({"trigger": "lull", "pace": "frantic"}, {}),
        ({"trigger": "lull"}, {"nonsense": 1}),
    ],
)
def test_it_says_when_another_version_decided(
    floor: dict[str, object], rules: dict[str, object]
) -> None:
    turn = make_turn(make_conversation(), floor=floor, rules=rules)
    with pytest.raises(NotReplayableError, match="this version doesn't know"):
        replay(turn)
