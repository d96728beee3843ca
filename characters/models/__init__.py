from characters.models.card import CardSource
from characters.models.change import CharacterVersion, SelfModification
from characters.models.character import Character
from characters.models.communication import CommunicationStyle
from characters.models.creation import Contribution, CreativeProject, ProjectMember
from characters.models.emotion import EmotionBaseline, EmotionLevel
from characters.models.insight import Insight, InsightLink, LearningEvent
from characters.models.interest import Interest, KnowledgeArea
from characters.models.opinion import FORMED_AFTER, Opinion, OpinionEvidence
from characters.models.people import Community, Membership, Person, PersonPreference
from characters.models.persona import (
    FormativeMemory,
    Goal,
    MaterialUse,
    Persona,
    SpeechStyle,
    Trigger,
)
from characters.models.reflection import Reflection
from characters.models.relationship import Relationship, RelationshipEvent
from characters.models.state import CharacterState, MoodChange
from characters.models.workspace import WorkspaceFile, WorkspaceFileVersion

__all__ = [
    "FORMED_AFTER",
    "CardSource",
    "Character",
    "CharacterState",
    "CharacterVersion",
    "CommunicationStyle",
    "Community",
    "Contribution",
    "CreativeProject",
    "EmotionBaseline",
    "EmotionLevel",
    "FormativeMemory",
    "Goal",
    "Insight",
    "InsightLink",
    "Interest",
    "KnowledgeArea",
    "LearningEvent",
    "MaterialUse",
    "Membership",
    "MoodChange",
    "Opinion",
    "OpinionEvidence",
    "Person",
    "PersonPreference",
    "Persona",
    "ProjectMember",
    "Reflection",
    "Relationship",
    "RelationshipEvent",
    "SelfModification",
    "SpeechStyle",
    "Trigger",
    "WorkspaceFile",
    "WorkspaceFileVersion",
]
