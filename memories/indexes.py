"""An index of its own for whoever remembers much, and what recall reads through it."""

from __future__ import annotations


def index_name(owner_id: int, model_id: int) -> str:
    """What the index of an owner's vectors of a model is called."""
    return f"memory_hnsw_{owner_id}_{model_id}"
