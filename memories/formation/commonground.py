"""What two people have in common, found among what one character knows of both: a liking, a place,
a calling. Told only where both consent to be remembered whole, and both facts may be said."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fishbowl.llm.types import Common
from fishbowl.statements import planned
from memories.formation.contradictions import CLOSE, Claim, claim_of
from memories.formation.facts import SAYABLE
from memories.view import View

INTEREST, LOCATION, ORIGIN, WORK = "shared_interest", "same_location", "same_origin", "same_work"
KINDS = {
    "liking": INTEREST, "home": LOCATION, "birthplace": ORIGIN, "origin": ORIGIN,
    "job": WORK, "calling": WORK, "workplace": WORK,
}  # fmt: skip
MOST = 400  # facts of one character that are compared, the latest
MOST_KNOWN = 8  # of what one person has in common with others


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that is to be compared; `subject` is what its person is called in it."""

    id: int
    person_id: int
    subject: str
    content: str
    fact_type: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two facts that go together, the older key first; `strength` is 0.0–1.0."""

    first: int
    second: int
    kind: str
    strength: float


def among(facts: Sequence[Told]) -> list[Pair]:
    """What different people have in common by these facts. As strong as their words agree, and no
    surer than the less sure of both."""
    claims = [(fact, kind, claim.value) for fact in facts for kind, claim in _claimed(fact)]
    sharing: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (_, kind, words) in enumerate(claims):
        for word in words:
            sharing[kind, word].append(place)
    pairs = {pair for places in sharing.values() for pair in itertools.combinations(places, 2)}
    found = []
    for first, second in sorted(pairs):
        (one, kind, words), (other, _, others) = claims[first], claims[second]
        agreement = len(words & others) / min(len(words), len(others))
        if one.person_id != other.person_id and agreement >= CLOSE:
            older, newer = sorted((one.id, other.id))
            sure = min(one.confidence, other.confidence)
            found.append(Pair(older, newer, kind, agreement * sure))
    return found


def _claimed(fact: Told) -> list[tuple[str, Claim]]:
    """What can be had in common of what a fact claims: nothing that is denied."""
    claim = claim_of(fact.content, fact.subject)
    if claim is None or not claim.is_so or not claim.value:
        return []
    slot = claim.slot
    is_hobby = slot == "being" and fact.fact_type == "hobby" and len(claim.value) > 1
    is_interest = slot.startswith("favourite ") or is_hobby
    kind = INTEREST if is_interest else KINDS.get(slot)
    return [(kind, claim)] if kind else []


_COMPARED = f"""
    SELECT f.character_id, f.community_id, f.id, f.person_id,
      coalesce(nullif(p.custom_name, ''), nullif(p.display_name, ''), p.username),
      f.fact_content, f.fact_type, f.confidence
    FROM unnest(%(owners)s::bigint[]) AS owner (id), LATERAL (
      SELECT * FROM memories_personfact
      WHERE character_id = owner.id AND is_active AND visibility <> 'private'
      ORDER BY learned_at DESC, id DESC LIMIT {MOST}
    ) f JOIN characters_person p ON p.id = f.person_id
    WHERE p.consent_level = 'full' AND p.erased_at IS NULL
    ORDER BY f.character_id, f.community_id, f.id
"""  # noqa: S608 - a constant


def find(owners: Iterable[int], now: dt.datetime) -> int:
    """Store what people have in common by what these characters know. What is stored already stays
    as it is. Within the caller's transaction; returns how much is new."""
    rows = planned(_COMPARED, owners=sorted(set(owners)))
    found = [
        one
        for _, known in itertools.groupby(rows, key=lambda row: row[:2])
        for one in among([Told(*row[2:]) for row in known])
    ]
    stored = planned(
        """
        INSERT INTO memories_factassociation
          (fact_1_id, fact_2_id, association_type, strength, discovered_at)
        SELECT a.one, a.other, a.kind, a.strength, %(now)s::timestamptz
        FROM unnest(%(ones)s::bigint[], %(others)s::bigint[], %(kinds)s::text[],
          %(strengths)s::float8[]) AS a (one, other, kind, strength)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        now=now,
        ones=[one.first for one in found],
        others=[one.second for one in found],
        kinds=[one.kind for one in found],
        strengths=[one.strength for one in found],
    )
    return len(stored)


# The policy shows a pair only where both facts may be said and both people still consent.
_KNOWN = f"""
    SELECT a.id, own.fact_content, other.fact_content
    FROM memories_factassociation a
    JOIN memories_personfact own ON own.id IN (a.fact_1_id, a.fact_2_id)
    JOIN memories_personfact other ON other.id IN (a.fact_1_id, a.fact_2_id) AND other.id <> own.id
    WHERE own.person_id = %(person)s AND own.character_id = %(speaker)s
      AND own.is_active AND own.confidence >= {SAYABLE}
      AND (own.expiry_date IS NULL OR own.expiry_date > %(now)s::timestamptz)
      AND other.is_active AND other.confidence >= {SAYABLE}
      AND (other.expiry_date IS NULL OR other.expiry_date > %(now)s::timestamptz)
    ORDER BY a.strength DESC, a.id LIMIT {MOST_KNOWN}
"""  # noqa: S608 - constants


def known(view: View, speaker_id: int, person_id: int, now: dt.datetime) -> list[Common]:
    """What somebody has in common with others by what the speaker knows, as far as it may be said
    before this audience; the strongest first."""
    rows = view.planned(_KNOWN, speaker=speaker_id, person=person_id, now=now)
    return [Common(f"common/{pk}", own, other) for pk, own, other in rows]
