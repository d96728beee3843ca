"""Settings are versions: read fast, added one at a time, checked by whoever reads them."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from audit import configuration
from audit.models import SystemConfiguration
from tests.builders import make_keeper


def versions(key: str = "k") -> list[tuple[int, object, bool]]:
    return list(
        SystemConfiguration.objects.filter(config_key=key)
        .order_by("version")
        .values_list("version", "config_value", "is_active")
    )


@pytest.mark.django_db
def test_it_adds_versions_and_keeps_the_old_ones() -> None:
    for value in (1, {"a": [2]}, "x", 1):
        configuration.set_value("s", "k", value)
    assert versions() == [(1, 1, False), (2, {"a": [2]}, False), (3, "x", False), (4, 1, True)]


@pytest.mark.django_db
def test_it_notes_who_set_it_and_why() -> None:
    keeper = make_keeper()
    row = configuration.set_value("s", "k", 1, user=keeper, note="too loud")
    assert (row.created_by, row.note) == (keeper, "too loud")
    assert configuration.set_value("s", "k", 2, user=AnonymousUser()).created_by is None


@pytest.mark.django_db
def test_it_reads_the_active_values_of_one_section() -> None:
    configuration.set_value("s", "a", 1)
    configuration.set_value("s", "a", 2)
    configuration.set_value("s", "b", 3)
    configuration.set_value("other", "a", 9)
    configuration.forget_cached()
    assert configuration.section("s") == {"a": 2, "b": 3}
    assert configuration.section("nothing") == {}


@pytest.mark.django_db
def test_it_asks_the_database_once_a_second(
    django_assert_num_queries: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(configuration.time, "monotonic", lambda: now)
    configuration.forget_cached()
    with django_assert_num_queries(1):  # type: ignore[operator]
        configuration.section("s")
        configuration.section("s")
    now = 101.1
    with django_assert_num_queries(1):  # type: ignore[operator]
        configuration.section("s")


@pytest.mark.django_db(transaction=True)
def test_it_is_in_force_here_as_soon_as_it_is_committed() -> None:
    assert configuration.section("s") == {}
    configuration.set_value("s", "a", 1)
    assert configuration.section("s") == {"a": 1}


@pytest.mark.django_db
def test_it_pauses_and_resumes_the_society_past_every_cache() -> None:
    assert not configuration.is_society_paused()
    configuration.pause_society(True)
    assert configuration.is_society_paused()
    configuration.pause_society(False)
    assert not configuration.is_society_paused()
    assert len(versions("paused")) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("society", "paused", "yes"),
        ("society", "paused", 1),
        ("society", "nonsense", True),
        ("director", "nonsense", 1),
        ("director", "threshold", "high"),
        ("director", "threshold", True),
        ("director", "threshold", None),
        ("director", "threshold", float("nan")),
        ("director", "temperature", 0),
        ("director", "temperature", -0.1),
        ("director", "time_scale", -1),
        ("director", "react_chance", 1.1),
        ("director", "idle_close_min", 0),
        ("tests", "k", None),
        ("tests", "k", [float("inf")]),
        ("tests", "k", object()),
    ],
)
def test_it_refuses_what_its_reader_cannot_use(section: str, key: str, value: object) -> None:
    with pytest.raises(ValueError, match=section):
        configuration.set_value(section, key, value)
    assert not SystemConfiguration.objects.exists()


@pytest.mark.django_db
def test_it_takes_what_the_director_can_use() -> None:
    configuration.set_value("director", "threshold", 0.5)
    assert configuration.section("director") == {"threshold": 0.5}


@pytest.mark.django_db(transaction=True)
def test_it_has_one_active_version_however_many_set_it_at_once() -> None:
    errors: list[Exception] = []
    barrier = threading.Barrier(6)

    def race(value: int) -> None:
        try:
            barrier.wait(timeout=30)
            for _ in range(5):
                configuration.set_value("s", "k", value)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[n]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    kept = versions()
    assert [version for version, _, _ in kept] == list(range(1, 31))
    assert [version for version, _, active in kept if active] == [30]
