from characters.models.character import Character
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

__all__ = [
    "Character",
    "CharacterState",
    "Community",
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
    "Relationship",
    "RelationshipEvent",
    "SpeechStyle",
    "Trigger",
]
