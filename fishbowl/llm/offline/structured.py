"""Summaries by extraction, and minimal valid answers to structured questions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fishbowl.llm.offline.lexicon import NUMBERS, VERBS
from fishbowl.llm.offline.text import (
    clean,
    content_stems,
    count_words,
    end_sentence,
    sentences,
    words,
)
from fishbowl.llm.types import Brief, Line


def summarise(brief: Brief) -> str:
    """One or two sentences on the lines of the brief: who talked, about what, and a line of it."""
    lines = [x for x in brief.lines if x.kind != "system" and clean(x.text, 600)]
    if not lines:
        return "Nothing was said."
    people = list(dict.fromkeys(clean(x.speaker, 40) or "Somebody" for x in lines))
    subjects = _subjects(lines, people)
    who = people[0] if len(people) == 1 else f"{', '.join(people[:-1][:5])} and {people[-1]}"
    about = f" about {' and '.join(subjects)}" if subjects else ""
    said = "said something" if len(lines) == 1 else "talked"
    best = max(lines, key=lambda x: (_centrality(x, lines), -x.number))
    quote = (sentences(clean(best.text, 600)) or [clean(best.text, 200)])[0][:200].strip()
    speaker = clean(best.speaker, 40) or "Somebody"
    return f"{who} {said}{about}. {speaker} said: “{end_sentence(quote)}”"


def _subjects(lines: list[Line], people: list[str]) -> list[str]:
    """The things that came up in most lines, as they were written: no numbers, and nothing that
    was done."""
    named = {w for p in people for w in words(p)}
    count: Counter[str] = Counter()
    shape: dict[str, str] = {}
    for line in lines:
        text = clean(line.text, 600)
        for found in dict.fromkeys(content_stems(text)):
            count[found] += 1
        for word in words(text):
            for found in content_stems(word):
                shape.setdefault(found, word)
    common = [s for s, n in sorted(count.items(), key=lambda i: (-i[1], i[0])) if n >= 2]
    things = [shape[s] for s in common if shape.get(s) and shape[s] not in named | NUMBERS]
    return [word for word in things if not (word in VERBS and word.endswith(("ed", "ing")))][:2]


def _centrality(line: Line, lines: list[Line]) -> float:
    mine = set(content_stems(clean(line.text, 600)))
    if not mine:
        return 0.0
    others = Counter(
        s for x in lines if x is not line for s in set(content_stems(clean(x.text, 600)))
    )
    return sum(others[s] for s in sorted(mine)) / (4 + count_words(line.text))


def fill(schema: type[Any] | None, brief: Brief) -> tuple[str, Any]:
    """An honest minimal answer in the asked shape: nothing is claimed that rules can't tell.

    Lists stay empty, numbers take the least that is allowed, texts are drawn from the lines. A
    schema that can't be met so gives no parsed answer.
    """
    summary = summarise(brief)
    if schema is None or not hasattr(schema, "model_json_schema"):
        return summary, None
    try:
        described = schema.model_json_schema()
        value = _value(described, described.get("$defs", {}), "", summary, brief, 0)
        parsed = schema.model_validate(value)
        return str(parsed.model_dump_json()), parsed
    except Exception:  # whatever a schema's own validators raise: there is no honest answer then
        return summary, None


def _value(
    node: dict[str, Any], defs: dict[str, Any], name: str, summary: str, brief: Brief, depth: int
) -> Any:
    if depth > 6:
        return None
    if "$ref" in node:
        return _value(
            defs.get(node["$ref"].rsplit("/", 1)[-1], {}), defs, name, summary, brief, depth + 1
        )
    if "default" in node and depth:
        return node["default"]
    if "const" in node:
        return node["const"]
    if "enum" in node:
        options = node["enum"]
        mild = [o for o in options if o in {"neutral", "none", "average", "unknown", "other"}]
        return (mild or options)[0]
    for either in ("anyOf", "oneOf"):
        if either in node:
            options = node[either]
            if any(o.get("type") == "null" for o in options):
                return None
            return _value(options[0], defs, name, summary, brief, depth + 1)
    if "allOf" in node:
        return _value(node["allOf"][0], defs, name, summary, brief, depth + 1)
    return _plain(node, defs, name, summary, brief, depth)


def _plain(
    node: dict[str, Any], defs: dict[str, Any], name: str, summary: str, brief: Brief, depth: int
) -> Any:
    kind = node.get("type")
    if kind == "object":
        wanted = node.get("properties", {})
        needed = node.get("required", [])
        return {
            k: _value(v, defs, k, summary, brief, depth + 1)
            for k, v in wanted.items()
            if k in needed
        }
    if kind == "array":
        least = int(node.get("minItems", 0))
        return [
            _value(node.get("items", {}), defs, name, summary, brief, depth + 1)
            for _ in range(least)
        ]
    if kind == "boolean":
        return False
    if kind in {"integer", "number"}:
        low = node.get("minimum", node.get("exclusiveMinimum", 0))
        high = node.get("maximum", low)
        step = 1 if kind == "integer" else 0.01
        value = max(low, min(0, high)) if low <= 0 else low
        return (
            value + step
            if "exclusiveMinimum" in node and value <= node["exclusiveMinimum"]
            else value
        )
    if kind == "null":
        return None
    text = brief.speaker if "name" in name or "speaker" in name else summary
    text = text[: int(node.get("maxLength", 2000))]
    return text.ljust(int(node.get("minLength", 0)), ".")
