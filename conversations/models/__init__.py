from conversations.models.channel import Channel, Scenario
from conversations.models.conversation import Conversation, ConversationContext, Participant
from conversations.models.event import ScheduledEvent
from conversations.models.message import MAX_CONTENT, Delivery, Message, Reaction
from conversations.models.turn import Turn, TurnMemory

__all__ = [
    "MAX_CONTENT",
    "Channel",
    "Conversation",
    "ConversationContext",
    "Delivery",
    "Message",
    "Participant",
    "Reaction",
    "Scenario",
    "ScheduledEvent",
    "Turn",
    "TurnMemory",
]
