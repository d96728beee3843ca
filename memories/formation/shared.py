"""What two come back to: kept with their bond, in both directions where both are characters."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from characters.models import Relationship
from fishbowl.statements import saving, together
from memories.formation import references
from memories.formation.findings import Reference
from memories.formation.outlook_rules import OutlookRules
from memories.formation.stretch import Heard, Stretch

PASSING = dt.timedelta(days=14)  # in which what came up once must come up again
SURE_RATE = 0.45
FEW = 20  # messages that are looked for one by one
MESSAGES = 6  # of a reference that are noted

Entry = dict[str, Any]


def confidence(times: int) -> float:
    """How sure it is that something is theirs: the oftener they came back to it."""
    return round(1 - math.exp(-SURE_RATE * max(0, times - 1)), 4)


def store(found: Sequence[Reference], stretch: Stretch, rules: OutlookRules) -> None:
    """Note what two both said in a stretch, and that they came back to what they had before."""
    people = {line.person_id for line in stretch.lines if line.person_id}
    everybody = stretch.everybody()
    bonds = list(
        Relationship.objects.select_for_update(no_key=True)
        .filter(
            Q(to_character__in=everybody) | Q(to_person__in=people),
            from_character__in=everybody,
            community=stretch.community_id,
        )
        .only(
            "from_character_id", "to_character_id", "to_person_id", "shared_references", "is_locked"
        )
        .order_by("pk")
    )
    at = stretch.lines[-1].at
    common = references.users([one.text for one in found], at)
    rare = [one for one in found if common.get(one.text, 0) <= rules.shared_by]
    lines = {line.number: line for line in stretch.lines}
    changed = []
    for bond in bonds:
        if bond.is_locked:
            continue
        theirs = [line for line in stretch.lines if _is_of(line, bond)]
        known = {str(entry.get("text", "")).lower(): entry for entry in bond.shared_references}
        before = [dict(entry) for entry in bond.shared_references]
        for text, entry in known.items():
            said = [line for line in theirs if text in line.text.lower()]
            _come_back(entry, said, at)
        for one in rare:
            said = [lines[n] for n in one.lines if n in lines and _is_of(lines[n], bond)]
            if one.text.lower() not in known and len({line.speaker for line in said}) == 2:
                known[one.text.lower()] = _entry(one, said, at)
        kept = _kept(known.values(), at, round(rules.shared_kept))
        if kept != before:
            bond.shared_references = kept
            changed.append(bond)
    if changed:
        together(*(saving(bond, "shared_references") for bond in changed))


def _is_of(line: Heard, bond: Relationship) -> bool:
    if line.character_id:
        return line.character_id in (bond.from_character_id, bond.to_character_id)
    return line.person_id is not None and line.person_id == bond.to_person_id


def _entry(one: Reference, said: Sequence[Heard], at: dt.datetime) -> Entry:
    return {
        "text": one.text,
        "kind": one.kind,
        "count": 1,
        "confidence": confidence(1),
        "first_at": at.isoformat(),
        "last_at": at.isoformat(),
        "messages": [line.message_id for line in said if line.message_id][-MESSAGES:],
    }


def _come_back(entry: Entry, said: Sequence[Heard], at: dt.datetime) -> None:
    """One of the two said it again, in another stretch than the last time."""
    last = dt.datetime.fromisoformat(entry["last_at"])
    if not said or at <= last:
        return
    entry["count"] += 1
    entry["confidence"] = confidence(entry["count"])
    entry["last_at"] = at.isoformat()
    ids = [line.message_id for line in said if line.message_id]
    entry["messages"] = [*entry.get("messages", []), *ids][-MESSAGES:]


def _kept(entries: Iterable[Entry], at: dt.datetime, most: int) -> list[Entry]:
    """The entries worth keeping: what came up once and never again goes after a while."""
    alive = [
        entry
        for entry in entries
        if entry["count"] > 1 or at - dt.datetime.fromisoformat(entry["last_at"]) < PASSING
    ]
    alive.sort(key=lambda entry: (entry["count"], entry["last_at"]), reverse=True)
    return alive[:most]


def spoken_of(entries: object, least: float) -> tuple[str, ...]:
    """What two may allude to: what they came back to often enough, the most used first."""
    if not isinstance(entries, list):
        return ()
    known = [e for e in entries if isinstance(e, Mapping) and e.get("count", 0) >= least]
    known.sort(key=lambda entry: (-entry["count"], str(entry["text"])))
    return tuple(str(entry["text"]) for entry in known)


def unlearn(message_ids: Collection[int]) -> int:
    """Take away what two shared by these messages. Returns how many entries went."""
    gone, wanted = 0, set(message_ids)
    if not wanted:
        return 0
    by_pair: dict[int, list[Entry]] = defaultdict(list)
    rows = Relationship.objects.select_for_update(no_key=True).exclude(shared_references=[])
    if len(wanted) <= FEW:
        holding = Q()
        for pk in wanted:
            holding |= Q(shared_references__contains=[{"messages": [pk]}])
        rows = rows.filter(holding)
    for bond in rows.order_by("pk").only("pk", "shared_references"):
        by_pair[bond.pk] = [
            e for e in bond.shared_references if not wanted & set(e.get("messages", []))
        ]
        lost = len(bond.shared_references) - len(by_pair[bond.pk])
        if lost:
            gone += lost
            bond.shared_references = by_pair[bond.pk]
            bond.save(update_fields=["shared_references"])
    return gone
