"""The keepers' pages on what is remembered."""

from memories.admin.embedding_model import EmbeddingModelAdmin

__all__ = ["EmbeddingModelAdmin"]
