"""The history of settings: diff, back to a version, out to a file and in again, and the command."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.configuration import configuration, sections, versions
from audit.configuration.configuration import set_value
from audit.configuration.places import Place
from audit.configuration.wording import written
from audit.models import SystemConfiguration
from memories.reflection import rules as reflection_rules
from tests.builders import make_channel, make_character, make_community, make_keeper

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("configuration", *words, stdout=out)
    configuration.forget_cached()
    return out.getvalue()


def test_every_setting_says_what_it_is_for_and_has_a_default_that_would_do() -> None:
    """Of those that a class declares by `setting`; the others' defaults stand in the code alone."""
    told = {section.name: section for section in sections.every()}
    assert {"director", "prompt", "prompts", "keeping", "alerts", "society"} <= set(told)
    for section in told.values():
        assert section.help or section.settings, section.name
        for name, one in section.settings.items():
            if one.help and one.default is not None:
                default = list(one.default) if isinstance(one.default, tuple) else one.default
                section.build({name: default})


def test_it_says_what_differs_line_by_line() -> None:
    set_value("prompts", "place", "You are in $room.\nIt is $time.")
    set_value("prompts", "place", "You are in $room.\nIt is now $time.")
    lines = versions.diff("prompts", "place", 1, 2)
    assert lines[-2:] == ["-It is $time.", "+It is now $time."]
    with pytest.raises(ValueError, match=r"no version 7. There are: 1, 2"):
        versions.diff("prompts", "place", 1, 7)


def test_going_back_adds_a_version_with_who_and_why() -> None:
    keeper = make_keeper()
    first = set_value("director", "threshold", 0.4)
    set_value("director", "threshold", 0.6)
    versions.roll_back(first, user=keeper, note="too quiet")
    latest = versions.history("director", "threshold")[0]
    assert (latest.version, latest.config_value) == (3, 0.4)
    assert (latest.created_by, latest.note) == (keeper, "too quiet")


def test_what_goes_out_comes_in_again_wherever_it_was_set() -> None:
    channel, character = make_channel("cellar"), make_character("Odile")
    set_value("director", "threshold", 0.4)
    set_value("director", "threshold", 0.7, place=Place("channel", channel.pk))
    set_value("prompt", "off", ["lore"], place=Place("character", character.pk))
    told = json.loads(json.dumps(versions.exported()))
    SystemConfiguration.objects.all().delete()
    assert versions.import_all(told) == 3
    assert versions.exported() == told
    assert versions.import_all(told) == 0
    assert configuration.section("director", channel=channel.pk) == {"threshold": 0.7}


def test_a_value_stored_where_it_may_no_longer_be_set_holds_nowhere_and_stops_nothing() -> None:
    """Reflection was once said to be set for a community, where nothing read it."""
    there = make_community()
    place = Place("community", there.pk)
    with pytest.raises(ValueError, match=r"for a community, only for: deployment, character"):
        configuration.set_value("reflection", "rich_day", 0.9, place=place)
    SystemConfiguration.objects.create(
        config_section="reflection", config_key="rich_day", config_value=0.9, version=1,
        scope="community", community=there,
    )  # fmt: skip
    configuration.set_value("reflection", "rich_day", 0.4)
    configuration.forget_cached()
    assert reflection_rules.in_force(make_character().pk).rich_day == 0.4
    told = versions.exported()
    assert [one.get("scope") for one in told["settings"]] == [None]
    assert versions.import_all(told) == 0


def test_a_file_with_one_bad_value_changes_nothing_and_every_mistake_is_named() -> None:
    bad = {
        "format": versions.FORMAT,
        "settings": [
            {"section": "director", "key": "threshold", "value": 0.4},
            {"section": "director", "key": "threshold", "value": "high"},
            {"section": "prompts", "key": "place", "value": "$nowhere"},
            {
                "section": "director",
                "key": "crowd",
                "value": 3,
                "scope": "channel",
                "of": "nowhere",
            },
        ],
    }
    with pytest.raises(versions.ImportRefused) as refused:
        versions.import_all(bad)
    assert [line.split(":")[0] for line in refused.value.complaints] == [
        "Setting 2",
        "Setting 3",
        "Setting 4",
    ]
    assert not SystemConfiguration.objects.exists()
    for other in ([], {"format": "other"}, {"format": versions.FORMAT, "settings": {}}):
        with pytest.raises(versions.ImportRefused):
            versions.import_all(other)


def test_the_command_does_all_of_it(tmp_path: Path) -> None:
    channel = make_channel("cellar")
    assert "in force" in run("set", "director.threshold", "0.4", "--note", "livelier")
    assert "in force" in run("set", "director.threshold", "0.6", "--channel", "cellar")
    assert configuration.section("director", channel=channel.pk) == {"threshold": 0.6}
    told = run("get", "director.threshold")
    assert "0.4" in told
    assert "livelier" in told
    assert "Default: 0.34" in told
    run("set", "director.threshold", "0.5")
    assert "+0.5" in run("diff", "director.threshold", "1", "2")
    assert "as a new version" in run("rollback", "director.threshold", "1")
    assert configuration.section("director") == {"threshold": 0.4}
    assert "* threshold = 0.4" in run("list", "director")
    file = tmp_path / "settings.json"
    run("export", str(file))
    run("unset", "director.threshold")
    assert configuration.section("director") == {}
    assert "1 settings were changed" in run("import", str(file))
    assert configuration.section("director") == {"threshold": 0.4}


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("set", "director.threshold", "high"), "director.threshold must be a number"),
        (("set", "director.treshold", "1"), "It has: .*threshold"),
        (("get", "nothing.at-all"), "There are: .*director"),
        (("set", "director.crowd", "3", "--channel", "nowhere"), "give its name or its number"),
        (("import", "/nowhere.json"), "can't be read"),
        (("import", "/dev/zero"), "/dev/zero is larger than 5 MB"),
        (("export", "/nowhere/settings.json"), "can't be written"),
        (("set", "director.threshold", "[" * 100_000), "director.threshold must be a number"),
        (("set", "care.resources_by_place", '["Europe: \\ud800"]'), "half a character"),
        (("set", "moderation.passed_over", '["\\u0000"]'), "the character NUL"),
    ],
)
def test_the_command_says_what_is_wrong_and_what_would_do(
    words: tuple[str, ...], remedy: str
) -> None:
    with pytest.raises(CommandError, match=remedy):
        run(*words)


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("place", "In $rooom.", r"knows no variable \$rooom. Its variables: \$room, \$time"),
        ("place", "It costs 5 $ here.", r"write \$\$ for a dollar sign"),
        ("transcript", "What was said in $room", r"must have \$lines in it"),
        ("place", "  ", "must not be empty"),
        ("nowhere", "x", "There are: .*constitution"),
    ],
)
def test_a_prompt_that_would_fail_is_refused(name: str, text: Any, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        set_value("prompts", name, text)


def test_every_template_says_what_it_is_for_and_none_shows_its_header() -> None:
    for one in written().values():
        assert not one.text.startswith("#:"), one.name
        one.check(one.text)
