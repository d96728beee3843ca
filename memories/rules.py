"""How memories are formed, kept and found: the constants that a keeper may change, in the section
`memory` of the versioned configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import configuration
from fishbowl.overrides import laid_over

# What a setting may be set to, where not any number will do.
LIMITS: dict[str, tuple[float, float]] = {
    "recall_floor": (0, 10),
    "recall_index_from": (100, 1e9),
    "pause_s": (0, 86_400),
    "stretch_messages": (1, 200),
    "messages_a_call": (1, 1000),
    "extraction_rate": (0, 1),
    "same_meaning": (0.5, 1),
    "link_from": (0.5, 1),
    "same_entity": (0.5, 1),
    "promote_from": (0, 1),
    "home_days": (1, 36_500),
    "job_days": (1, 36_500),
    "relationship_days": (1, 36_500),
    "plan_days": (1, 36_500),
    "feeling_days": (1, 36_500),
    "scratchpad_hours": (0.1, 10_000),
    "believe_from": (0, 1),
    "doubted": (0, 1),
    "told_importance": (0, 1),
    "confide_chance": (0, 1),
    "confide_trust": (0, 1),
    "confide_importance": (1, 10),
    "confide_days": (0, 36_500),
    "lore_entries": (0, 100),
    "lore_tokens": (0, 100_000),
    "keeps_conversation": (0.01, 1),
    "keeps_summary": (0.01, 1),
    "keeps_diary": (0.01, 1),
    "keeps_gossip": (0.01, 1),
    "keeps_dream": (0.01, 1),
    "keeps_experience": (0.01, 1),
    "keeps_relationship": (0.01, 1),
    "keeps_reflection": (0.01, 1),
    "keeps_insight": (0.01, 1),
    "keeps_creative": (0.01, 1),
    "keeps_fact": (0.01, 1),
    "keeps_project": (0.01, 1),
    "keeps_agent": (0.01, 1),
    "importance_halves": (0.5, 100),
    "most_nights": (1, 36_500),
    "used_gain": (0, 1),
    "long_from_importance": (1, 10),
    "long_from_uses": (1, 1000),
    "long_from_days": (1, 36_500),
    "archive_below": (0, 1),
    "forget_days": (1, 36_500),
    "forget_importance": (1, 10),
    "merge_from": (0.5, 1),
    "cluster_from": (0.5, 1),
    "cluster_least": (2, 100),
    "cluster_most": (3, 200),
    "cluster_days": (0, 36_500),
    "cluster_importance": (1, 10),
    "summaries_a_night": (0, 10_000),
    "night_from": (0, 23),
    "night_until": (1, 24),
    "audit_days": (1, 36_500),
    "spread_to": (1, 1000),
    "spread_days": (1, 365),
    "spread_chance": (0, 1),
    "worn_out_days": (1, 365),
}


@dataclass(frozen=True, slots=True)
class MemoryRules:
    """The constants of memory. Every one can be changed in versioned configuration."""

    # Recall: below which measure nothing comes to mind, and past how many memories an owner gets an
    # index of its own.
    recall_floor: float = 0.22
    recall_index_from: float = 5000

    # Formation: when talk has paused, and what is made of it.
    pause_s: float = 90.0
    stretch_messages: float = 12  # so many unobserved messages are a stretch without a pause
    messages_a_call: float = 6  # at most one call of a model for so many messages, on average
    extraction_rate: float = 0.4  # share of the stretches in which nobody tells of themselves
    same_meaning: float = 0.93  # cosine from which two memories about one subject say the same
    link_from: float = 0.70
    same_entity: float = 0.85
    promote_from: float = 0.75  # quality from which a note outlives its conversation
    home_days: float = 180
    job_days: float = 180
    relationship_days: float = 120
    plan_days: float = 60
    feeling_days: float = 7
    scratchpad_hours: float = 24

    # Sharing: what one character believes of what another tells, and when it confides unasked.
    believe_from: float = 0.2  # trust in the teller from which what they tell is taken over
    doubted: float = 0.6  # share of its confidence that is left when the teller isn't trusted
    told_importance: float = 0.8  # share of its importance that what one was told has
    confide_chance: float = 0.06  # of the turns in which there is something to confide
    confide_trust: float = 0.7  # trust in a listener from which one confides unasked
    confide_importance: float = 6.0
    confide_days: float = 14

    # Lore: how many entries, and tokens, the last lines may bring up by their keys.
    lore_entries: float = 6
    lore_tokens: float = 400

    # Forgetting: the share of its strength that a memory of importance 5 keeps from one day to
    # the next, by kind. Other kinds don't fade.
    keeps_conversation: float = 0.98
    keeps_summary: float = 0.97
    keeps_diary: float = 0.95
    keeps_gossip: float = 0.93
    keeps_dream: float = 0.90
    keeps_experience: float = 0.985
    keeps_relationship: float = 0.99
    keeps_reflection: float = 0.985
    keeps_insight: float = 0.99
    keeps_creative: float = 0.98
    keeps_fact: float = 0.995
    keeps_project: float = 0.985
    keeps_agent: float = 0.98
    importance_halves: float = 2.5  # so much more important fades half as fast
    most_nights: float = 14  # a longer absence of the whole system weakens like so many nights
    used_gain: float = 0.15  # share of what is missing to full strength that being recalled gives
    long_from_importance: float = 7.0
    long_from_uses: float = 3
    long_from_days: float = 14
    archive_below: float = 0.2  # strength
    forget_days: float = 90  # in the archive
    forget_importance: float = 6.0  # what matters more stays in the archive

    # Consolidation: what becomes one, at night.
    merge_from: float = 0.95  # cosine from which the same words more or less are the same memory
    cluster_from: float = 0.75
    cluster_least: float = 3
    cluster_most: float = 24
    cluster_days: float = 7  # younger memories keep their own words
    cluster_importance: float = 7.0  # so do those that matter as much
    summaries_a_night: float = 40
    night_from: float = 3  # o'clock, where the character lives
    night_until: float = 6

    # Hygiene and contagion.
    audit_days: float = 3  # an audit looks at what was stored since so long ago
    spread_to: float = 3  # characters that took over what one began
    spread_days: float = 7  # within so long
    spread_chance: float = 0.0005  # how likely chance may be to spread it so
    worn_out_days: float = 5  # out of use for so long, it is damped no more

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> MemoryRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value is no number or not a possible one.
        """
        return laid_over(cls, "memory", overrides, of="memory", limits=LIMITS)


def in_force() -> MemoryRules:
    """The rules as keepers have set them, at most a second old."""
    return MemoryRules.from_configuration(configuration.section("memory"))


configuration.register_check("memory", MemoryRules.from_configuration)
