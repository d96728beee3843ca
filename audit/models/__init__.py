from audit.models.budget import Budget, BudgetSpend
from audit.models.configuration import SystemConfiguration
from audit.models.deadletter import DeadLetter
from audit.models.endpoint import EndpointState
from audit.models.file_operation import FileOperation
from audit.models.llmcall import LLMCall

__all__ = [
    "Budget",
    "BudgetSpend",
    "DeadLetter",
    "EndpointState",
    "FileOperation",
    "LLMCall",
    "SystemConfiguration",
]
