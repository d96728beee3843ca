from audit.models.action import AdminAction
from audit.models.budget import Budget, BudgetSpend
from audit.models.chain import ChainLink
from audit.models.configuration import SystemConfiguration
from audit.models.deadletter import DeadLetter
from audit.models.endpoint import EndpointState
from audit.models.file_operation import FileOperation
from audit.models.llmcall import LLMCall
from audit.models.security import SecurityEvent, SecurityEventType, Severity

__all__ = [
    "AdminAction",
    "Budget",
    "BudgetSpend",
    "ChainLink",
    "DeadLetter",
    "EndpointState",
    "FileOperation",
    "LLMCall",
    "SecurityEvent",
    "SecurityEventType",
    "Severity",
    "SystemConfiguration",
]
