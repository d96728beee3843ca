from conversations.models.analytics import ConversationAnalytics, TopicTransition
from conversations.models.care import Agreement, CareNotice, Reliance
from conversations.models.channel import Channel, Scenario, ScenarioVersion
from conversations.models.commands import RegisteredCommands
from conversations.models.conversation import Conversation, ConversationContext, Participant
from conversations.models.event import ScheduledEvent
from conversations.models.message import (
    MAX_CONTENT,
    Delivery,
    DeliveryPart,
    Message,
    MessageEdit,
    Reaction,
)
from conversations.models.moderation import ModerationCase, ModerationRule
from conversations.models.society import CommunityHealth, Proposal, ProposalVote
from conversations.models.tooluse import ToolUse
from conversations.models.turn import Turn, TurnMemory

__all__ = [
    "MAX_CONTENT",
    "Agreement",
    "CareNotice",
    "Channel",
    "CommunityHealth",
    "Conversation",
    "ConversationAnalytics",
    "ConversationContext",
    "Delivery",
    "DeliveryPart",
    "Message",
    "MessageEdit",
    "ModerationCase",
    "ModerationRule",
    "Participant",
    "Proposal",
    "ProposalVote",
    "Reaction",
    "RegisteredCommands",
    "Reliance",
    "Scenario",
    "ScenarioVersion",
    "ScheduledEvent",
    "ToolUse",
    "TopicTransition",
    "Turn",
    "TurnMemory",
]
