"""The command that shows what comes to a character's mind, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from characters.models import Character, Community, Person
from characters.named import (
    characters_called,
    one_character,
    one_person,
    people_called,
    there_are,
)
from memories.models import Memory
from memories.recall.recall import Recalled, recall
from memories.rules import in_force
from memories.view import Audience

# What added to a score, in the order in which it is told; and what it was multiplied with.
ADDED = ("text", "vector", "neighbours", "talk", "speaker", "about", "entity", "time", "phrase")
MOST = 1000  # memories shown
MULTIPLIED = ("telling", "recency", "importance", "strength", "provenance", "damped")


class Command(BaseCommand):
    """`manage.py recall CHARACTER "QUERY" [--audience NAME,…] [--limit N] [--kind KIND] …`"""

    help = (
        "Shows what comes to a character's mind at a question before those who listen, best first, "
        "with what speaks for each memory. With nobody listening it is alone with its thoughts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, what, before whom, and how to show it."""
        parser.add_argument("character", help="a name, a slug, or an id")
        parser.add_argument("query", help="what is asked or said")
        parser.add_argument(
            "--audience",
            default="",
            metavar="NAME[,NAME…]",
            help="characters and people who listen (ids as character:3, person:7)",
        )
        parser.add_argument(
            "--community", default="", help="where (default: this deployment's own rooms)"
        )
        parser.add_argument("--limit", type=int, default=8)
        parser.add_argument(
            "--kind", action="append", default=[], choices=Memory.Kind.values, metavar="KIND",
            help=f"only memories of this kind; may be repeated ({', '.join(Memory.Kind.values)})",
        )  # fmt: skip
        parser.add_argument("--about", default="", help="only what is about this person")
        parser.add_argument(
            "--no-floor", action="store_true", help="the best there is, however little it fits"
        )
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, and show."""
        if options["limit"] < 1:
            raise CommandError("--limit must be at least 1.")
        if options["limit"] > MOST:
            raise CommandError(f"--limit must be {MOST:,} at most.")
        query = options["query"].strip()
        if not query:
            raise CommandError("There is nothing to recall for an empty query.")
        speaker = one_character(options["character"], "CHARACTER")
        about = one_person(options["about"], "--about") if options["about"] else None
        audience = _audience(options["audience"], options["community"])

        def ask(floor: bool) -> list[Recalled]:
            return recall(
                speaker.pk,
                audience,
                query,
                now=timezone.now().astimezone(ZoneInfo(speaker.timezone)),
                limit=options["limit"],
                kinds=options["kind"],
                about_person_id=about.pk if about else None,
                floor=floor,
            )

        best = ask(floor=False)
        found = best if options["no_floor"] else ask(floor=True)
        known = next((one.parts["known"] for one in best if "known" in one.parts), None)
        if options["json"]:
            self.stdout.write(_as_json(found, known))
            return
        if found:
            self._show(found, known)
        else:
            self._show_nothing(speaker.name, best, known)

    def _show(self, found: Sequence[Recalled], known: float | None) -> None:
        names = _names(found)
        if known is not None:
            self.stdout.write(f"known {known:.2f}, floor {in_force().recall_floor:.2f}")
        for rank, one in enumerate(found, 1):
            self.stdout.write(f"\n{rank}. {one.score:.3f}  {one.content}")
            self.stdout.write(f"   {_standing(one, names)}")
            if added := _told(one, ADDED, 0.0, "+"):
                self.stdout.write(f"   evidence  {added}")
            if multiplied := _told(one, MULTIPLIED, 1.0, "×"):
                self.stdout.write(f"   weighed   {multiplied}")
            if "near" in one.parts:
                near, matched = one.parts["near"], one.parts["matched"]
                self.stdout.write(f"   cosine {near:.2f}, words matched {matched:.0%}")
            elif "lore" in one.parts:
                self.stdout.write("   its key stands in the question")

    def _show_nothing(self, name: str, best: Sequence[Recalled], known: float | None) -> None:
        self.stdout.write(f"Nothing comes to {name}'s mind.")
        if not best or known is None:
            self.stdout.write("It remembers nothing that may be said here.")
            return
        floor = in_force().recall_floor
        if known < floor:
            self.stdout.write(
                f"The best reaches {known:.2f}, which is {floor - known:.2f} below the floor of "
                f"{floor:.2f} (memory.recall_floor):"
            )
        else:
            self.stdout.write("It is said in passing and asks for nothing. The best would be:")
        self.stdout.write(f"   {best[0].content}")
        self.stdout.write("--no-floor shows what there is.")


def _standing(one: Recalled, names: dict[tuple[str, int], str]) -> str:
    """Kind, provenance, when and before whom, in words."""
    teller = ""
    if one.told_by_character_id:
        teller = names.get(("character", one.told_by_character_id), "")
    elif one.told_by_person_id:
        teller = names.get(("person", one.told_by_person_id), "")
    parts = [
        f"id {one.id}",
        one.kind,
        f"{one.provenance} (by {teller})" if teller else one.provenance,
        *([f"{one.occurred_at:%Y-%m-%d %H:%M}"] if one.kind != Memory.Kind.LORE else []),
        one.visibility,
        f"importance {one.importance:.1f}",
    ]
    if one.confidence < 1:
        parts.append(f"confidence {one.confidence:.2f}")
    return ", ".join(parts)


def _told(one: Recalled, parts: Sequence[str], nothing: float, sign: str) -> str:
    """The parts of a score that make a difference."""
    return "  ".join(
        f"{part} {sign}{value:.3f}"
        for part in parts
        if (value := one.parts.get(part, nothing)) != nothing
    )


def _as_json(found: Sequence[Recalled], known: float | None) -> str:
    floor = in_force().recall_floor
    return json.dumps(
        {
            "known": known,
            "floor": floor,
            "memories": [{**asdict(one), "occurred_at": one.occurred_at.isoformat()}
                         for one in found],
        },
        indent=2,
        ensure_ascii=False,
    )  # fmt: skip


# --- who is meant ---------------------------------------------------------------------------------


def _audience(names: str, community: str) -> Audience:
    characters, people = set(), set()
    for name in filter(None, (part.strip() for part in names.split(","))):
        found_characters, found_people = _called(name)
        if len(found_characters) + len(found_people) > 1:
            which = [f"character:{one.pk}" for one in found_characters]
            which += [f"person:{one.pk}" for one in found_people]
            raise CommandError(f"--audience: several are called {name}: say {' or '.join(which)}.")
        if not found_characters and not found_people:
            raise CommandError(f"--audience: nobody is called {name}. {there_are(people=True)}")
        characters |= {one.pk for one in found_characters}
        people |= {one.pk for one in found_people}
    return Audience(frozenset(characters), frozenset(people), _community(community))


def _community(name: str) -> int | None:
    every = list(Community.objects.order_by("pk"))
    if not name:
        return next((one.pk for one in every if one.discord_id is None), None)
    for one in every:
        if name.casefold() == one.name.casefold() or name == str(one.pk):
            return one.pk
    there = ", ".join(f"{one.name} ({one.pk})" for one in every) or "none"
    raise CommandError(f"--community: there is no {name}. There are: {there}.")


def _called(name: str) -> tuple[list[Character], list[Person]]:
    kind, _, pk = name.partition(":")
    if pk.isdecimal() and kind in ("character", "person"):
        return (
            list(Character.objects.filter(pk=int(pk))) if kind == "character" else [],
            list(Person.objects.filter(pk=int(pk))) if kind == "person" else [],
        )
    return characters_called(name), people_called(name)


def _names(found: Sequence[Recalled]) -> dict[tuple[str, int], str]:
    characters = [one.told_by_character_id for one in found if one.told_by_character_id]
    people = [one.told_by_person_id for one in found if one.told_by_person_id]
    named = {("character", one.pk): one.name for one in Character.objects.filter(pk__in=characters)}
    return named | {("person", one.pk): one.name for one in Person.objects.filter(pk__in=people)}
