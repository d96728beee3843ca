"""Who is meant by an argument of a command: a character or a person, by name or id."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.base import CommandError
from django.db.models import Q

from characters.models import Character, Person

MOST_NAMED = 12


def characters_called(name: str) -> list[Character]:
    """Those with this id, name or slug, or else this first name, in any case."""
    if name.isdecimal() and (by_id := list(Character.objects.filter(pk=int(name)))):
        return by_id
    exact = list(Character.objects.filter(Q(name__iexact=name) | Q(slug__iexact=name)))
    return exact or list(Character.objects.filter(name__istartswith=f"{name} "))


def people_called(name: str) -> list[Person]:
    """Those who aren't erased and go by this name, in any case, or have this id."""
    here = Person.objects.filter(erased_at__isnull=True)
    if name.isdecimal() and (by_id := list(here.filter(pk=int(name)))):
        return by_id
    return list(
        here.filter(
            Q(username__iexact=name) | Q(display_name__iexact=name) | Q(custom_name__iexact=name)
        )
    )


def one_character(name: str, argument: str) -> Character:
    """The character that `argument` of a command names.

    Raises:
        CommandError: nobody is called that, or several are.
    """
    found = characters_called(name)
    if not found:
        raise CommandError(f"{argument}: nobody is called {name}. {there_are()}")
    _require_one(found, name, argument)
    return found[0]


def one_person(name: str, argument: str) -> Person:
    """The person that `argument` of a command names.

    Raises:
        CommandError: nobody is called that, or several are.
    """
    found = people_called(name)
    if not found:
        there = there_are(characters=False, people=True)
        raise CommandError(f"{argument}: no person is called {name}. {there}")
    _require_one(found, name, argument)
    return found[0]


def _require_one(found: Sequence[Character | Person], name: str, argument: str) -> None:
    if len(found) > 1:
        ids = ", ".join(str(one.pk) for one in found)
        raise CommandError(f"{argument}: several are called {name}: name one by id ({ids}).")


def there_are(*, characters: bool = True, people: bool = False) -> str:
    """Who could have been meant, in a sentence that names the first dozen."""
    names: list[str] = []
    if characters:
        names += Character.objects.order_by("name").values_list("name", flat=True)
    if people:
        names += [one.name for one in Person.objects.filter(erased_at__isnull=True).order_by("pk")]
    if not names:
        return "There is nobody yet."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"There are {', '.join(names[:MOST_NAMED])}{more}."
