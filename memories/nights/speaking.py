"""What a memory takes over from those for which it speaks, and gives back when they part again. No
row is stored here."""

from __future__ import annotations

from typing import Any

from memories.models import Memory

MERGED_NOTE = "merged"  # in a memory's metadata: what `unmerge` needs
# What a survivor takes over from what it speaks for, and gets back.
TAKEN_OVER = ("confidence", "provenance", "told_by_character_id", "importance", "strength")
FADES = "strength"  # changes by itself, night by night
# The less it is worth, the later it stands.
PROVENANCES = ("own", "witnessed", "read", "derived", "told")


def take_over(kept: Memory, dropped: Memory) -> list[str]:
    """Have one memory weigh what the other did, and note what it was before. Returns the names of
    the fields that may have changed."""
    note = kept.metadata.get(MERGED_NOTE) or {"before": _weight(kept), "sources": {}}
    # What a keeper set since the last merge is what it is to be again.
    note["before"].update(_changed(kept, note))
    note["sources"][str(dropped.pk)] = [dropped.tier, dropped.strength]
    less = max((kept, dropped), key=lambda m: (-m.confidence, PROVENANCES.index(m.provenance)))
    kept.confidence, kept.provenance = less.confidence, less.provenance
    if kept.told_by_person_id is None:
        kept.told_by_character_id = less.told_by_character_id
    kept.importance = max(kept.importance, dropped.importance)
    kept.strength = max(kept.strength, dropped.strength)
    note["after"] = _weight(kept)
    kept.metadata = {**kept.metadata, MERGED_NOTE: note}
    return ["metadata", *TAKEN_OVER, "updated_at"]


def give_back(memory: Memory, note: dict[str, Any]) -> list[str]:
    """Have a memory that speaks for no other any more weigh what it did before, but for what
    somebody set since. `note` is what its metadata held. Returns the names of the fields that may
    have changed."""
    kept = _changed(memory, note)
    before = {name: was for name, was in note.get("before", {}).items() if name not in kept}
    for name, was in before.items():
        setattr(memory, name, was)
    return list(before)


def _weight(memory: Memory) -> dict[str, Any]:
    return {name: getattr(memory, name) for name in TAKEN_OVER}


def _changed(memory: Memory, note: dict[str, Any]) -> dict[str, Any]:
    """What isn't as the last merge left it, and doesn't change by itself. Of merges that noted
    nothing of that, nothing is known."""
    after = note.get("after", {})
    return {
        name: value
        for name, value in _weight(memory).items()
        if name in after and name != FADES and value != after[name]
    }
