"""What README and docs name is there: commands and their options, settings, addresses, files."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

from audit.configuration import sections
from conversations.discord.commands import GROUPS
from fishbowl.environment import BASE_DIR, schema

PAGES = sorted({BASE_DIR / "README.md", *(BASE_DIR / "docs").rglob("*.md")})
# Said of what is there no more.
OF_THE_PAST = ("docs/decisions/", "CHANGELOG")
# Model servers' addresses, and the websocket's.
ELSEWHERE = ("/v1/", "/live/")
# What tests/audit/test_configuration.py declares, which may share the process.
OF_TESTS = {"colours"}
# What commands make.
MADE = {"report.html", "left-out.txt"}


def named(pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
    for page in PAGES:
        for found in re.finditer(pattern, page.read_text()):
            yield page.relative_to(BASE_DIR).as_posix(), found


def parser_of(command: str) -> argparse.ArgumentParser:
    app = get_commands()[command]
    made = load_command_class(app, command) if isinstance(app, str) else app
    return made.create_parser("manage.py", command)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Its options, and those of its own subcommands."""
    found = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found |= options_of(inner)
    return found


def acts_of(parser: argparse.ArgumentParser) -> set[str]:
    return {
        name
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name in action.choices
    }


def test_every_command_is_there_with_the_options_and_acts_that_are_named() -> None:
    wrong = []
    for page, found in named(r"manage\.py ([a-z_]+)([^`\n|]*)"):
        command, rest = found[1], found[2].partition("  ")[0].partition(" #")[0]
        if command not in get_commands():
            wrong.append(f"{page}: {command}")
            continue
        parser = parser_of(command)
        for option in re.findall(r"(?<!\w)--[a-z-]+", rest):
            if option not in options_of(parser):
                wrong.append(f"{page}: {command} {option}")
        act = re.match(r" ([a-z]+)\b", rest)
        if (acts := acts_of(parser)) and act and act[1] not in acts:
            wrong.append(f"{page}: {command} {act[1]}")
    assert wrong == []


@pytest.mark.parametrize(
    ("page", "command"),
    [("embedding", "reembed"), ("simulation", "simulate"), ("configuration", "configuration")],
)
def test_tables_of_options_and_acts_are_true(page: str, command: str) -> None:
    text = (BASE_DIR / "docs" / f"{page}.md").read_text()
    rows = [row.split("|")[1] for row in text.splitlines() if row.startswith("| `")]
    parser = parser_of(command)
    told = {option for row in rows for option in re.findall(r"`(--[a-z-]+)", row)}
    told |= set(re.findall(r"`, `(--[a-z-]+)", "".join(rows)))
    assert told <= options_of(parser)
    if acts := acts_of(parser):
        said = {act for row in rows for act in re.findall(r"`([a-z]+)", row)}
        assert acts <= said


def test_every_setting_of_behaviour_is_there() -> None:
    known = {one.name: set(one.settings) for one in sections.every()}
    wrong = [
        f"{page}: {found[0]}"
        for page, found in named(r"`([a-z_]+)\.([a-z_]+)`")
        if found[1] in known
        and found[2] not in known[found[1]]
        and found[2] not in ("py", "js", "resumed", "paused")
    ]
    assert wrong == []


def test_a_table_of_settings_tells_their_defaults() -> None:
    costs = (BASE_DIR / "docs" / "costs.md").read_text()
    keeping = sections.find("keeping")
    assert keeping is not None
    told = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", costs, re.M))
    assert told.keys() == keeping.settings.keys()
    for name, default in told.items():
        assert default == str(keeping.settings[name].default).lower()


def test_a_section_may_be_set_where_the_table_says() -> None:
    text = (BASE_DIR / "docs" / "configuration.md").read_text()
    table = text.partition("| section | may be set for |")[2].partition("\n\n")[0]
    told = {}
    for row in table.splitlines()[2:]:
        _, names, scopes, _ = row.split("|")
        for name in re.findall(r"`(\w+)`", names):
            told[name] = set(scopes.strip().split(", "))
    for section in sections.every():
        if section.name not in OF_TESTS:
            assert set(section.scopes) == told.get(section.name, {"deployment"}), section.name


def test_every_setting_of_the_machine_is_there() -> None:
    text = {page: page.read_text() for page in PAGES}
    example = (BASE_DIR / ".env.example").read_text()
    assert set(re.findall(r"^#([A-Z_]+)=", example, re.M)) == set(schema())
    wrong = []
    for page, said in text.items():
        for name in re.findall(r"(?:^|`|\s)([A-Z]{2,}(?:_[A-Z0-9]+)+)=", said, re.M):
            if name not in schema():
                wrong.append(f"{page.name}: {name}")
        wrong += [
            f"{page.name}: {name}"
            for name in re.findall(r"`([A-Z]{2,}(?:_[A-Z0-9]+)+)`", said)
            if name.startswith(("LLM_", "EMBEDDING_", "DISCORD_", "MODERATION_", "FISHBOWL_"))
            and name not in schema()
        ]
    assert wrong == []


def test_every_address_is_answered_or_a_command_on_discord() -> None:
    commands = {command.name for group in GROUPS for command in group.COMMANDS}
    wrong = []
    for page, found in named(r"`(/[a-z][\w./<>?=-]*|/)`"):
        if (
            page.startswith(OF_THE_PAST)
            or found[1][1:] in commands
            or found[1].startswith(ELSEWHERE)
        ):
            continue
        address = re.sub(r"\?.*", "", found[1])
        address = re.sub(r"<(slug|name)>|SLUG", "odile", address)
        address = re.sub(r"<\w+>|\bID\b", "1", address)
        try:
            resolve(address)
        except Resolver404:
            wrong.append(f"{page}: {found[1]}")
    assert wrong == []


def test_every_link_and_file_is_there() -> None:
    wrong = []
    for page, found in named(r"\]\(([^)#\s]+)(?:#[^)]*)?\)"):
        if page.startswith(OF_THE_PAST) or ":" in found[1]:
            continue
        if not ((BASE_DIR / page).parent / found[1]).exists():
            wrong.append(f"{page}: {found[1]}")
    folders = "tests|benchmarks|conversations|memories|audit|characters|fishbowl|templates|tools"
    for page, found in named(rf"`((?:{folders})/[\w./-]+)`"):
        if not page.startswith(OF_THE_PAST) and not (BASE_DIR / found[1]).exists():
            wrong.append(f"{page}: {found[1]}")
    assert wrong == []


def test_every_file_that_a_page_names_alone_is_somewhere() -> None:
    names = {path.name for path in BASE_DIR.rglob("*") if not {".venv", "var"} & {*path.parts}}
    assert [
        f"{page}: {found[1]}"
        for page, found in named(r"`([\w-]+\.(?:py|js|css|txt|html))`")
        if not page.startswith(OF_THE_PAST) and found[1] not in names | MADE
    ] == []
