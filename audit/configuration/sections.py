"""What settings of behaviour there are: sections, each declared once by whoever reads it.

A section's settings are the fields of a dataclass (`fishbowl.overrides.setting`), so what a value
may be, its default and its help stand in one place, beside the code that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from celery import current_app

from fishbowl.overrides import Setting, changed, declared

R = TypeVar("R")
Check = Callable[[Mapping[str, Any]], object]

# From the widest to the nearest: what is set nearer holds.
DEPLOYMENT, COMMUNITY, CHANNEL, CHARACTER = SCOPES = (
    "deployment",
    "community",
    "channel",
    "character",
)


@dataclass(frozen=True, slots=True)
class Section(Generic[R]):
    """The settings that are read together, where they may be set, and what they become."""

    name: str
    title: str
    help: str
    scopes: tuple[str, ...]
    settings: Mapping[str, Setting]
    build: Callable[[Mapping[str, Any]], R]  # raises ValueError where they won't do
    is_own: bool = False  # what is set in a wider scope says nothing of a nearer one


_sections: dict[str, Section[Any]] = {}


def declare(
    name: str,
    defaults: R,
    *,
    title: str,
    help: str = "",
    scopes: tuple[str, ...] = (),
    is_own: bool = False,
    build: Callable[[Mapping[str, Any]], R] | None = None,
) -> Section[R]:
    """Make a section known: the fields of a dataclass of rules, whose values are the defaults.

    Args:
        title: whose constants these are, in a few words: 'the director'.
        scopes: where they may be set besides for the whole deployment.
        build: makes the rules out of values; by default the values are laid over the defaults.
    """
    known = declared(defaults)
    section = Section(
        name,
        title,
        help or _first_sentences(defaults),
        (DEPLOYMENT, *(one for one in SCOPES[1:] if one in scopes)),
        known,
        build or (lambda values: changed(defaults, known, name, values, of=title)),
        is_own,
    )
    _sections[name] = section
    return section


def add(section: Section[R]) -> Section[R]:
    """Make a section known whose settings aren't a dataclass's fields."""
    _sections[section.name] = section
    return section


def declare_from_check(name: str, check: Check) -> None:
    """Make the section of a class known that only gave its check: `Rules.from_configuration`."""
    rules = getattr(check, "__self__", None)
    if name not in _sections and isinstance(rules, type) and is_dataclass(rules):
        settings = declared(rules)
        title = name.replace("_", " ")
        _sections[name] = Section(
            name, title, _first_sentences(rules), (DEPLOYMENT,), settings, check
        )


def find(name: str) -> Section[Any] | None:
    """The section of that name."""
    if name not in _sections:
        _hear_of_all()
    return _sections.get(name)


def every() -> list[Section[Any]]:
    """All sections, by name."""
    _hear_of_all()
    return [_sections[name] for name in sorted(_sections)]


@cache
def _hear_of_all() -> None:
    """Have every module imported that declares one: what tasks do is all that the society does.
    What no task imports, its app imports when it is ready."""
    current_app.loader.import_default_modules()


def _first_sentences(defaults: Any) -> str:
    said = (defaults if isinstance(defaults, type) else type(defaults)).__doc__ or ""
    return " ".join(said.split("\n\n")[0].split())
