from memories.models.embedding_model import EmbeddingModel

__all__ = ["EmbeddingModel"]
