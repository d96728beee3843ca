"""Who speaks next: the director's rules, without a database."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.floor.pace import (
    PACES,
    Rules,
    airtime_gini,
    energy_after_character,
    energy_after_person,
    slowed_for,
    typing_time,
)
from conversations.floor.turntaking import Candidate, Floor, decide

RULES = Rules()


def people(n: int = 4, **changes: object) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(**{"id": i, "name": f"C{i}", "relevance": 0.5, "relationship": 0.5, **changes})
        for i in range(1, n + 1)
    )


def after_character(**changes: object) -> Floor:
    base = Floor(
        trigger="character",
        pace="lively",
        last_kind="character",
        last_words=9,
        candidates=people(is_present=True),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def marked(
    candidates: tuple[Candidate, ...], which: int, **changes: object
) -> tuple[Candidate, ...]:
    return tuple(replace(c, **changes) if c.id == which else c for c in candidates)  # type: ignore[arg-type]


def outcomes(floor: Floor, n: int = 300) -> Counter[str]:
    return Counter(decide(floor, RULES, seed).action for seed in range(n))


def test_a_person_who_names_a_character_is_answered_by_it() -> None:
    floor = after_character(
        trigger="person",
        last_kind="person",
        candidates=marked(people(), 3, is_addressed=True, battery=0.0, is_elsewhere=True),
    )
    for seed in range(50):
        decision = decide(floor, RULES, seed)
        assert (decision.action, decision.chosen, decision.move) == ("speak", 3, "reply")
        assert decision.delay_s < 3


@pytest.mark.parametrize(
    ("floor", "who"),
    [
        ({"candidates": people(is_present=True, steadiness=0.5)}, 1),
        ({"candidates": marked(people(steadiness=0.5), 3, steadiness=0.9)}, 3),
        ({"candidates": marked(marked(people(), 3, steadiness=0.9), 2, is_partner=True)}, 2),
        ({"candidates": marked(marked(people(), 2, is_partner=True), 4, is_addressed=True)}, 4),
        ({"candidates": marked(people(is_awake=False), 2, is_awake=True)}, 2),
        ({"candidates": people(is_awake=False, battery=0.0, posts_today=10**6)}, 1),
    ],
)
def test_who_may_be_in_danger_is_answered_by_one(floor: dict[str, object], who: int) -> None:
    person = {"trigger": "person", "last_kind": "person", "in_danger": True}
    decision = decide(after_character(**person, **floor), RULES, 1)
    assert (decision.action, decision.chosen, decision.move) == ("speak", who, "reply")


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({"event_for": 3, "candidates": people(is_awake=False, posts_today=10**6)}, {3}),
        ({"event_for": 9, "candidates": marked(people(is_awake=False), 2, is_awake=True)}, {2}),
        ({"candidates": marked(people(posts_today=10**6), 2, posts_today=0, battery=0.0)}, {2}),
        ({"event_for": 9, "candidates": people(is_awake=False)}, {None}),
        ({"candidates": people(posts_today=10**6)}, {None}),
    ],
)
def test_what_is_owed_is_said_by_who_was_asked_or_else_by_any_who_is_up(
    changes: dict[str, object], who: set[int | None]
) -> None:
    floor = after_character(trigger="event", is_owed=True, event_move="remind", **changes)
    found = [decide(floor, RULES, seed) for seed in range(20)]
    assert {one.chosen for one in found} == who
    assert {one.move for one in found} == ({""} if None in who else {"remind"})


@pytest.mark.parametrize("change", [{"is_awake": False}, {"posts_today": 10**6}])
def test_hard_limits_hold_even_when_addressed(change: dict[str, object]) -> None:
    floor = after_character(
        trigger="person",
        last_kind="person",
        candidates=marked(people(), 3, is_addressed=True, **change),
    )
    assert all(decide(floor, RULES, seed).chosen != 3 for seed in range(80))


def test_nobody_answers_itself() -> None:
    floor = after_character(
        candidates=marked(people(2), 1, is_last_speaker=True, is_addressed=True)
    )
    assert {decide(floor, RULES, s).chosen for s in range(80)} <= {2, None}


def test_a_muted_channel_stays_silent_even_for_a_person_who_asks() -> None:
    floor = after_character(
        mode="muted",
        trigger="person",
        last_kind="person",
        candidates=marked(people(), 1, is_addressed=True),
    )
    assert set(outcomes(floor)) == {"silence"}


def test_a_quiet_channel_answers_only_when_addressed() -> None:
    floor = after_character(mode="quiet", trigger="person", last_kind="person")
    assert set(outcomes(floor)) == {"silence"}
    asked = replace(floor, candidates=marked(floor.candidates, 2, is_addressed=True))
    assert set(outcomes(asked)) == {"speak"}


def test_a_watched_channel_never_begins_talk() -> None:
    floor = Floor(trigger="lull", mode="watched", pace="lively", is_open=False, candidates=people())
    assert set(outcomes(floor)) == {"silence"}


def test_a_live_channel_begins_talk_when_it_lies_still() -> None:
    floor = Floor(trigger="lull", pace="lively", is_open=False, candidates=people())
    decisions = [decide(floor, RULES, s) for s in range(100)]
    assert {d.move for d in decisions if d.action == "speak"} == {"open"}
    assert sum(d.action == "speak" for d in decisions) > 70


def test_the_tired_do_not_begin_and_the_exhausted_do_not_speak() -> None:
    tired = Floor(trigger="lull", pace="lively", is_open=False, candidates=people(battery=0.4))
    assert set(outcomes(tired)) == {"silence"}
    exhausted = after_character(candidates=people(battery=0.2, is_present=True))
    assert set(outcomes(exhausted)) == {"silence"}


def test_talk_between_people_is_left_alone() -> None:
    floor = after_character(trigger="person", last_kind="person", talks_to_other=True)
    assert set(outcomes(floor)) == {"silence"}


def test_a_busy_room_is_left_to_people() -> None:
    floor = after_character(trigger="person", last_kind="person", people_messages_30min=31)
    assert set(outcomes(floor)) == {"silence"}


def test_calm_characters_leave_most_of_each_others_words_standing() -> None:
    calm = outcomes(after_character(pace="calm"), 2000)
    assert 0.25 < 1 - calm["silence"] / 2000 < 0.42


def test_silence_says_when_to_look_again_and_why() -> None:
    floor = after_character(candidates=people(relevance=0.0, talkativeness=0.0, energy=0.0))
    silent = [d for d in (decide(floor, RULES, s) for s in range(50)) if d.action == "silence"]
    assert silent
    assert all(d.reason and d.look_in_s and d.look_in_s > 0 for d in silent)


def test_a_reaction_is_sometimes_chosen_instead_of_words_but_never_to_a_question() -> None:
    assert 0 < outcomes(after_character(), 1000)["react"] < 250
    assert outcomes(after_character(is_question=True), 1000)["react"] == 0


def test_circling_talk_changes_its_topic_first_and_then_ends() -> None:
    circling = after_character(repetition=0.95)
    assert {decide(circling, RULES, s).move for s in range(40)} == {"change_topic"}
    again = replace(circling, repetition_streak=2)
    assert {decide(again, RULES, s).move for s in range(40)} == {"farewell"}


def test_after_the_farewell_the_conversation_closes() -> None:
    floor = after_character(last_move="farewell")
    assert set(outcomes(floor)) == {"close"}


def test_a_person_who_speaks_after_the_farewell_keeps_it_open() -> None:
    floor = after_character(last_move="farewell", trigger="person", last_kind="person")
    assert "close" not in outcomes(floor)


def test_a_newcomer_is_mostly_greeted() -> None:
    decisions = [decide(after_character(trigger="newcomer"), RULES, s) for s in range(200)]
    greeted = [d for d in decisions if d.action == "speak"]
    assert len(greeted) > 150
    assert {d.move for d in greeted} == {"greet"}


def test_those_who_rest_from_the_last_speaker_or_talk_elsewhere_do_not_join() -> None:
    floor = after_character(
        candidates=marked(marked(people(3), 1, rests_from_last=True), 2, is_elsewhere=True)
    )
    assert {decide(floor, RULES, s).chosen for s in range(60)} <= {3, None}


def test_airtime_debt_lifts_those_who_rarely_spoke() -> None:
    floor = after_character(
        candidates=(
            *(replace(c, airtime_debt=-0.4) for c in people(3, is_present=True)),
            Candidate(id=9, name="C9", relevance=0.5, airtime_debt=0.4, is_present=True),
        )
    )
    chosen = Counter(decide(floor, RULES, s).chosen for s in range(400))
    assert chosen[9] > max(chosen[i] for i in (1, 2, 3))


candidates = st.builds(
    Candidate,
    id=st.integers(1, 8),
    name=st.just("C"),
    relevance=st.floats(0, 1),
    relationship=st.floats(0, 1),
    talkativeness=st.floats(0, 1),
    energy=st.floats(0, 1),
    battery=st.floats(0, 1),
    silent_for_s=st.floats(0, 1e5),
    airtime_debt=st.floats(-1, 1),
    posts_today=st.integers(0, 100),
    is_awake=st.booleans(),
    is_addressed=st.booleans(),
    is_last_speaker=st.booleans(),
    is_present=st.booleans(),
    is_elsewhere=st.booleans(),
    rests_from_last=st.booleans(),
    has_reacted=st.booleans(),
)
floors = st.builds(
    Floor,
    trigger=st.sampled_from(["person", "character", "lull", "event", "newcomer"]),
    mode=st.sampled_from(["live", "watched", "quiet", "muted"]),
    pace=st.sampled_from(list(PACES)),
    is_open=st.booleans(),
    energy=st.floats(0, 1),
    chain_length=st.integers(0, 60),
    quiet_looks=st.integers(0, 5),
    last_kind=st.sampled_from(["", "person", "character"]),
    last_move=st.sampled_from(["", "reply", "farewell"]),
    last_words=st.integers(0, 500),
    talks_to_other=st.booleans(),
    is_question=st.booleans(),
    repetition=st.floats(0, 1),
    repetition_streak=st.integers(0, 4),
    people_messages_30min=st.integers(0, 60),
    candidates=st.lists(candidates, max_size=8, unique_by=lambda c: c.id).map(tuple),
)


@given(floors, st.integers(0, 2**62))
@settings(max_examples=400, deadline=None)
def test_every_decision_keeps_the_limits_and_can_be_made_again(floor: Floor, seed: int) -> None:
    decision = decide(floor, RULES, seed)
    stored = Floor.from_json(json.loads(json.dumps(floor.to_json())))
    assert decide(stored, RULES, seed) == decision
    assert decision.reason
    assert decision.delay_s >= 0
    if decision.action not in ("speak", "react"):
        assert decision.chosen is None
        return
    chosen = next(c for c in floor.candidates if c.id == decision.chosen)
    assert floor.mode != "muted"
    assert chosen.is_awake
    assert not chosen.is_last_speaker
    assert chosen.posts_today < PACES[floor.pace].daily_cap
    assert str(chosen.id) in decision.scores
    if not (chosen.is_addressed and floor.last_kind == "person"):
        assert chosen.battery >= RULES.silent_battery


@given(
    st.integers(0, 2**32),
    st.sampled_from(list(PACES)),
    st.integers(2, 8),
    st.floats(0, 1),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_a_conversation_always_ends(
    seed: int, pace: str, n: int, novelty: float, always_fails: bool
) -> None:
    """Whatever the seed, the crowd, the novelty, and even when every turn fails."""
    rng = Random(seed)
    energy, chain, quiet, last, move = RULES.energy_start, 0, 0, None, ""
    limit = PACES[pace].chain_max + 3
    spoken = 0
    for _ in range(500):
        floor = Floor(
            trigger="character" if quiet == 0 else "lull",
            pace=pace,
            energy=energy,
            chain_length=chain,
            quiet_looks=quiet,
            last_kind="character" if last is not None else "",
            last_move=move,
            repetition=rng.random(),
            candidates=tuple(
                replace(c, is_last_speaker=c.id == last, is_present=True) for c in people(n)
            ),
        )
        decision = decide(floor, RULES, rng.getrandbits(62))
        if decision.action == "close":
            break
        if decision.action == "silence":
            quiet += 1
            continue
        if decision.action == "react":
            continue  # each candidate may react once; the database holds that
        chain += 1
        if always_fails:
            continue
        quiet, last, move, spoken = 0, decision.chosen, decision.move, spoken + 1
        energy = energy_after_character(energy, novelty, PACES[pace], RULES)
    else:
        pytest.fail("The conversation did not end.")
    assert spoken <= limit


def lines_until_farewell(seed: int) -> int:
    """How many lines a lively talk has in which everybody says something middling new."""
    rng, energy = Random(seed), RULES.energy_start
    for said in range(PACES["lively"].chain_max + 1):
        crowd = marked(people(is_present=True), said % 4 + 1, is_last_speaker=True)
        floor = after_character(energy=energy, chain_length=said, candidates=crowd)
        if decide(floor, RULES, rng.getrandbits(62)).move == "farewell":
            return said
        energy = energy_after_character(energy, 0.81, PACES["lively"], RULES)
    raise AssertionError("It did not end.")


def test_talks_of_one_pace_are_of_different_lengths() -> None:
    lengths = Counter(lines_until_farewell(seed) for seed in range(60))
    assert min(lengths) >= 6
    assert len(lengths) > 8
    assert max(lengths.values()) < 40
    asked = after_character(is_question=True, chain_length=12)
    assert "farewell" not in {decide(asked, RULES, seed).move for seed in range(200)}


@given(st.floats(0, 1), st.floats(-5, 5), st.sampled_from(list(PACES)))
def test_energy_falls_with_every_turn_and_stays_in_range(
    e: float, novelty: float, pace: str
) -> None:
    after = energy_after_character(e, novelty, PACES[pace], RULES)
    assert 0 <= after <= max(0.0, e - 0.6 * PACES[pace].energy_fall) + 1e-9
    assert e <= energy_after_person(e, RULES) <= 1


def test_speakers_share_the_floor() -> None:
    """Eight alike characters, 400 turns in one room: the Gini of turns stays low."""
    spoken: Counter[int] = Counter()
    last = None
    recent: list[int] = []
    for seed in range(400):
        shares = Counter(recent[-24:])
        total = max(1, sum(shares.values()))
        floor = after_character(
            candidates=tuple(
                replace(
                    c,
                    is_last_speaker=c.id == last,
                    airtime_debt=1 / 8 - shares[c.id] / total if recent else 0.0,
                )
                for c in people(8, is_present=True)
            )
        )
        decision = decide(floor, RULES, seed)
        if decision.action == "speak" and decision.chosen is not None:
            spoken[decision.chosen] += 1
            last = decision.chosen
            recent.append(decision.chosen)
    assert airtime_gini([spoken[i] for i in range(1, 9)]) < 0.15


@pytest.mark.parametrize(
    ("turns", "expected"), [([], 0.0), ([0, 0], 0.0), ([5, 5, 5], 0.0), ([0, 0, 9], 2 / 3)]
)
def test_gini(turns: list[int], expected: float) -> None:
    assert airtime_gini(turns) == pytest.approx(expected)


def test_typing_takes_time_and_a_waiting_person_less() -> None:
    rng = Random(1)
    assert (
        0
        < typing_time("yes", PACES["calm"], False, rng)
        < typing_time("word " * 20, PACES["calm"], False, rng)
    )
    assert typing_time("word " * 400, PACES["calm"], True, rng) <= 4
    assert typing_time("word " * 400, PACES["calm"], False, rng) <= 12


def test_unknown_or_bad_constants_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"director\.threshhold"):
        Rules.from_configuration({"threshhold": 0.3})
    with pytest.raises(ValueError, match=r"director\.threshold must be a number"):
        Rules.from_configuration({"threshold": "high"})


def test_slow_mode_lets_nobody_speak_twice_within_it() -> None:
    now = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
    before = now - dt.timedelta(seconds=20)
    assert slowed_for(before, 30, now) == 10
    assert slowed_for(before, 15, now) == 0
    assert slowed_for(before, 0, now) == 0
    assert slowed_for(None, 30, now) == 0
