"""Reads a world's YAML files, and says what is wrong with them.

A mistake is one sentence that names the file, the field and the remedy. Nothing here touches the
database.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from characters.worldshapes import CharacterFile, Part
from fishbowl.overrides import is_storable
from fishbowl.reading import read_at_most

LARGEST_FILE = 2_000_000
MOST_PROBLEMS = 20

M = TypeVar("M", bound=BaseModel)


class WorldRefusedError(Exception):
    """A world can't be loaded as it stands. Each line is one sentence with its remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Unstorable(yaml.YAMLError):
    """A text holds what no row can, on that line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Safe YAML, in which yes, on, true and 2024-03-04 are words, since a world is made of words,
    and in which a key that stands twice is a mistake, since one of the two would be lost."""

    yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0].rpartition(":")[2] not in ("bool", "timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                continue
            key = key_node.value
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"'{key}' stands twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        value = super().construct_scalar(node)
        if isinstance(value, str) and not is_storable(value):
            raise _Unstorable(node.start_mark.line + 1)
        return value


def read_file(path: Path, shape: type[M], label: str = "") -> M:
    """One file of a world, validated. `label` is how messages call it; its name by default.

    Raises:
        WorldRefusedError: it can't be read, is no YAML, or is not of that shape.
    """
    label = label or path.name
    try:
        raw = read_at_most(path, LARGEST_FILE)
        if raw is None:
            raise WorldRefusedError(
                f"{label} is larger than 2 MB: split it, or give the right file."
            )
        data = yaml.load(raw.decode(), _Loader)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise WorldRefusedError(f"{label} is missing: {path} does not exist.") from None
    except UnicodeDecodeError:
        raise WorldRefusedError(f"{label} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise WorldRefusedError(f"{label} can't be read ({error.strerror}): {path}.") from None
    except _Unstorable as error:
        raise WorldRefusedError(
            f"{label}, line {error.line}: a text holds \\0, which no text has; take it out."
        ) from None
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise WorldRefusedError(
            f"{label}{where}: the YAML can't be understood ({error.problem}); "
            "putting the text in double quotes often helps."
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise WorldRefusedError(f"{label}: the YAML can't be understood ({error}).") from None
    if not isinstance(data, Mapping):
        raise WorldRefusedError(
            f"{label} holds no fields: write lines such as 'name: Odile' in it."
        )
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        problems = [sentence(label, one) for one in error.errors()]
        more = len(problems) - MOST_PROBLEMS
        kept = problems[:MOST_PROBLEMS]
        raise WorldRefusedError(
            *kept, *([f"{label}: and {more} more."] if more > 0 else [])
        ) from None


def read_characters(folder: Path) -> list[CharacterFile]:
    """Every character file of a folder, by file name.

    Raises:
        WorldRefusedError: some file is wrong, or two name the same character or goal.
    """
    files: list[tuple[str, CharacterFile]] = []
    problems: list[str] = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        label = f"{folder.name}/{path.name}"
        try:
            files.append((label, read_file(path, CharacterFile, label)))
        except WorldRefusedError as error:
            problems += error.problems
    problems += _said_twice(files)
    if problems:
        raise WorldRefusedError(*problems)
    return [file for _, file in files]


def _said_twice(files: Iterable[tuple[str, CharacterFile]]) -> list[str]:
    """What may stand once in a world, or once in a character, and stands twice."""
    problems: list[str] = []
    first: dict[tuple[str, str], str] = {}
    for label, file in files:
        here = [
            ("slug", file.slug),
            ("name", file.name.casefold()),
            *(("goals.goal_id", goal.goal_id) for goal in file.goals),
        ]
        for field, value in here:
            other = first.setdefault((field, value), label)
            if other != label:
                problems.append(
                    f"{label}: {field} '{value}' stands in {other} already; choose another."
                )
        lists: dict[str, list[object]] = {
            "interests.topic": [i.topic for i in file.interests],
            "knowledge.topic": [k.topic for k in file.knowledge],
            "goals.goal_id": [g.goal_id for g in file.goals],
            "formative_memories.title": [m.title for m in file.formative_memories],
            "triggers": [(t.kind, t.pattern) for t in file.triggers],
            "relationships.to": [r.to for r in file.relationships],
        }
        for field, values in lists.items():
            twice = next((v for i, v in enumerate(values) if v in values[:i]), None)
            if twice is not None:
                problems.append(f"{label}: {field} {twice!r} stands twice; remove one.")
        if any(r.to == file.slug for r in file.relationships):
            problems.append(f"{label}: relationships.to names the character itself; remove it.")
    return problems


def sentence(label: str, error: Any) -> str:
    """A Pydantic error as a sentence with its remedy."""
    where = _place(error["loc"])
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "missing":
            said = f"{where} is missing; add it"
        case "extra_forbidden":
            known = difflib.get_close_matches(str(error["loc"][-1]), _field_names(Part), n=1)
            hint = f"did you mean '{known[0]}'?" if known else "remove it"
            said = f"{where} is no field that is known here; {hint}"
        case "string_type":
            said = f"{where} is {value!r}, which is no text; put it in double quotes"
        case "greater_than_equal":
            said = f"{where} is {value!r}; it must be at least {context['ge']:g}"
        case "less_than_equal":
            said = f"{where} is {value!r}; it must be at most {context['le']:g}"
        case "float_type" | "float_parsing" | "int_type" | "int_parsing" | "int_from_float":
            said = f"{where} is {value!r}, which is no number; write one such as 0.5 or 3"
        case "list_type":
            said = f"{where} is no list; write one, such as [salt, ice]"
        case "dict_type" | "model_type" | "model_attributes_type":
            said = f"{where} holds no fields; write 'name: value' lines under it"
        case "string_too_long":
            said = f"{where} has {len(value)} letters; {context['max_length']} are allowed"
        case "string_too_short":
            said = f"{where} is empty; write something, or remove it"
        case "string_pattern_mismatch":
            said = f"{where} is {value!r}; use small letters, digits and single hyphens"
        case "literal_error" | "enum":
            said = f"{where} is {value!r}; use {context['expected']}"
        case "value_error":
            said = f"{where}: {context['error']}"
        case _ if kind.startswith("time"):
            said = f'{where} is {value!r}, which is no time of day; write one such as "09:00"'
        case _:
            said = f"{where} is wrong ({error['msg']})"
    return f"{label}: {said}." if not said.endswith("?") else f"{label}: {said}"


def _place(loc: Iterable[str | int]) -> str:
    """A path such as `interests, item 3, topic`: people count from one."""
    parts = [f"item {step + 1}" if isinstance(step, int) else str(step) for step in loc]
    dotted = ""
    for part in parts:
        glue = ", " if part.startswith("item ") or ", item " in dotted else "."
        dotted = f"{dotted}{glue}{part}" if dotted else part
    return dotted or "the file"


def _field_names(shape: type[BaseModel]) -> set[str]:
    """Every field of every part there is."""
    return {name for part in shape.__subclasses__() for name in part.model_fields}
