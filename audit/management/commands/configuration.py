"""The command for settings of behaviour: look, set, compare, go back, take along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.configuration import sections, versions
from audit.configuration.configuration import set_value, unset
from audit.configuration.places import Place
from fishbowl.reading import read_at_most

LARGEST_FILE = 5_000_000


class Command(BaseCommand):
    """`manage.py configuration list|get|set|unset|diff|rollback|export|import`."""

    help = "Settings of behaviour: every change is a version, and takes effect within two seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with which setting."""
        acts = parser.add_subparsers(dest="act", required=True)
        one = acts.add_parser("list", help="every setting, with its value, or those of a section")
        one.add_argument("section", nargs="?")
        _place(one)
        for act, said in (
            ("get", "one setting: value, default, help and versions"),
            ("unset", "let what is set further away, or the default, hold again"),
        ):
            one = acts.add_parser(act, help=said)
            _name(one)
            _place(one)
        one = acts.add_parser("set", help="add a version; the value is JSON, or else plain text")
        _name(one)
        one.add_argument("value")
        _place(one)
        one = acts.add_parser("diff", help="what differs between two versions")
        _name(one)
        one.add_argument("first", type=int)
        one.add_argument("second", type=int)
        _place(one)
        one = acts.add_parser("rollback", help="put an old version's value in force again")
        _name(one)
        one.add_argument("version", type=int)
        _place(one)
        acts.add_parser("export", help="all that is set, as JSON").add_argument("file", nargs="?")
        one = acts.add_parser("import", help="set all that a file holds, or nothing")
        one.add_argument("file")
        one.add_argument("--note", default="imported")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; what is refused is said with its remedy."""
        try:
            getattr(self, f"_{options['act']}")(options)
        except versions.ImportRefused as error:
            raise CommandError("Nothing was imported.\n" + "\n".join(error.complaints)) from error
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        found = [_section(options["section"])] if options["section"] else sections.every()
        place = _placed(options)
        for section in found:
            if place.scope not in section.scopes:
                continue
            self.stdout.write(self.style.MIGRATE_HEADING(f"{section.name}: {section.help}"))
            for one in versions.standing(section, place):
                mark = "*" if one.own else " "
                self.stdout.write(f" {mark} {one.name} = {_short(one.value)}")
        self.stdout.write("* set here; everything else is inherited or the default.")

    def _get(self, options: dict[str, Any]) -> None:
        section, key = _setting(options["name"])
        place = _placed(options)
        (one,) = (one for one in versions.standing(section, place) if one.name == key)
        self.stdout.write(f"{one.help}\nIt must be {one.possible}. Default: {_short(one.default)}")
        self.stdout.write(one.value if isinstance(one.value, str) else json.dumps(one.value))
        for row in versions.history(section.name, key, place):
            who = row.created_by or "the console"
            active = "*" if row.is_active else " "
            self.stdout.write(
                f" {active} {row.version}  {row.created_at:%Y-%m-%d %H:%M}  {who}  "
                f"{_short(row.config_value)}  {row.note}"
            )

    def _set(self, options: dict[str, Any]) -> None:
        section, key = _setting(options["name"])
        value = _value(section, key, options["value"])
        row = set_value(section.name, key, value, place=_placed(options), note=options["note"])
        self.stdout.write(f"{row} is in force.")

    def _unset(self, options: dict[str, Any]) -> None:
        section, key = _setting(options["name"])
        row = unset(section.name, key, place=_placed(options), note=options["note"])
        self.stdout.write(f"{row} lets go of it." if row else "Nothing was set there.")

    def _diff(self, options: dict[str, Any]) -> None:
        section, key = _setting(options["name"])
        lines = versions.diff(
            section.name, key, options["first"], options["second"], _placed(options)
        )
        self.stdout.write("\n".join(lines) or "They are alike.")

    def _rollback(self, options: dict[str, Any]) -> None:
        section, key = _setting(options["name"])
        number = options["version"]
        row = versions.history(section.name, key, _placed(options)).filter(version=number).first()
        if row is None:
            raise ValueError(f"{options['name']} has no version {number}.")
        versions.roll_back(row, note=options["note"])
        self.stdout.write(f"{options['name']} is back to version {number}, as a new version.")

    def _export(self, options: dict[str, Any]) -> None:
        text = json.dumps(versions.exported(), ensure_ascii=False, indent=2)
        if not options["file"]:
            self.stdout.write(text)
            return
        try:
            Path(options["file"]).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise ValueError(f"{options['file']} can't be written: {error.strerror}.") from error

    def _import(self, options: dict[str, Any]) -> None:
        try:
            raw = read_at_most(Path(options["file"]), LARGEST_FILE)
        except OSError as error:
            raise ValueError(f"{options['file']} can't be read: {error.strerror}.") from error
        if raw is None:
            raise ValueError(f"{options['file']} is larger than 5 MB: it is no export of settings.")
        try:
            data = json.loads(raw.decode())
        except UnicodeDecodeError as error:
            raise ValueError(f"{options['file']} is not UTF-8 text: {error}.") from error
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"{options['file']} is no JSON: {error}.") from error
        count = versions.import_all(data, note=options["note"])
        self.stdout.write(f"{count} settings were changed.")


def _name(parser: Any) -> None:
    parser.add_argument("name", help="section.key, such as director.threshold")


def _place(parser: Any) -> None:
    for scope in sections.SCOPES[1:]:
        parser.add_argument(f"--{scope}", help=f"for one {scope} alone")
    parser.add_argument("--note", default="", help="why")


def _placed(options: dict[str, Any]) -> Place:
    given = [(scope, options[scope]) for scope in sections.SCOPES[1:] if options.get(scope)]
    if len(given) > 1:
        raise ValueError("Name one of --community, --channel and --character, not several.")
    return versions.place_named(*given[0]) if given else Place()


def _section(name: str) -> sections.Section[Any]:
    section = sections.find(name)
    if section is None:
        known = ", ".join(one.name for one in sections.every())
        raise ValueError(f"There is no section {name}. There are: {known}.")
    return section


def _setting(name: str) -> tuple[sections.Section[Any], str]:
    section_name, _, key = name.partition(".")
    section = _section(section_name)
    if key not in section.settings:
        known = ", ".join(sorted(section.settings))
        raise ValueError(f"{section_name} has no setting {key!r}. It has: {known}.")
    return section, key


def _value(section: sections.Section[Any], key: str, given: str) -> Any:
    if section.settings[key].kind in ("text", "choice"):
        return given
    try:
        return json.loads(given)
    except (json.JSONDecodeError, RecursionError):
        return given


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= 70 else text[:69] + "…"
