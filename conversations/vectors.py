"""Vectors of what is said, had where they can be had: an embedding server that is down stops no
talk. A message without its vector counts as near to nothing, is found by its words meanwhile, and
gets the vector at a later look at its room."""

from __future__ import annotations

from memories.embedding.embedding import embed_if_possible, forget_rest, if_possible

__all__ = ["embed_if_possible", "forget_rest", "if_possible"]
