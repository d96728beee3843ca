"""What an exchange does to a bond: trust, affection and attunement move by how it was taken; a fast
fall of trust is a quarrel to be mended; and what happens once is marked. Each is an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from characters import milestones, relationship
from characters.models import Character, LearningEvent, Relationship, RelationshipEvent
from characters.relationship import Bond
from characters.rules import LivingRules
from conversations.feelings import overtones
from conversations.models import Channel, Message
from fishbowl.statements import Statement, inserting, saving

READ = (
    "id", "trust", "affection", "attunement", "is_locked", "score", "level", "avg_message_length",
    "total_interactions", "positive_interactions", "negative_interactions",
    "first_interaction_at", "last_interaction_at", "conversation_depth_avg", "usual_trust",
    "repair_since", "repair_from", "repair_low", "milestones",
)  # fmt: skip
WRITTEN = (*(name for name in READ if name not in ("id", "is_locked")), "updated_at")
ASKING = f"""
    SELECT {", ".join(READ)} FROM characters_relationship
    WHERE from_character_id = %s AND community_id = %s
      AND (to_character_id = %s OR to_person_id = %s) FOR NO KEY UPDATE
"""  # noqa: S608 - names of columns
# How a mood stood lately: whether it swings.
LATELY = """
    SELECT valence FROM characters_moodchange
    WHERE character_id = %s AND recorded_at > %s ORDER BY recorded_at DESC, id DESC LIMIT 8
"""
LATELY_FOR = dt.timedelta(hours=3)
# How often one has answered another of late: a day's exchanges.
TODAY = """
    SELECT count(*) FROM characters_relationshipevent e
    JOIN characters_relationship r ON r.id = e.relationship_id
    WHERE r.from_character_id = %s AND r.community_id = %s
      AND (r.to_character_id = %s OR r.to_person_id = %s)
      AND e.occurred_at > %s AND e.kind = 'exchange'
"""
A_DAY = dt.timedelta(hours=20)
SLIGHTS_WHOLE = 4.0  # one gets used to kindness sooner than to slights
KIND = RelationshipEvent.Kind


def meets(speaker: Character, heard: Message) -> bool:
    """Whether what was heard is somebody else's."""
    return bool(heard.person_id or (heard.character_id and heard.character_id != speaker.pk))


def begun(speaker: Character, heard: Message, channel: Channel, now: dt.datetime) -> Relationship:
    """A new bond in this community, as it is felt in general. Locked."""
    who = {"to_character_id": heard.character_id, "to_person_id": heard.person_id}
    anywhere = Relationship.objects.filter(from_character=speaker, community=None, **who)
    felt = anywhere.values("trust", "affection", "attunement", "score", "level").first()
    bond, _ = Relationship.objects.select_for_update(no_key=True).get_or_create(
        from_character=speaker,
        community_id=channel.community_id,
        **who,
        defaults={"first_interaction_at": now, **(felt or {})},
    )
    return bond


def exchange(
    bond: Relationship,
    speaker: Character,
    heard: Message,
    *,
    traits: Mapping[str, float],
    valence: float,
    interest: float,
    likeness: float,
    lately: Sequence[float],
    times_today: int,
    since: dt.datetime,
    pace: str,
    rules: LivingRules,
    now: dt.datetime,
    is_reaction: bool = False,
    is_confiding: bool = False,
) -> list[Statement]:
    """Answering somebody is an exchange with them, taken by who answers as one of their traits and
    in their mood takes it. `since` is when their talk began; `is_confiding` is whether the answer
    told a thing in confidence."""
    tone = relationship.as_taken(
        overtones.stance(heard.content),
        heard.sentiment,
        agreeableness=traits.get("agreeableness", 0.5),
        neuroticism=traits.get("neuroticism", 0.5),
        affection=bond.affection,
        valence=valence,
        interest=interest,
        likeness=likeness,
    )
    quality = relationship.quality_of(tone)
    length = len(heard.content)
    bond.avg_message_length += (length - bond.avg_message_length) / (bond.total_interactions + 1)
    bond.conversation_depth_avg = _depth(bond, since)
    bond.total_interactions += 1
    bond.positive_interactions += quality in ("excellent", "good")
    bond.negative_interactions += quality in ("poor", "failed")
    bond.first_interaction_at = bond.first_interaction_at or now  # a bond may be older than talk
    bond.last_interaction_at = now
    weight = rules.weight(pace) * relationship.steadiness(lately)
    if bond.repair_since is None or quality in ("poor", "failed"):  # what mends never wears off
        whole = rules.whole_exchanges * (SLIGHTS_WHOLE if quality in ("poor", "failed") else 1.0)
        weight *= relationship.freshness(times_today, whole=whole)
    if bond.repair_since is not None:
        weight *= rules.repair_gain if quality in ("excellent", "good") else 1.0
        weight *= 0.0 if quality == "average" else 1.0
    before, level_before = felt(bond), bond.level
    after = before if bond.is_locked else relationship.after_exchange(before, quality, weight)
    kind = KIND.REACTION if is_reaction else KIND.EXCHANGE
    events = [move(bond, after, kind, f"an exchange of {quality} quality", now, message=heard)]
    if not bond.is_locked:
        events += quarrel(bond, rules, now, message=heard)
    reached = milestones.reached(
        bond.milestones,
        before,
        after,
        level_before=level_before,
        level_after=bond.level,
        exchanges=bond.total_interactions,
    )
    if is_confiding and "first_confidence" not in bond.milestones:
        reached = (*reached, "first_confidence")
    events += [marked(bond, name, now, message=heard) for name in reached]
    steps = [
        _step(event, speaker, heard, before, after)
        for event in events
        if event.milestone in milestones.OF_A_LIFE
    ]
    return [saving(bond, *WRITTEN), *(inserting(row) for row in (*events, *steps))]


