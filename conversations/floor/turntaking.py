"""Who speaks next, or whether nobody does: a pure function of a room's facts, rules and a seed.

`decide` takes a `Floor` (what is known of the room at one moment, numbers only), `Rules` (the
constants in force) and a seed, and returns a `Decision` with every score that led to it. The floor
and the seed are stored with the turn, so any decision can be made again (`manage.py replay_turn`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

from conversations.floor.pace import PACES, Pace, Rules, flat

Trigger = Literal["person", "character", "lull", "event", "newcomer"]
Action = Literal["speak", "react", "silence", "close"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A character that might speak. All figures are 0.0–1.0 unless named otherwise."""

    id: int
    name: str
    relevance: float = 0.0
    relationship: float = 0.0
    talkativeness: float = 0.5
    energy: float = 0.8
    battery: float = 1.0
    silent_for_s: float = 3600.0
    goal_pull: float = 0.0
    curiosity: float = 0.0
    airtime_debt: float = 0.0  # −1.0–1.0: its fair share of recent turns less its real share
    posts_today: int = 0
    is_awake: bool = True
    is_addressed: bool = False
    is_partner: bool = False  # the last speaker was answering this one
    is_last_speaker: bool = False
    is_present: bool = False  # has a part in this conversation
    is_elsewhere: bool = False  # is just talking in another room
    rests_from_last: bool = False
    has_reacted: bool = False
    steadiness: float = 0.5
    is_known: bool = False  # to the person who spoke, where that one talks with nobody here yet
    has_left: bool = False  # took leave a while ago, and has said nothing since


