"""How memories are formed, kept and found: the constants that a keeper may change, in the section
`memory` of the versioned configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.configuration import configuration
from fishbowl.overrides import laid_over, setting


@dataclass(frozen=True, slots=True)
class MemoryRules:
    """What comes to mind, what is remembered, linked and merged, and how it fades."""

    # Recall: below which measure nothing comes to mind, and past how many memories an owner gets an
    # index of its own.
    recall_floor: float = setting(
        0.22, "A match below this measure doesn't come to mind.", least=0, most=10
    )
    recall_index_from: float = setting(
        5000,
        "From so many memories on, an owner gets an index of its own.",
        least=100,
        most=1000000000,
    )

    # Formation: when talk has paused, and what is made of it.
    pause_s: float = setting(
        90.0,
        "After so long without a word, what was said is remembered.",
        least=0,
        most=86400,
        unit="s",
    )
    stretch_messages: float = setting(
        12,
        "So many unobserved messages are remembered without waiting for a pause.",
        least=1,
        most=200,
    )
    messages_a_call: float = setting(
        6, "At most one call of a model for so many messages, on average.", least=1, most=1000
    )
    extraction_rate: float = setting(
        0.4,
        "The share of the stretches looked at in which nobody tells of themselves.",
        least=0,
        most=1,
    )
    same_meaning: float = setting(
        0.93,
        "The likeness from which two memories about one subject say the same.",
        least=0.5,
        most=1,
    )
    link_from: float = setting(
        0.70, "The likeness from which two memories are linked.", least=0.5, most=1
    )
    same_entity: float = setting(
        0.85, "The likeness from which two names mean the same.", least=0.5, most=1
    )
    promote_from: float = setting(
        0.75, "The quality from which a note outlives its conversation.", least=0, most=1
    )
    home_days: float = setting(
        180, "After so long it is doubted where somebody lives.", least=1, most=36500, unit="days"
    )
    job_days: float = setting(
        180, "After so long it is doubted what somebody works.", least=1, most=36500, unit="days"
    )
    relationship_days: float = setting(
        120, "After so long it is doubted with whom somebody is.", least=1, most=36500, unit="days"
    )
    plan_days: float = setting(
        60, "After so long a plan counts as over.", least=1, most=36500, unit="days"
    )
    feeling_days: float = setting(
        7, "After so long a feeling counts as over.", least=1, most=36500, unit="days"
    )
    scratchpad_hours: float = setting(
        24, "Hours for which notes are kept.", least=0.1, most=10000, unit="hours"
    )

    # Sharing: what one character believes of what another tells, and when it confides unasked.
    believe_from: float = setting(
        0.2, "The trust in the teller from which what they tell is taken over.", least=0, most=1
    )
    doubted: float = setting(
        0.6,
        "The share of its confidence that is left when the teller isn't trusted.",
        least=0,
        most=1,
    )
    told_importance: float = setting(
        0.8, "The share of its importance that what one was told has.", least=0, most=1
    )
    confide_chance: float = setting(
        0.06, "The chance to confide, in turns in which there is something to.", least=0, most=1
    )
    confide_trust: float = setting(
        0.7, "The trust in a listener from which one confides unasked.", least=0, most=1
    )
    confide_importance: float = setting(
        6.0, "The importance from which something is worth confiding.", least=1, most=10
    )
    confide_days: float = setting(
        14, "Before the same is confided again.", least=0, most=36500, unit="days"
    )

    # Lore: how many entries, and tokens, the last lines may bring up by their keys.
    lore_entries: float = setting(
        6, "So many entries of lore the last lines may bring up by their keys.", least=0, most=100
    )
    lore_tokens: float = setting(
        400,
        "So many tokens of lore the last lines may bring up.",
        least=0,
        most=100000,
        unit="tokens",
    )

    # Forgetting: the share of its strength that a memory of importance 5 keeps from one day to
    # the next, by kind. Other kinds don't fade.
    keeps_conversation: float = setting(
        0.98,
        "Strength that a memory of the kind conversation of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_summary: float = setting(
        0.97,
        "Strength that a memory of the kind summary of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_diary: float = setting(
        0.95,
        "Strength that a memory of the kind diary of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_gossip: float = setting(
        0.93,
        "Strength that a memory of the kind gossip of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_dream: float = setting(
        0.90,
        "Strength that a memory of the kind dream of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_experience: float = setting(
        0.985,
        "Strength that an experience of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_relationship: float = setting(
        0.99,
        "Strength that a memory of the kind relationship of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_reflection: float = setting(
        0.985,
        "Strength that a memory of the kind reflection of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_insight: float = setting(
        0.99,
        "Strength that an insight of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_creative: float = setting(
        0.98,
        "Strength that a memory of the kind creative of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_fact: float = setting(
        0.995,
        "Strength that a fact of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_project: float = setting(
        0.985,
        "Strength that a memory of the kind project of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    keeps_agent: float = setting(
        0.98,
        "Strength that a note of an agent of importance 5 keeps a day, as a share.",
        least=0.01,
        most=1,
    )
    importance_halves: float = setting(
        2.5, "A memory that is so much more important fades half as fast.", least=0.5, most=100
    )
    most_nights: float = setting(
        14, "A longer absence of the whole system weakens like so many nights.", least=1, most=36500
    )
    used_gain: float = setting(
        0.15,
        "The share of what is missing to full strength that being recalled gives.",
        least=0,
        most=1,
    )
    long_from_importance: float = setting(
        7.0, "The importance from which a memory is kept for long.", least=1, most=10
    )
    long_from_uses: float = setting(
        3, "Recalled so often, a memory is kept for long.", least=1, most=1000
    )
    long_from_days: float = setting(
        14,
        "Before it may be kept for long, a memory must be so old.",
        least=1,
        most=36500,
        unit="days",
    )
    archive_below: float = setting(
        0.2, "A memory weaker than this goes into the archive.", least=0, most=1
    )
    forget_days: float = setting(
        90, "Days in the archive before something is forgotten.", least=1, most=36500, unit="days"
    )
    forget_importance: float = setting(
        6.0, "What matters more than this stays in the archive.", least=1, most=10
    )

    # Consolidation: what becomes one, at night.
    merge_from: float = setting(
        0.95,
        "The likeness from which the same words, more or less, are one memory.",
        least=0.5,
        most=1,
    )
    cluster_from: float = setting(
        0.75, "The likeness from which memories may be summed up together.", least=0.5, most=1
    )
    cluster_least: float = setting(3, "So many memories make a cluster.", least=2, most=100)
    cluster_most: float = setting(24, "A cluster has at most so many.", least=3, most=200)
    cluster_days: float = setting(
        7, "Younger memories keep their own words.", least=0, most=36500, unit="days"
    )
    cluster_importance: float = setting(
        7.0, "Memories that matter as much keep their own words.", least=1, most=10
    )
    summaries_a_night: float = setting(
        40, "So many clusters are summed up in a night at most.", least=0, most=10000
    )
    night_from: float = setting(
        3, "The hour from which it is night, where the character lives.", least=0, most=23
    )
    night_until: float = setting(6, "The hour until which it is night.", least=1, most=24)

    # Hygiene and contagion.
    audit_days: float = setting(
        3, "An audit looks at what was stored since so long ago.", least=1, most=36500, unit="days"
    )
    spread_to: float = setting(
        3, "So many characters taking over what one began is a spread.", least=1, most=1000
    )
    spread_days: float = setting(7, "Within so long.", least=1, most=365, unit="days")
    spread_chance: float = setting(
        0.0005, "How likely chance may be to spread it so.", least=0, most=1
    )
    worn_out_days: float = setting(
        5, "Out of use for so long, it is damped no more.", least=1, most=365, unit="days"
    )

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> MemoryRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value is no number or not a possible one.
        """
        return laid_over(cls, "memory", overrides, of="memory")


MEMORY = configuration.declare(
    "memory", MemoryRules(), title="memory", scopes=("community", "character")
)


def in_force(*, community: int | None = None, character: int | None = None) -> MemoryRules:
    """The rules as keepers have set them, for a community or a character where one is given, at
    most a second old."""
    return configuration.in_force(MEMORY, community=community, character=character)
