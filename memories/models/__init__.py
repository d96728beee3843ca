from memories.models.cache_statistic import CacheStatistic
from memories.models.embedding_model import EmbeddingModel
from memories.models.embedding_waiting import WaitingVector
from memories.models.entity import Entity, EntityAlias, EntityMention, EntityRelation
from memories.models.fact import FactAssociation, PersonFact
from memories.models.lineage import (
    MAX_AUTOMATIC_LINKS,
    Derivation,
    MemoryLink,
    MemoryRevision,
    RevisionReason,
)
from memories.models.lore import LoreChunk, LoreDocument
from memories.models.memory import (
    REQUIRED_TRUST,
    Memory,
    MemoryKind,
    Provenance,
    Tier,
    Visibility,
)
from memories.models.runs import (
    ConsolidationRun,
    Contagion,
    ErasureReceipt,
    HygieneFinding,
    HygieneRun,
)
from memories.models.scratchpad import ScratchpadEntry
from memories.models.share import MemoryShare

__all__ = [
    "MAX_AUTOMATIC_LINKS",
    "REQUIRED_TRUST",
    "CacheStatistic",
    "ConsolidationRun",
    "Contagion",
    "Derivation",
    "EmbeddingModel",
    "Entity",
    "EntityAlias",
    "EntityMention",
    "EntityRelation",
    "ErasureReceipt",
    "FactAssociation",
    "HygieneFinding",
    "HygieneRun",
    "LoreChunk",
    "LoreDocument",
    "Memory",
    "MemoryKind",
    "MemoryLink",
    "MemoryRevision",
    "MemoryShare",
    "PersonFact",
    "Provenance",
    "RevisionReason",
    "ScratchpadEntry",
    "Tier",
    "Visibility",
    "WaitingVector",
]
