"""How memories fade, settle and end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from fishbowl.statements import together
from memories.models import ConsolidationRun, Memory
from memories.nights import forgetting
from memories.nights.forgetting import Night
from memories.rules import MemoryRules
from tests.builders import make_character, make_memory

RULES = MemoryRules()


def a_night(owner, date: dt.date, **rules) -> Night:
    run, _ = ConsolidationRun.objects.get_or_create(
        character=owner, finished_at=None, defaults={"started_at": timezone.now()}
    )
    now = dt.datetime.combine(date, dt.time(4), dt.UTC)
    return Night(run.pk, owner.pk, date, now, "UTC", MemoryRules(**rules))


# --- how much -------------------------------------------------------------------------------------


def weakened(strength: float, keeps: float, importance: float, nights: int) -> float:
    """What docs/forgetting.md says."""
    return strength * keeps ** (nights * 2 ** ((5 - importance) / 2.5))


@pytest.fixture
def owner():
    return make_character()


MADE = dt.date(2026, 3, 1)


def held(owner, kind="conversation", importance=5.0, strength=1.0) -> Memory:
    """A memory that was last weakened on the first of March."""
    memory = make_memory(owner, kind=kind, importance=importance)
    Memory.objects.filter(pk=memory.pk).update(decayed_on=MADE, strength=strength)
    return memory


def strength_of(memory: Memory) -> float:
    memory.refresh_from_db()
    return memory.strength


@pytest.mark.django_db
def test_so_much_is_kept_a_day_by_kind(owner):
    keeps = {"conversation": 0.98, "summary": 0.97, "diary": 0.95, "gossip": 0.93, "dream": 0.9}
    rows = {kind: held(owner, kind) for kind in (*keeps, "lore")}
    forgetting.weaken(a_night(owner, MADE + dt.timedelta(days=1)))
    assert {kind: strength_of(row) for kind, row in rows.items()} == pytest.approx(
        {**keeps, "lore": 1.0}
    )


@pytest.mark.django_db
def test_what_matters_more_fades_more_slowly(owner):
    rows = {(n, s): held(owner, importance=n, strength=s) for n in (1, 4.2, 10) for s in (0, 0.8)}
    forgetting.weaken(a_night(owner, MADE + dt.timedelta(days=3)))
    for (importance, strength), row in rows.items():
        assert strength_of(row) == pytest.approx(weakened(strength, 0.98, importance, 3), abs=1e-8)


@pytest.mark.django_db
def test_nights_together_weaken_as_one_by_one(owner):
    rows = [held(owner, kind, 3.3, 0.7) for kind in ("diary", "dream")]
    forgetting.weaken(a_night(owner, MADE + dt.timedelta(days=9)))
    at_once = [strength_of(row) for row in rows]
    Memory.objects.update(decayed_on=MADE, strength=0.7)
    for day in range(1, 10):
        forgetting.weaken(a_night(owner, MADE + dt.timedelta(days=day)))
    assert [strength_of(row) for row in rows] == pytest.approx(at_once)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "counted"), [(-10, 0), (0, 0), (1, 1), (14, 14), (4000, 14)])
def test_missed_nights_count_up_to_a_bound(owner, days, counted):
    memory = held(owner)
    forgetting.weaken(a_night(owner, MADE + dt.timedelta(days=days)))
    assert strength_of(memory) == pytest.approx(0.98**counted)


@pytest.mark.django_db
@pytest.mark.parametrize(("importance", "nights"), [(2.0, 35), (9.0, 242)])
def test_small_talk_leaves_recall_within_weeks_and_what_matters_within_a_year(
    owner, importance, nights
):
    memory = held(owner, importance=importance)
    for day, is_archived in ((nights - 1, False), (nights, True)):
        night = a_night(owner, MADE + dt.timedelta(days=day), most_nights=400)
        forgetting.weaken(night)
        forgetting.settle(night)
        memory.refresh_from_db()
        assert (memory.tier == "archived") is is_archived


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_night_that_runs_twice_weakens_once():
    owner = make_character()
    memory = make_memory(owner, kind="conversation", importance=5)
    Memory.objects.update(decayed_on=dt.date(2026, 3, 3))
    night = a_night(owner, dt.date(2026, 3, 4))
    assert forgetting.weaken(night) == 1
    assert forgetting.weaken(night) == 0
    memory.refresh_from_db()
    assert memory.strength == pytest.approx(0.98)
    assert memory.decayed_on == dt.date(2026, 3, 4)
    assert ConsolidationRun.objects.get().decayed == 1


@pytest.mark.django_db
def test_a_memory_of_today_has_had_no_night():
    owner = make_character()
    make_memory(owner, kind="conversation")
    assert forgetting.weaken(a_night(owner, timezone.now().date())) == 0


@pytest.mark.django_db
def test_many_rows_are_weakened_in_batches(monkeypatch):
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    owner = make_character()
    for _ in range(5):
        make_memory(owner, kind="conversation")
    Memory.objects.update(decayed_on=dt.date(2026, 3, 3))
    assert forgetting.weaken(a_night(owner, dt.date(2026, 3, 4))) == 5
    assert set(Memory.objects.values_list("decayed_on", flat=True)) == {dt.date(2026, 3, 4)}


@pytest.mark.django_db
@pytest.mark.parametrize("halves", [0.5, 2.5, 100])
def test_no_setting_makes_a_float_run_out(halves):
    owner = make_character()
    make_memory(owner, kind="dream", importance=1)
    Memory.objects.update(decayed_on=dt.date(2020, 1, 1), strength=0.0)
    rules = {"importance_halves": halves, "keeps_dream": 0.01, "most_nights": 36_500}
    forgetting.weaken(a_night(owner, dt.date(2026, 3, 4), **rules))
    assert 0 <= Memory.objects.get().strength < 1e-6


@pytest.mark.django_db
def test_use_counts_once_an_hour():
    owner = make_character()
    memory = make_memory(owner)
    Memory.objects.update(strength=0.5)
    now = timezone.now()
    noted = [
        len(together(forgetting.noting_use([memory.pk], now + dt.timedelta(minutes=m)))[0])
        for m in (0, 5, 61)
    ]
    assert noted == [1, 0, 1]
    assert strength_of(memory) == pytest.approx(1 - 0.5 * 0.85**2)  # .15 of what is missing
    assert memory.access_count == 2


# --- tiers and the end ----------------------------------------------------------------------------

TODAY = dt.date(2026, 12, 1)


def settled(memory: Memory) -> str:
    forgetting.settle(a_night(memory.owner, TODAY))
    memory.refresh_from_db()
    return memory.tier


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "tier"),
    [
        ({}, "short"),
        ({"importance": 8.0}, "long"),
        ({"access_count": 3}, "long"),
        ({"created_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}, "long"),
        ({"created_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC), "strength": 0.4}, "short"),
        ({"strength": 0.19}, "archived"),
        ({"strength": 0.19, "importance": 8.0}, "archived"),
        ({"expires_at": dt.datetime(2026, 11, 30, tzinfo=dt.UTC)}, "archived"),
        ({"expires_at": dt.datetime(2026, 12, 30, tzinfo=dt.UTC)}, "short"),
        ({"strength": 0.01, "is_locked": True}, "short"),
        ({"expires_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC), "is_locked": True}, "short"),
        ({"tier": "working", "created_at": dt.datetime(2026, 11, 29, tzinfo=dt.UTC)}, "short"),
    ],
)
def test_it_moves_to_the_tier_that_fits(fields, tier):
    memory = make_memory(make_character())
    Memory.objects.update(**{"created_at": dt.datetime(2026, 11, 30, 20, tzinfo=dt.UTC), **fields})
    assert settled(memory) == tier


@pytest.mark.django_db
def test_what_leaves_recall_leaves_a_revision():
    owner = make_character()
    memory = make_memory(owner, "The gull took the bread.")
    Memory.objects.update(strength=0.1)
    assert settled(memory) == "archived"
    revision = memory.revisions.get()
    assert (revision.reason, revision.content_before) == ("forgetting", "The gull took the bread.")
    assert ConsolidationRun.objects.get().archived == 1


def long_gone(owner, content: str = "", **fields) -> Memory:
    memory = make_memory(owner, content, **fields)
    Memory.objects.filter(pk=memory.pk).update(
        tier="archived", decayed_on=TODAY - dt.timedelta(days=91)
    )
    return memory


@pytest.mark.django_db
def test_what_was_long_archived_is_forgotten_and_counted():
    owner = make_character()
    long_gone(owner)
    kept = make_memory(owner)
    assert forgetting.forget(a_night(owner, TODAY)) == 1
    assert list(Memory.objects.all()) == [kept]
    assert ConsolidationRun.objects.get().forgotten == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"importance": 6.0},
        {"access_count": 3},
        {"is_locked": True},
        {"decayed_on": TODAY - dt.timedelta(days=89)},
        {"kind": "lore"},
        {"tier": "long"},
    ],
)
def test_it_is_not_forgotten(fields):
    owner = make_character()
    memory = long_gone(owner)
    Memory.objects.filter(pk=memory.pk).update(**fields)
    assert forgetting.forget(a_night(owner, TODAY)) == 0


@pytest.mark.django_db
def test_it_is_archived_first_and_deleted_a_quarter_later_unless_it_is_locked():
    owner = make_character()
    small, locked = (make_memory(owner, kind="gossip", importance=3.0) for _ in range(2))
    Memory.objects.update(created_at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    Memory.objects.filter(pk=locked.pk).update(is_locked=True)
    seen = {}
    for day in range(130):
        night = a_night(owner, TODAY + dt.timedelta(days=day))
        forgetting.weaken(night)
        forgetting.settle(night)
        forgetting.forget(night)
        tier = Memory.objects.filter(pk=small.pk).values_list("tier", flat=True).first()
        seen.setdefault(tier or "gone", day)
    assert list(seen) == ["short", "archived", "gone"]
    assert weakened(1, 0.93, 3.0, seen["archived"]) < RULES.archive_below
    assert weakened(1, 0.93, 3.0, seen["archived"] - 1) >= RULES.archive_below
    assert seen["gone"] - seen["archived"] == RULES.forget_days
    locked.refresh_from_db()
    assert (locked.strength, locked.tier) == (1.0, "short")


@pytest.mark.django_db
def test_what_was_made_of_something_forgotten_still_names_where_it_came_from():
    from tests.builders import make_conversation, make_message, make_person

    owner, ada = make_character(), make_person("Ada")
    message = make_message(make_conversation(), ada)
    line = long_gone(owner, source_message_id=message.pk, told_by_person_id=ada.pk)
    middle = long_gone(owner, kind="insight", from_memories=(line.pk,))
    insight = make_memory(owner, kind="insight", from_memories=(middle.pk,))
    assert forgetting.forget(a_night(owner, TODAY)) == 2
    assert Memory.objects.get() == insight
    assert insight.sources.get().from_message_id == message.pk


@pytest.mark.django_db
def test_what_alone_says_whose_words_something_is_made_of_is_not_forgotten():
    from tests.builders import make_person

    owner, ada = make_character(), make_person("Ada")
    line = long_gone(owner, told_by_person_id=ada.pk)
    make_memory(owner, kind="insight", from_memories=(line.pk,))
    assert forgetting.forget(a_night(owner, TODAY)) == 0
