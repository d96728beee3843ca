"""The offline voice: speaks from persona, memories and the last lines, with no model at all."""

from fishbowl.llm.offline.hearing import Similarity
from fishbowl.llm.offline.voice import MODEL, PROVIDER, OfflineVoice

__all__ = ["MODEL", "PROVIDER", "OfflineVoice", "Similarity"]
