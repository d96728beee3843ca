"""The templates of prompts: files of templates/prompts, with what keepers wrote instead laid over.

A file may begin with lines of `#:`, which say what it is for, and `#! name name`, the variables
that it can't do without. A keeper's text may use the variables of the file and no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from audit.configuration import sections
from audit.configuration.configuration import in_force
from audit.configuration.sections import CHANNEL, CHARACTER, COMMUNITY, DEPLOYMENT, Section
from fishbowl.environment import BASE_DIR
from fishbowl.overrides import Setting

FOLDER = BASE_DIR / "templates" / "prompts"
SECTION = "prompts"


@dataclass(frozen=True, slots=True)
class Written:
    """A template as its file has it."""

    name: str
    text: str
    help: str
    needed: frozenset[str]

    @property
    def variables(self) -> frozenset[str]:
        """What may stand in it behind a dollar sign."""
        return frozenset(Template(self.text).get_identifiers()) | self.needed

    def check(self, text: Any) -> str:
        """See that a text may stand in for it.

        Raises:
            ValueError: it may not; the words say why and what may.
        """
        name = f"{SECTION}.{self.name}"
        text = Setting(self.name, "text", "").checked(SECTION, text)
        known = ", ".join(f"${one}" for one in sorted(self.variables)) or "none"
        template = Template(text)
        if not template.is_valid():
            raise ValueError(
                f"{name} has a $ that begins no variable: write $$ for a dollar sign. Its "
                f"variables: {known}."
            )
        used = set(template.get_identifiers())
        if unknown := sorted(used - self.variables):
            raise ValueError(f"{name} knows no variable ${unknown[0]}. Its variables: {known}.")
        if missing := sorted(self.needed - used):
            raise ValueError(f"{name} must have ${missing[0]} in it, or nothing is said of it.")
        if not text.strip():
            raise ValueError(f"{name} must not be empty: unset it to have the file's text again.")
        return str(text)


class Wording:
    """All templates, some in other words than their files have."""

    def __init__(self, instead: Mapping[str, str] | None = None) -> None:
        self._instead = {name: Template(text) for name, text in (instead or {}).items()}

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """A template with its variables filled in.

        Raises:
            KeyError: it names a variable that `values` lacks.
        """
        template = self._instead.get(name) or _as_written(name)
        return template.substitute(values).strip()

    def with_instead(self, instead: Mapping[str, str]) -> Wording:
        """The same, with other words yet for some."""
        mixed = Wording(instead)
        mixed._instead = {**self._instead, **mixed._instead}
        return mixed


AS_WRITTEN = Wording()


@cache
def _as_written(name: str) -> Template:
    return Template(read(FOLDER / f"{name}.txt").text)


def read(path: Path) -> Written:
    """A template out of its file."""
    said, needed, lines = [], set(), path.read_text(encoding="utf-8").splitlines()
    while lines and (found := re.match(r"#([:!]) ?(.*)", lines[0])):
        if found[1] == ":":
            said.append(found[2])
        else:
            needed |= set(found[2].split())
        lines.pop(0)
    name = path.stem
    return Written(
        name, "\n".join(lines).strip(), " ".join(said) or name.replace("_", " "), frozenset(needed)
    )


@cache
def written() -> dict[str, Written]:
    """Every template as written, by name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.txt"))}


def _build(values: Mapping[str, Any]) -> Wording:
    known, instead = written(), {}
    for name, text in values.items():
        if name not in known:
            raise ValueError(
                f"{SECTION}.{name} is no template of a prompt. There are: {', '.join(known)}."
            )
        instead[name] = known[name].check(text)
    return Wording(instead) if instead else AS_WRITTEN


PROMPTS: Section[Wording] = sections.add(
    Section(
        SECTION,
        "the templates of prompts",
        "What a model is told, in words: each template's text, with its variables behind $.",
        (DEPLOYMENT, COMMUNITY, CHANNEL, CHARACTER),
        {
            one.name: Setting(
                one.name,
                "text",
                one.text,
                one.help
                + " Variables: "
                + (", ".join(f"${name}" for name in sorted(one.variables)) or "none")
                + ".",
            )
            for one in written().values()
        },
        _build,
    )
)


def wording(
    *, community: int | None = None, channel: int | None = None, character: int | None = None
) -> Wording:
    """The templates as they stand at a place, at most a second old."""
    return in_force(PROMPTS, community=community, channel=channel, character=character)
