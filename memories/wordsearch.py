"""Keepers' search in an index of words: words, "a phrase", or -without, in any script."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

_PART = re.compile(r'-?"[^"]*"?|\S+')  # a phrase or a word, with the sign before it


class _Asked(SearchQuery):
    """What a text asks for as one of our own functions reads it."""

    def __init__(self, said: str, way: str) -> None:
        super().__init__(said)
        self.function = way


def searched(rows: QuerySet[Any], term: str, *, has_places: bool) -> QuerySet[Any]:
    """Those of the rows whose column `search` holds what was asked for. `has_places` is whether the
    column knows where in a text a word stands; else a phrase is looked for in the `content` of
    those that hold its words."""
    plain = []
    for part in _PART.findall(term):
        is_without, said = part.startswith("-"), part.removeprefix("-").strip('"')
        is_phrase = '"' in part and len(said.split()) > 1
        if part.isascii() and (has_places or not is_phrase):
            plain.append(part)
            continue
        way = "memories_phrase" if has_places else "memories_holding"
        meant: dict[str, Any] = {"search": _Asked(said, way)}
        if is_phrase and not has_places:
            meant["content__icontains"] = said
        rows = rows.exclude(**meant) if is_without else rows.filter(**meant)
    if plain:
        query = SearchQuery(" ".join(plain), search_type="websearch", config="english")
        rows = rows.filter(search=query)
    return rows
