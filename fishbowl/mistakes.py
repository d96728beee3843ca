"""What can be wrong with settings of which each by itself is well-formed: names that are none, and
settings that can't stand together."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fishbowl.environment import Environment

OUR_PREFIXES = ("LLM_", "EMBEDDING_", "MODERATION_", "DISCORD_", "FISHBOWL_")


def unknown(
    process: Mapping[str, str], in_file: Mapping[str, str], known: Mapping[str, Any]
) -> Iterator[str]:
    """Names that are meant for us, or misspelt in the file, and are none of the `known`."""
    ours = {*known, "FISHBOWL_ENV_FILE"}
    for name in sorted({*process, *in_file} - ours):
        near = difflib.get_close_matches(name, ours, n=1, cutoff=0.75)
        if name.startswith(OUR_PREFIXES):
            hint = f"did you mean {near[0]}?" if near else "remove it; .env.example lists them all."
            yield f"{name} isn't a setting of Fishbowl: {hint}"
        elif near and name in in_file:
            yield f"{name} in .env isn't a setting of Fishbowl: did you mean {near[0]}?"


def contradictions(environment: Environment) -> Iterator[str]:
    """Settings that say nothing without another, or against it."""
    if environment.llm_base_url and not environment.llm_model:
        yield "LLM_BASE_URL names a model server, but no model: set LLM_MODEL too."
    if environment.llm_fallbacks and not environment.llm_model:
        yield "LLM_FALLBACKS is set, but there is no first server: set LLM_MODEL too."
    on_server = environment.embedding_provider == "server"
    if on_server and not environment.embedding_base_url:
        yield "EMBEDDING_PROVIDER is server: set EMBEDDING_BASE_URL too."
    if environment.embedding_base_url and not on_server:
        yield "EMBEDDING_BASE_URL is set: set EMBEDDING_PROVIDER=server too."
