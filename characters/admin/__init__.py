"""The keepers' pages on who exists."""

from characters.admin import portrait
from characters.admin.belongings import (
    FormativeMemoryAdmin,
    GoalAdmin,
    InterestAdmin,
    KnowledgeAreaAdmin,
    MaterialUseAdmin,
    PersonaAdmin,
    SpeechStyleAdmin,
    TriggerAdmin,
)
from characters.admin.change import (
    CharacterVersionAdmin,
    LearningEventAdmin,
    ReflectionAdmin,
    SelfModificationAdmin,
)
from characters.admin.character import CharacterAdmin
from characters.admin.opinion import CommunicationStyleAdmin, OpinionAdmin, OpinionEvidenceAdmin
from characters.admin.people import (
    CommunityAdmin,
    MembershipAdmin,
    PersonAdmin,
    PersonPreferenceAdmin,
)
from characters.admin.relationship import RelationshipAdmin, RelationshipEventAdmin
from characters.admin.state import (
    CharacterStateAdmin,
    EmotionBaselineAdmin,
    EmotionLevelAdmin,
    MoodChangeAdmin,
)
from characters.admin.workspace import (
    ContributionAdmin,
    ProjectMemberAdmin,
    WorkspaceFileAdmin,
)

__all__ = [
    "CharacterAdmin",
    "CharacterStateAdmin",
    "CharacterVersionAdmin",
    "CommunicationStyleAdmin",
    "CommunityAdmin",
    "ContributionAdmin",
    "EmotionBaselineAdmin",
    "EmotionLevelAdmin",
    "FormativeMemoryAdmin",
    "GoalAdmin",
    "InterestAdmin",
    "KnowledgeAreaAdmin",
    "LearningEventAdmin",
    "MaterialUseAdmin",
    "MembershipAdmin",
    "MoodChangeAdmin",
    "OpinionAdmin",
    "OpinionEvidenceAdmin",
    "PersonAdmin",
    "PersonPreferenceAdmin",
    "PersonaAdmin",
    "ProjectMemberAdmin",
    "ReflectionAdmin",
    "RelationshipAdmin",
    "RelationshipEventAdmin",
    "SelfModificationAdmin",
    "SpeechStyleAdmin",
    "TriggerAdmin",
    "WorkspaceFileAdmin",
    "portrait",
]
