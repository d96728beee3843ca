from audit.models.action import AdminAction
from audit.models.alert import Alert, HealthCheck
from audit.models.budget import Budget, BudgetHold, BudgetSpend
from audit.models.chain import ChainLink
from audit.models.configuration import SystemConfiguration
from audit.models.deadletter import DeadLetter
from audit.models.endpoint import EndpointState
from audit.models.file_operation import FileOperation
from audit.models.lesson import ServerLesson
from audit.models.llmcall import LLMCall
from audit.models.metric import MetricRollup, PerformanceMetric
from audit.models.security import SecurityEvent, SecurityEventType, Severity

__all__ = [
    "AdminAction",
    "Alert",
    "Budget",
    "BudgetHold",
    "BudgetSpend",
    "ChainLink",
    "DeadLetter",
    "EndpointState",
    "FileOperation",
    "HealthCheck",
    "LLMCall",
    "MetricRollup",
    "PerformanceMetric",
    "SecurityEvent",
    "SecurityEventType",
    "ServerLesson",
    "Severity",
    "SystemConfiguration",
]