@dataclass(frozen=True, slots=True)
class Floor:
    """What the director knows of a room when it decides."""

    trigger: Trigger
    mode: str = "live"
    pace: str = "calm"
    is_open: bool = True
    energy: float = 0.8
    chain_length: int = 0
    quiet_looks: int = 0  # silent decisions since the last message
    has_people: bool = False
    last_kind: str = ""  # person, character, or nothing said yet
    last_move: str = ""
    last_words: int = 0
    talks_to_other: bool = False  # the last message is plainly meant for somebody else
    is_question: bool = False
    repetition: float = 0.0
    repetition_streak: int = 0
    people_messages_30min: int = 0
    event_for: int | None = None
    event_move: str = "open"
    is_owed: bool = False  # somebody waits for what fell due
    in_danger: bool = False  # who spoke last may be in danger
    is_hushed: bool = False  # somebody here may be
    candidates: tuple[Candidate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {**flat(self), "candidates": [flat(one) for one in self.candidates]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Floor:
        values = dict(data)
        values["candidates"] = tuple(Candidate(**c) for c in values.get("candidates", ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall happen, why, and when to look again (`look_in_s`; None: not by itself)."""

    action: Action
    reason: str
    chosen: int | None = None
    move: str = ""
    delay_s: float = 0.0
    look_in_s: float | None = None
    scores: dict[str, dict[str, float]] = field(default_factory=dict)


def decide(floor: Floor, rules: Rules, seed: int, pace: Pace | None = None) -> Decision:
    """Choose who speaks next in the room, if anybody does. `pace` is the floor's as it stands in
    the code, unless an old one is given to decide by again.

    The order of the rules is the order of design section 3: the channel's mode, who is addressed,
    how a conversation ends, restraint, and at last the scored choice.
    """
    rng = Random(seed)
    pace = pace or PACES[floor.pace]
    if floor.mode == "muted":
        return _silence("The channel is muted.", None)
    by_person = floor.last_kind == "person" and floor.trigger == "person"
    if by_person and floor.in_danger:
        return _attend(floor, rules)
    if floor.is_hushed and floor.trigger in ("character", "lull"):
        return _silence("Somebody here may be in danger: the room is theirs.", HUSHED_S)
    if floor.is_open and floor.last_move == "farewell" and floor.last_kind != "person":
        return Decision("close", "The farewell was said.")
    if (
        floor.trigger in ("character", "lull")
        and floor.is_open
        and floor.quiet_looks >= pace.quiet_looks
    ):
        return Decision("close", "The talk has died down.")

    if floor.trigger == "event" and floor.is_owed:
        return _owed(floor, rules, pace, rng)
    able = [c for c in floor.candidates if _is_able(c, floor, pace, rules)]
    if not able:
        return _silence("Nobody who could speak is here.", _next_look(floor, pace, rng))

    event_for = next((c for c in able if c.id == floor.event_for), None)
    if floor.trigger == "event" and event_for is not None:
        return _speak(floor, rules, pace, rng, [event_for], "An event fell due.", floor.event_move)
    addressed = [c for c in able if c.is_addressed]
    if by_person and addressed:
        return _speak(floor, rules, pace, rng, addressed, "A person spoke to it.", "reply")

    ending = _ending(floor, rules, pace) or _parting(floor, rules, rng)
    if ending:
        present = [c for c in able if c.is_present] or able
        move = "change_topic" if ending == REPETITION else "farewell"
        return _speak(floor, rules, pace, rng, present, ending, move)

    held = _restraint(floor, rules, pace, rng, addressed)
    if held:
        return _silence(held, _next_look(floor, pace, rng))
    return _scored_choice(floor, rules, pace, rng, able, addressed)


PARTS_AFTER = 6  # lines
COMPANY = 3  # who are awake and about: with fewer, a small society would fall silent
REPETITION = "The talk goes round in circles."
HUSHED_S = 120.0  # until such a room is looked at again


def _attend(floor: Floor, rules: Rules) -> Decision:
    """Who may be in danger is answered at once and by one alone: whom they spoke to, or who talked
    with them, or the steadiest; though it be tired, or asleep where nobody is awake."""
    asked = [c for c in floor.candidates if c.is_addressed]
    near = asked or [c for c in floor.candidates if c.is_partner]
    awake = [c for c in floor.candidates if c.is_awake]
    among = near or awake or list(floor.candidates)
    if not among:
        return _silence("Nobody who could speak is here.", None)
    chosen = max(among, key=lambda c: (c.steadiness, -c.id))
    return Decision(
        "speak",
        "A person may be in danger.",
        chosen=chosen.id,
        move="reply",
        scores={str(c.id): score(c, floor, rules) for c in among},
    )


def _owed(floor: Floor, rules: Rules, pace: Pace, rng: Random) -> Decision:
    """What somebody waits for is said, though it be by one who is tired or has just spoken: by the
    one it was asked of, or else by any who is awake."""
    awake = [c for c in floor.candidates if c.is_awake and c.posts_today < pace.daily_cap]
    asked = [c for c in floor.candidates if c.id == floor.event_for]
    if not asked and not awake:
        return _silence("Nobody who could speak is here.", _next_look(floor, pace, rng))
    return _speak(floor, rules, pace, rng, asked or awake, "An event fell due.", floor.event_move)


def _is_able(c: Candidate, floor: Floor, pace: Pace, rules: Rules) -> bool:
    """Hard limits. A person who speaks to a character reaches it even when it is tired or away; who
    took leave comes back for people, and for what falls due, and for a chat where hardly anybody
    else is left to have one."""
    if not c.is_awake or c.posts_today >= pace.daily_cap or c.is_last_speaker:
        return False
    if floor.trigger == "person" and floor.last_kind == "person" and c.is_addressed:
        return True
    if c.has_left and floor.trigger in ("character", "lull") and _is_company(floor):
        return False
    return c.battery >= rules.silent_battery and not c.is_elsewhere and not c.rests_from_last


def _is_company(floor: Floor) -> bool:
    """Whether enough are about without those who took leave."""
    return sum(c.is_awake and not c.has_left for c in floor.candidates) >= COMPANY


def _ending(floor: Floor, rules: Rules, pace: Pace) -> str:
    """Why the next turn must be the last one or turn elsewhere; empty when it need not."""
    if not floor.is_open or floor.trigger in ("person", "event", "newcomer") or not floor.last_kind:
        return ""
    if floor.chain_length >= pace.chain_max:
        return f"{floor.chain_length} turns without a person: time to part."
    if floor.energy <= rules.farewell_energy:
        return "The talk has lost its energy."
    if floor.repetition >= rules.repetition_threshold:
        return REPETITION if floor.repetition_streak < 2 else "The talk would not leave its circle."
    return ""


def _parting(floor: Floor, rules: Rules, rng: Random) -> str:
    """That somebody has to go, as happens in any talk at any time, but not over a question; empty
    mostly. Without it all talks of a room would be of one length."""
    if floor.trigger != "character" or not floor.is_open or floor.is_question or floor.has_people:
        return ""
    if floor.chain_length < PARTS_AFTER or rng.random() >= rules.part_chance:
        return ""
    return "Somebody has to go."


def _restraint(
    floor: Floor, rules: Rules, pace: Pace, rng: Random, addressed: list[Candidate]
) -> str:
    """Why nobody shall speak now; empty when somebody may."""
    if floor.mode == "quiet":
        return "The channel is quiet and nobody was addressed."
    if floor.trigger == "person":
        if floor.talks_to_other:
            return "They talk with each other."
        if floor.people_messages_30min > rules.busy_messages:
            return "The room is busy with people."
        return ""
    if floor.trigger == "newcomer":
        return "" if rng.random() < rules.greet_chance else "Nobody looked up."
    if floor.trigger == "lull" or not floor.is_open:
        if floor.mode != "live":
            return "Characters don't begin talk in this channel."
        if floor.people_messages_30min > rules.busy_messages:
            return "The room is busy with people."
        return "" if rng.random() < pace.open_chance else "Nobody felt like beginning."
    chance = rules.addressed_reply_chance if addressed else pace.reply_chance
    return "" if rng.random() < chance else "It was left standing."


def _scored_choice(
    floor: Floor,
    rules: Rules,
    pace: Pace,
    rng: Random,
    able: list[Candidate],
    addressed: list[Candidate],
) -> Decision:
    begins = floor.trigger in ("lull", "event") or not floor.is_open
    if begins:
        able = [c for c in able if c.battery >= rules.initiate_battery]
        if not able:
            return _silence("Everybody is tired.", _next_look(floor, pace, rng))
    if begins or floor.trigger == "newcomer":
        threshold = 0.0
    elif floor.trigger == "person":
        threshold = rules.threshold_for_people if floor.mode == "live" else rules.threshold
    else:
        threshold = rules.threshold
    threshold *= pace.threshold_scale
    scores = {str(c.id): score(c, floor, rules) for c in able}
    above = [c for c in able if scores[str(c.id)]["total"] >= threshold]
    if not above:
        best = max(s["total"] for s in scores.values())
        return replace(
            _silence(
                f"Nobody had enough to say (best {best:.2f} under {threshold:.2f}).",
                _next_look(floor, pace, rng),
            ),
            scores=scores,
        )
    move = {"newcomer": "greet", "event": "open"}.get(floor.trigger, "reply")
    if begins:
        move = "open" if not floor.last_kind or not floor.is_open else "change_topic"
    decision = _speak(floor, rules, pace, rng, above, "", move, scores)
    chosen = next(c for c in able if c.id == decision.chosen)
    may_react = (
        floor.trigger in ("person", "character")
        and floor.last_kind
        and not floor.is_question
        and not chosen.is_addressed
        and not chosen.has_reacted
    )
    if may_react and rng.random() < rules.react_chance:
        return replace(
            decision,
            action="react",
            reason="A look says enough.",
            move="",
            delay_s=rng.uniform(0.8, 2.5),
        )
    return decision


def score(c: Candidate, floor: Floor, rules: Rules) -> dict[str, float]:
    """How much a candidate wants the floor, by part; `total` is their sum."""
    newly = 0.0 if c.is_present or floor.last_kind == "" else -0.04 * max(0, _present(floor) - 3)
    if not c.is_present and _present(floor) >= rules.crowd:
        newly -= 0.15
    parts = {
        "relevance": rules.weight_relevance * c.relevance,
        "relationship": rules.weight_relationship * c.relationship,
        "talkativeness": rules.weight_talkativeness * c.talkativeness,
        "energy": rules.weight_energy * (c.energy + c.battery) / 2,
        "rest": rules.weight_rest * (1 - math.exp(-c.silent_for_s / 120)),
        "goal": rules.weight_goal * c.goal_pull,
        "curiosity": rules.weight_curiosity * c.curiosity,
        "airtime": rules.weight_airtime * c.airtime_debt,
        "present": rules.bonus_present if c.is_present else newly,
        "addressed": rules.bonus_addressed if c.is_addressed else 0.0,
        "partner": rules.bonus_partner if c.is_partner else 0.0,
        "known": rules.bonus_known if c.is_known else 0.0,
    }
    parts = {name: round(value, 5) for name, value in parts.items()}
    parts["total"] = round(sum(parts.values()), 5)
    return parts


def _present(floor: Floor) -> int:
    return sum(c.is_present for c in floor.candidates)


def _speak(
    floor: Floor,
    rules: Rules,
    pace: Pace,
    rng: Random,
    among: list[Candidate],
    reason: str,
    move: str,
    scores: dict[str, dict[str, float]] | None = None,
) -> Decision:
    """Sample one of `among` by softmax of their scores."""
    scores = scores or {str(c.id): score(c, floor, rules) for c in among}
    top = max(scores[str(c.id)]["total"] for c in among)
    weights = [math.exp((scores[str(c.id)]["total"] - top) / rules.temperature) for c in among]
    whole = sum(weights)
    for c, weight in zip(among, weights, strict=True):
        scores[str(c.id)]["chance"] = round(weight / whole, 5)
    chosen = rng.choices(among, weights)[0]
    if move == "reply" and not chosen.is_present and floor.last_kind == "character":
        move = "join"
    return Decision(
        "speak",
        reason or _reason(scores[str(chosen.id)]),
        chosen=chosen.id,
        move=move,
        delay_s=thinking_time(floor, rules, pace, rng),
        scores=scores,
    )


def _reason(parts: Mapping[str, float]) -> str:
    strongest = sorted(
        (name for name in parts if name not in ("total", "chance")), key=lambda n: -parts[n]
    )
    return f"Chosen by score {parts['total']:.2f}, most by {strongest[0]} and {strongest[1]}."


def _silence(reason: str, look_in_s: float | None) -> Decision:
    return Decision("silence", reason, look_in_s=look_in_s)


def _next_look(floor: Floor, pace: Pace, rng: Random) -> float | None:
    """A silent room is looked at again after a lull; a talk with a person waits for the person."""
    if floor.mode != "live":
        return None
    return pace.lull_min * 60 * rng.uniform(0.7, 1.3)


def thinking_time(floor: Floor, rules: Rules, pace: Pace, rng: Random) -> float:
    """Seconds from a message to the first key pressed: reading and thinking, jittered."""
    if floor.trigger in ("person", "newcomer"):
        return rules.person_wait_s * rng.uniform(0.5, 1.5)
    if not floor.is_open or floor.trigger == "event":
        return rng.uniform(0.2, 2.0)
    reading = floor.last_words / 12
    return min(reading, 4.0) + rng.uniform(pace.gap_low_s, pace.gap_high_s)
