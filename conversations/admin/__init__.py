"""The keepers' pages on what is said."""

from conversations.admin import dashboard, doing, making, portrait
from conversations.admin.analytics import ConversationAnalyticsAdmin, TopicTransitionAdmin
from conversations.admin.cards import CardSourceAdmin
from conversations.admin.care import AgreementAdmin, CareNoticeAdmin, RelianceAdmin
from conversations.admin.channel import ChannelAdmin, ScenarioAdmin, ScenarioVersionAdmin
from conversations.admin.character import KnownCharacterAdmin
from conversations.admin.commands import RegisteredCommandsAdmin
from conversations.admin.conversation import (
    ConversationAdmin,
    ConversationContextAdmin,
    ParticipantAdmin,
)
from conversations.admin.event import ScheduledEventAdmin
from conversations.admin.message import (
    DeliveryAdmin,
    DeliveryPartAdmin,
    MessageAdmin,
    MessageEditAdmin,
    ReactionAdmin,
)
from conversations.admin.moderation import ModerationCaseAdmin, ModerationRuleAdmin
from conversations.admin.people import KnownPersonAdmin
from conversations.admin.society import (
    CommunityHealthAdmin,
    ProposalAdmin,
    ProposalVoteAdmin,
)
from conversations.admin.turn import ToolUseAdmin, TurnAdmin, TurnMemoryAdmin
from conversations.admin.writings import CreativeProjectAdmin, WorkspaceFileVersionAdmin

__all__ = [
    "AgreementAdmin",
    "CardSourceAdmin",
    "CareNoticeAdmin",
    "ChannelAdmin",
    "CommunityHealthAdmin",
    "ConversationAdmin",
    "ConversationAnalyticsAdmin",
    "ConversationContextAdmin",
    "CreativeProjectAdmin",
    "DeliveryAdmin",
    "DeliveryPartAdmin",
    "KnownCharacterAdmin",
    "KnownPersonAdmin",
    "MessageAdmin",
    "MessageEditAdmin",
    "ModerationCaseAdmin",
    "ModerationRuleAdmin",
    "ParticipantAdmin",
    "ProposalAdmin",
    "ProposalVoteAdmin",
    "ReactionAdmin",
    "RegisteredCommandsAdmin",
    "RelianceAdmin",
    "ScenarioAdmin",
    "ScenarioVersionAdmin",
    "ScheduledEventAdmin",
    "ToolUseAdmin",
    "TopicTransitionAdmin",
    "TurnAdmin",
    "TurnMemoryAdmin",
    "WorkspaceFileVersionAdmin",
    "dashboard",
    "doing",
    "making",
    "portrait",
]
