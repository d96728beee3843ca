"""The database itself holds the invariants of what was done and what it may cost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import (
    AdminAction,
    Alert,
    Budget,
    BudgetSpend,
    ChainLink,
    DeadLetter,
    EndpointState,
    FileOperation,
    HealthCheck,
    LLMCall,
    MetricRollup,
    SecurityEvent,
    ServerLesson,
    SystemConfiguration,
)
from audit.operation import deadletters
from audit.security.security import record_event
from audit.trail.actions import record_action
from tests.builders import (
    NOON,
    make_budget,
    make_call,
    make_channel,
    make_character,
    make_community,
)
from tests.constraints import attempts, breaks_itself, named, put, refused_by

pytestmark = pytest.mark.django_db
CONSTRAINTS = named("audit")
BY_PATTERN = [name for name, (_, c) in CONSTRAINTS.items() if breaks_itself(c)]


def make_version(**fields: Any) -> SystemConfiguration:
    return SystemConfiguration.objects.create(
        **{"config_section": "s", "config_key": "k", "config_value": 1, "version": 1, **fields}
    )


def rows() -> dict[type, Any]:
    """A valid row of every model of the app."""
    budget = make_budget(tokens=1)
    return {
        Budget: budget,
        BudgetSpend: BudgetSpend.objects.create(budget=budget, period_start=NOON),
        LLMCall: make_call(),
        SystemConfiguration: make_version(),
        EndpointState: EndpointState.objects.create(name="e"),
        FileOperation: FileOperation.objects.create(
            operation_type="read", file_path="a.md", occurred_at=NOON
        ),
        AdminAction: record_action("society.pause"),
        SecurityEvent: record_event("login"),
        Alert: make_alert(),
        HealthCheck: make_check(),
        MetricRollup: make_rollup(),
        DeadLetter: make_letter(),
        ServerLesson: make_lesson(),
    }


def make_alert(**fields: Any) -> Alert:
    return Alert.objects.create(
        **{"rule": "r", "severity": "info", "detail": "d", "opened_at": NOON, **fields}
    )


def make_check() -> HealthCheck:
    return HealthCheck.objects.create(component="c", status="ok", since=NOON, checked_at=NOON)


def make_rollup() -> MetricRollup:
    figures = dict.fromkeys(("total", "least", "most", "median", "p95"), 1.0)
    return MetricRollup.objects.create(metric_name="m", hour=NOON, count=1, **figures)


def make_lesson() -> ServerLesson:
    return ServerLesson.objects.create(
        server="main", address_digest="d", model="m", lesson="no tools", learned_at=NOON
    )


def make_letter(argument: int = 1) -> DeadLetter:
    return deadletters.record("conversations.look", [argument], {}, ValueError("no"))


def same_letter_twice() -> None:
    one, other = make_letter(1), make_letter(2)
    put(other, fingerprint=one.fingerprint)


def make_scoped(scope: str, *targets: str) -> None:
    made = {"character": make_character, "community": make_community, "channel": make_channel}
    make_version(scope=scope, **{target: made[target]() for target in targets})


@pytest.mark.parametrize("name", BY_PATTERN)
def test_it_holds_ranges_and_known_values(name: str) -> None:
    model, constraint = CONSTRAINTS[name]
    row = rows()[model]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if model is SecurityEvent:  # its rows don't change at all: let them, to see the constraint
            cursor.execute("ALTER TABLE audit_securityevent DISABLE TRIGGER append_only")
    for attempt in attempts(constraint, row):
        with refused_by(name):
            attempt()


def break_scope(scope: str, *targets: str) -> None:
    made = {"character": make_character, "community": make_community}
    Budget.objects.create(scope=scope, period="day", **{t: made[t]() for t in targets})


def break_spend() -> None:
    budget = make_budget()
    for _ in range(2):
        BudgetSpend.objects.create(budget=budget, period_start=NOON)


def twice_budget() -> None:
    make_budget(tokens=1)
    make_budget(tokens=2)


def twice_linked() -> None:
    link = {"source": "s", "row_id": 1, "facts": b"", "content": b"", "digest": b""}
    ChainLink.objects.create(number=1, **link)
    ChainLink.objects.create(number=2, **link)


BEFORE = NOON - dt.timedelta(hours=1)

BY_HAND: list[tuple[str, Any]] = [
    ("alert_one_open", lambda: (make_alert(), make_alert())),
    ("alert_in_order", lambda: make_alert(closed_at=BEFORE)),
    ("healthcheck_in_order", lambda: put(make_check(), checked_at=BEFORE)),
    ("metricrollup_unique", lambda: (make_rollup(), make_rollup())),
    ("metricrollup_count_positive", lambda: put(make_rollup(), count=0)),
    ("deadletter_attempts_positive", lambda: put(make_letter(), attempts=0)),
    ("serverlesson_once", lambda: (make_lesson(), make_lesson())),
    ("deadletter_one_open", same_letter_twice),
    ("systemconfiguration_target_fits_scope", lambda: make_scoped("deployment", "character")),
    ("systemconfiguration_target_fits_scope", lambda: make_scoped("channel")),
    ("systemconfiguration_target_fits_scope", lambda: make_scoped("community", "character")),
    (
        "systemconfiguration_target_fits_scope",
        lambda: make_scoped("character", "character", "channel"),
    ),
    ("budget_target_fits_scope", lambda: break_scope("deployment", "character")),
    ("budget_target_fits_scope", lambda: break_scope("character")),
    ("budget_target_fits_scope", lambda: break_scope("character", "community")),
    ("budget_target_fits_scope", lambda: break_scope("community", "community", "character")),
    ("budget_usd_not_negative", lambda: put(make_budget(usd="1"), limit_usd="-0.01")),
    ("budget_unique", twice_budget),
    ("budgetspend_unique", break_spend),
    ("systemconfiguration_unique_version", lambda: (make_version(), make_version(is_active=False))),
    ("adminaction_type_named", lambda: record_action("Pause!")),
    ("securityevent_resolved_with_a_note", lambda: put(record_event("login"), resolved=True)),
    ("chainlink_one_a_row", twice_linked),
    ("systemconfiguration_one_active", lambda: (make_version(), make_version(version=2))),
]


@pytest.mark.parametrize(("name", "broken"), BY_HAND)
def test_it_refuses(name: str, broken: Any) -> None:
    with refused_by(name):
        broken()


def test_it_breaks_every_named_constraint() -> None:
    assert {*BY_PATTERN, *(name for name, _ in BY_HAND)} == set(CONSTRAINTS)


def test_it_never_counts_tokens_below_zero() -> None:
    spend = BudgetSpend.objects.create(budget=make_budget(), period_start=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        put(spend, tokens=-1)


def test_it_keeps_a_call_when_its_character_goes() -> None:
    call = make_call(character=make_character())
    call.character.delete()
    call.refresh_from_db()
    assert call.character is None
