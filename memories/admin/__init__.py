"""The keepers' pages on what is remembered."""

from memories.admin import caches, portrait, reflecting
from memories.admin.embedding_model import EmbeddingModelAdmin
from memories.admin.insight import InsightAdmin, InsightLinkAdmin
from memories.admin.knowledge import (
    EntityAdmin,
    EntityAliasAdmin,
    EntityMentionAdmin,
    EntityRelationAdmin,
    FactAssociationAdmin,
    PersonFactAdmin,
    ScratchpadEntryAdmin,
)
from memories.admin.lineage import (
    DerivationAdmin,
    MemoryLinkAdmin,
    MemoryRevisionAdmin,
    MemoryShareAdmin,
)
from memories.admin.lore import LoreChunkAdmin, LoreDocumentAdmin
from memories.admin.memory import MemoryAdmin
from memories.admin.runs import (
    CacheStatisticAdmin,
    ConsolidationRunAdmin,
    ContagionAdmin,
    ErasureReceiptAdmin,
    HygieneFindingAdmin,
    HygieneRunAdmin,
    WaitingVectorAdmin,
)

__all__ = [
    "CacheStatisticAdmin",
    "ConsolidationRunAdmin",
    "ContagionAdmin",
    "DerivationAdmin",
    "EmbeddingModelAdmin",
    "EntityAdmin",
    "EntityAliasAdmin",
    "EntityMentionAdmin",
    "EntityRelationAdmin",
    "ErasureReceiptAdmin",
    "FactAssociationAdmin",
    "HygieneFindingAdmin",
    "HygieneRunAdmin",
    "InsightAdmin",
    "InsightLinkAdmin",
    "LoreChunkAdmin",
    "LoreDocumentAdmin",
    "MemoryAdmin",
    "MemoryLinkAdmin",
    "MemoryRevisionAdmin",
    "MemoryShareAdmin",
    "PersonFactAdmin",
    "ScratchpadEntryAdmin",
    "WaitingVectorAdmin",
    "caches",
    "portrait",
    "reflecting",
]
