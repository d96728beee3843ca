"""The generic stock: fragments any character may use, by what they do and by whom they suit.

A line is `tags|text`, or just text when it suits everybody. Tags: w warm, d dry, l lively,
g grave and formal, s soft and unsure of itself, c casual. Nothing in here knows where the
conversation takes place, so that it fits characters of any world.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from fishbowl.llm.offline.stock import (
    answers,
    asked,
    bonds,
    customs,
    echoes,
    guests,
    inner,
    news,
    outlook,
    people,
    reactions,
    selfsaid,
    themselves,
    turns,
)


@dataclass(frozen=True, slots=True)
class Fragment:
    key: str
    text: str
    tags: frozenset[str]


def parse(act: str, block: str) -> tuple[Fragment, ...]:
    found = []
    for number, line in enumerate(filter(None, map(str.strip, block.splitlines()))):
        tags, bar, text = line.partition("|")
        if not bar:
            tags, text = "", line
        found.append(Fragment(f"stock/{act}/{number}", text.strip(), frozenset(tags)))
    return tuple(found)


def _collect(*modules: ModuleType) -> dict[str, tuple[Fragment, ...]]:
    return {
        name.lower(): parse(name.lower(), value)
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }


STOCK = _collect(
    reactions,
    echoes,
    answers,
    turns,
    people,
    guests,
    asked,
    inner,
    news,
    bonds,
    outlook,
    selfsaid,
    themselves,
    customs,
)
