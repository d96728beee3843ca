from characters.models.character import Character
from characters.models.creation import Contribution, CreativeProject, ProjectMember
from characters.models.interest import Interest, KnowledgeArea
from characters.models.people import Community, Membership, Person, PersonPreference
from characters.models.persona import (
    FormativeMemory,
    Goal,
    MaterialUse,
    Persona,
    SpeechStyle,
    Trigger,
)
from characters.models.relationship import Relationship, RelationshipEvent
from characters.models.state import CharacterState, MoodChange
from characters.models.workspace import WorkspaceFile, WorkspaceFileVersion

__all__ = [
    "Character",
    "CharacterState",
    "Community",
    "Contribution",
    "CreativeProject",
    "FormativeMemory",
    "Goal",
    "Interest",
    "KnowledgeArea",
    "MaterialUse",
    "Membership",
    "MoodChange",
    "Person",
    "PersonPreference",
    "Persona",
    "ProjectMember",
    "Relationship",
    "RelationshipEvent",
    "SpeechStyle",
    "Trigger",
    "WorkspaceFile",
    "WorkspaceFileVersion",
]
