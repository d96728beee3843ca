"""Settings are versions: read fast, added one at a time, checked by whoever reads them."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from audit.configuration import configuration, sections
from audit.configuration.places import Place
from audit.models import SystemConfiguration
from fishbowl.environment import BASE_DIR
from fishbowl.overrides import setting
from tests.builders import make_channel, make_character, make_keeper
from tests.patience import PATIENCE_S


@dataclass(frozen=True)
class Colours:
    """What a section of these tests holds."""

    hue: str = setting("red", "The colour.", choices=("red", "blue"))
    depth: float = setting(0.5, "How deep.", least=0, most=1)
    layers: int = setting(2, "How many.", least=1, most=9)
    words: tuple[str, ...] = setting((), "Names of it.")
    limit: float | None = setting(None, "None by default.", least=0, most=10)


COLOURS = sections.declare(
    "colours", Colours(), title="the colours", scopes=("community", "channel", "character")
)
for free in ("s", "other", "tests"):  # which nobody reads, and so take anything
    configuration.register_check(free, lambda values: None)


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
def test_it_asks_the_database_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(run: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return run(sql, *rest)

    now = 100.0
    monkeypatch.setattr(configuration.time, "monotonic", lambda: now)
    configuration.forget_cached()
    configuration.section("s")
    with connection.execute_wrapper(note):
        configuration.section("s")
        assert not asked
        now = 101.1
        configuration.section("s")
        assert len(asked) == 1  # whether anything has changed; it hasn't


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
            barrier.wait(PATIENCE_S)
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
        thread.join(PATIENCE_S)
    assert not errors
    kept = versions()
    assert [version for version, _, _ in kept] == list(range(1, 31))
    assert [version for version, _, active in kept if active] == [30]


@pytest.mark.django_db
def test_the_nearest_place_wins_and_what_is_unset_is_inherited_again() -> None:
    character, channel = make_character(), make_channel()
    at = {"community": channel.community_id, "channel": channel.pk, "character": character.pk}

    def put(value: float, scope: str = "deployment", key: int | None = None) -> None:
        configuration.set_value("colours", "depth", value, place=Place(scope, key))
        configuration.forget_cached()

    def depth(*places: str) -> float:
        return configuration.in_force(COLOURS, **{one: at[one] for one in places}).depth

    assert depth(*at) == 0.5
    put(0.1)
    put(0.2, "community", channel.community_id)
    put(0.3, "channel", channel.pk)
    put(0.4, "character", character.pk)
    assert [depth(*places) for places in ((), ("community",), ("community", "channel"), at)] == [
        0.1,
        0.2,
        0.3,
        0.4,
    ]
    assert configuration.section("colours", channel=channel.pk) == {"depth": 0.3}
    assert configuration.in_force(COLOURS, channel=make_channel().pk).depth == 0.1
    row = configuration.unset("colours", "depth", place=Place("character", character.pk))
    assert row is not None
    assert (row.version, row.config_value) == (2, None)
    configuration.forget_cached()
    assert depth(*at) == 0.3
    assert configuration.unset("colours", "depth", place=Place("character", character.pk)) is None


@pytest.mark.django_db
def test_places_cost_no_query_of_their_own(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    channel = make_channel()
    configuration.set_value("colours", "hue", "blue", place=Place("channel", channel.pk))
    configuration.forget_cached()
    with django_assert_num_queries(1):  # type: ignore[operator]
        first = configuration.in_force(COLOURS, channel=channel.pk)
        assert configuration.in_force(COLOURS, channel=channel.pk) is first
        assert configuration.in_force(COLOURS).hue == "red"
        configuration.section("other", channel=channel.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("hue", "green", "must be one of red, blue"),
        ("depth", 2, "must lie between 0 and 1"),
        ("layers", 1.5, "must be a whole number"),
        ("words", "one", "must be a list of words"),
        ("shade", 1, "There are: depth, hue, layers, limit, words"),
    ],
)
def test_a_bad_value_is_refused_by_its_name_and_with_what_would_do(
    key: str, value: object, remedy: str
) -> None:
    with pytest.raises(ValueError, match=rf"^colours\.{key} .*{remedy}"):
        configuration.set_value("colours", key, value)
    assert not SystemConfiguration.objects.exists()


@pytest.mark.django_db
def test_a_setting_is_only_set_where_it_is_read() -> None:
    character = make_character()
    with pytest.raises(ValueError, match=r"can't be set for a character, only for: deployment"):
        configuration.set_value("society", "paused", True, place=Place("character", character.pk))
    with pytest.raises(ValueError, match=r"no section of the configuration; there are: .*director"):
        configuration.set_value("directer", "threshold", 0.5)


@pytest.mark.django_db
def test_what_an_older_version_had_stored_does_not_stop_the_society() -> None:
    for key, value in (("depth", 99), ("gone", 1), ("layers", 3)):
        SystemConfiguration.objects.create(
            config_section="colours", config_key=key, config_value=value, version=1
        )
    assert configuration.in_force(COLOURS) == Colours(layers=3)


def test_every_process_knows_the_sections_that_the_web_reads() -> None:
    """A command must set what only the tank's websocket heeds: it loads no page of it."""
    script = "import django; django.setup(); from audit.configuration import sections; "
    script += "print(*(one.name for one in sections.every()))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    assert {"tank", "director", "discord_outbound", "works"} <= set(done.stdout.split())
