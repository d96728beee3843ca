"""The moderation rules in force: compiled once for each change of them, and every change of them.

A count in the versioned configuration tells whether they have changed, so a message costs no query,
and within two seconds every process goes by the new ones.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from audit.configuration import configuration
from audit.configuration.configuration import declare
from audit.trail.actions import record_action
from conversations.models import ModerationRule
from conversations.moderation import matching
from conversations.moderation.judging import ACTS_ON, Objection, Rule, Side
from conversations.moderation.matching import Matcher, Pattern, PatternRefused
from fishbowl.overrides import setting

MOST_LINES, MOST_BYTES = 5000, 300_000
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of the moderation rules is in force. Every change of a rule counts it up by
    itself: nobody need set it."""

    edition: int = setting(0, "How often the rules were changed.", least=0, most=10**9)


EDITION = declare("moderation_rules", Edition(), title="the moderation rules")


def _keep_counting(values: Mapping[str, Any]) -> None:
    if "edition" not in values:
        raise ValueError("moderation_rules.edition counts by itself and can't be unset.")


configuration.register_listener("moderation_rules", _keep_counting)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All enabled rules, ready to be looked for."""

    edition: int = 0
    rules: Mapping[int, Rule] = field(default_factory=dict)
    matcher: Matcher | None = None

    def objections(
        self, text: str, side: Side, community: int, channel: int, level: str
    ) -> Iterator[Objection]:
        """What the rules of a place have against a text."""
        acts_on = ACTS_ON[level]
        if self.matcher is None or not acts_on:
            return
        for found in self.matcher.find(text):
            rule = self.rules[found.key]
            if rule.severity in acts_on and rule.concerns(side, community, channel):
                yield Objection(rule.action, rule.pk, rule.name, found.part)


EMPTY = Rulebook()
_known = EMPTY
_lock = threading.Lock()


def in_force() -> Rulebook:
    """The rules, at most a second old."""
    global _known
    edition = configuration.in_force(EDITION).edition
    known = _known
    if known.edition == edition:
        return known
    read = _read(edition) if edition else EMPTY
    with _lock:
        _known = read
    return read


def forget_cached() -> None:
    """Read the rules anew at the next look."""
    global _known
    with _lock:
        _known = EMPTY


def _read(edition: int) -> Rulebook:
    columns = (
        "pk", "name", "kind", "pattern", "community_id", "channel_id", "applies_to", "action",
        "severity",
    )  # fmt: skip
    rows = ModerationRule.objects.filter(enabled=True).order_by("pk").values_list(*columns)
    rules = {row[0]: Rule(*row) for row in rows}
    patterns = (Pattern(rule.pk, rule.kind, rule.pattern) for rule in rules.values())
    return Rulebook(edition, rules, Matcher(patterns))


# --- changes --------------------------------------------------------------------------------------


@transaction.atomic
def save_rule(rule: ModerationRule, user: Any = None) -> ModerationRule:
    """Store a rule, new or changed, and have it in force.

    Raises:
        ValidationError: it can't be one; each field says why.
    """
    rule.full_clean()
    rule.save()
    _count_up(user, f"rule {rule.pk}")
    return rule


@transaction.atomic
def delete_rules(rows: QuerySet[ModerationRule], user: Any = None) -> int:
    """Let rules go. What was found by them stays. Returns how many there were."""
    _, by_kind = rows.delete()
    _count_up(user, "rules deleted")
    return by_kind.get(ModerationRule._meta.label, 0)


@transaction.atomic
def switch(keys: Collection[int], enabled: bool, user: Any = None) -> int:
    """Switch rules on or off. Returns how many were not so before."""
    rows = ModerationRule.objects.filter(pk__in=keys).exclude(enabled=enabled)
    changed = rows.update(enabled=enabled)
    if changed:
        _count_up(user, f"{changed} switched {'on' if enabled else 'off'}")
    return changed


def _count_up(user: Any, note: str) -> None:
    configuration.count_up("moderation_rules", "edition", user=user, note=note)


# --- block lists ----------------------------------------------------------------------------------


class ListRefused(Exception):
    """A block list that can't be taken. `problems` says what is wrong, line by line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a block list."""

    kind: str
    pattern: str


def read_list(content: bytes) -> list[Entry]:
    """The entries of a block list: one a line, a word, a phrase, or a regex between slashes. What
    begins with # is a remark.

    Raises:
        ListRefused: it is too long, no text, or has lines that can't be looked for.
    """
    if len(content) > MOST_BYTES:
        raise ListRefused([f"The list has {len(content):,} bytes; at most {MOST_BYTES:,} can be."])
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ListRefused(
            [f"The list isn't UTF-8 (byte {error.start}): save it as UTF-8 text."]
        ) from None
    found: dict[Entry, None] = {}
    problems = []
    for place, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        entry = _entry(line)
        try:
            if "\0" in line:
                raise PatternRefused("It holds the character NUL.")
            matching.check(entry.kind, entry.pattern)
        except PatternRefused as refused:
            problems.append(f"Line {place}, {line[:40]!r}: {refused}")
            continue
        found[entry] = None
    if len(found) > MOST_LINES:
        problems.insert(0, f"The list has {len(found):,} entries; at most {MOST_LINES:,} can be.")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        raise ListRefused(problems[:MOST_PROBLEMS] + [f"And {more} lines more."] * (more > 0))
    if not found:
        raise ListRefused(["The list has no entries: write one a line."])
    return list(found)


def _entry(line: str) -> Entry:
    if len(line) > 2 and line.startswith("/") and line.endswith("/"):
        return Entry("regex", line[1:-1])
    return Entry("phrase" if len(line.split()) > 1 else "word", line)


@transaction.atomic
def import_list(
    name: str, entries: Collection[Entry], *, user: Any = None, **as_in_a_rule: Any
) -> tuple[int, int]:
    """Make a rule of each entry, all called `name`. Those there are already stay as they are.
    Returns how many were made, and how many there were.

    Raises:
        ValidationError: no rule can be as these are to be.
    """
    rules = [
        ModerationRule(name=name, kind=entry.kind, pattern=entry.pattern, **as_in_a_rule)
        for entry in entries
    ]
    if rules:
        rules[0].clean_fields()
    for one in rules[:1]:
        _check_scope(one)
    before = ModerationRule.objects.count()
    ModerationRule.objects.bulk_create(rules, ignore_conflicts=True, batch_size=1000)
    made = ModerationRule.objects.count() - before
    record_action(
        "moderation.import",
        "conversations.moderationrule",
        changes={"list": name, "made": made, "there": len(rules) - made},
        user=user,
    )
    _count_up(user, f"list {name}"[:300])
    return made, len(rules) - made


def _check_scope(rule: ModerationRule) -> None:
    for constraint in ModerationRule._meta.constraints:
        if constraint.name == "moderationrule_scope_fits":
            constraint.validate(ModerationRule, rule)


__all__ = ["Entry", "ListRefused", "ValidationError", "in_force", "save_rule"]