def _step(
    event: RelationshipEvent, speaker: Character, heard: Message, before: Bond, after: Bond
) -> LearningEvent:
    """A milestone as a step of the timeline of who answered."""
    whom = heard.character or heard.person
    return LearningEvent(
        character=speaker,
        relationship=event.relationship,
        learning_type=LearningEvent.Type.RELATIONSHIP,
        learning_event=f"With {whom}: {event.cause}.",
        before_state=_words(before),
        after_state=_words(after),
        trigger_conversation_id=heard.conversation_id,
        trigger_message=heard,
        significance_score=0.6,
        learning_date=event.occurred_at,
    )


def _words(bond: Bond) -> str:
    return f"trust {bond.trust:.0%}, affection {bond.affection:.0%}"


def _depth(bond: Relationship, since: dt.datetime) -> float:
    """How many exchanges a talk of the two has on average, with one more in that which began at
    `since`."""
    had, last = bond.conversation_depth_avg, bond.last_interaction_at
    talks = round(bond.total_interactions / had) if had else 0
    if last is None or last < since:
        talks += 1
    return (bond.total_interactions + 1) / max(1, talks)


def felt(bond: Relationship) -> Bond:
    """How a bond stands, for the formulas."""
    return Bond(bond.trust, bond.affection, bond.attunement)


def move(
    bond: Relationship, after: Bond, kind: str, cause: str, now: dt.datetime, **fields: Any
) -> RelationshipEvent:
    """Put a bond where it stands now; the event that says why. Neither is stored yet."""
    before = felt(bond)
    bond.trust, bond.affection, bond.attunement = after.parts()
    bond.score = relationship.score(after)
    bond.level = relationship.level(bond.score)
    return RelationshipEvent(
        relationship=bond,
        kind=kind,
        delta_trust=after.trust - before.trust,
        delta_affection=after.affection - before.affection,
        delta_attunement=after.attunement - before.attunement,
        before=_shown(before),
        after=_shown(after),
        cause=cause,
        occurred_at=now,
        **fields,
    )


def quarrel(
    bond: Relationship, rules: LivingRules, now: dt.datetime, **fields: Any
) -> list[RelationshipEvent]:
    """What follows from where trust stands now: it fell fast, and there is a quarrel to be mended;
    or the one there was is mended, or so old that one has grown used to it."""

    def event(cause: str) -> RelationshipEvent:
        return move(bond, felt(bond), KIND.REPAIR, cause, now, **fields)

    used_to = bond.trust if bond.usual_trust is None else bond.usual_trust
    bond.usual_trust = relationship.remembered(used_to, bond.trust)
    if bond.repair_since is None or bond.repair_from is None or bond.repair_low is None:
        if not relationship.has_fallen(used_to, bond.trust, by=rules.repair_fall):
            return []
        bond.repair_since, bond.repair_from, bond.repair_low = now, used_to, bond.trust
        return [event("trust fell fast: they are at odds")]
    bond.repair_low = min(bond.repair_low, bond.trust)
    if relationship.is_mended(bond.repair_low, bond.repair_from, bond.trust):
        events = [event("they have made it up")]
        if "reconciliation" not in bond.milestones:
            events.append(marked(bond, "reconciliation", now, **fields))
    elif now - bond.repair_since >= dt.timedelta(days=rules.repair_days):
        events = [event("they have grown used to it")]
    else:
        return []
    bond.repair_since = bond.repair_from = bond.repair_low = None
    bond.usual_trust = bond.trust
    return events


def marked(
    bond: Relationship, milestone: str, now: dt.datetime, **fields: Any
) -> RelationshipEvent:
    """Mark what has happened once; the event of it."""
    bond.milestones = [*bond.milestones, milestone]
    cause = milestones.MILESTONES[milestone].cause
    return move(bond, felt(bond), KIND.MILESTONE, cause, now, milestone=milestone, **fields)


def _shown(bond: Bond) -> dict[str, float]:
    """A bond as its event keeps it: exactly, for each begins where the one before it ended."""
    return {"trust": bond.trust, "affection": bond.affection, "attunement": bond.attunement}
