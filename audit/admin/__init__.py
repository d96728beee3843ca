"""The keepers' pages on what was done, what it cost, and how it is all set."""

from audit.admin import portrait, recording
from audit.admin.accounts import AccountAdmin, RoleAdmin
from audit.admin.budget import BudgetAdmin, BudgetHoldAdmin, BudgetSpendAdmin
from audit.admin.configuration import SystemConfigurationAdmin
from audit.admin.deadletter import DeadLetterAdmin
from audit.admin.file_operation import FileOperationAdmin
from audit.admin.health import (
    AlertAdmin,
    HealthCheckAdmin,
    MetricRollupAdmin,
    PerformanceMetricAdmin,
)
from audit.admin.llmcall import EndpointStateAdmin, LLMCallAdmin, ServerLessonAdmin
from audit.admin.secondfactor import SecondFactorAdmin
from audit.admin.security import SecurityEventAdmin
from audit.admin.trail import AdminActionAdmin, ChainLinkAdmin, LogEntryAdmin

__all__ = [
    "AccountAdmin",
    "AdminActionAdmin",
    "AlertAdmin",
    "BudgetAdmin",
    "BudgetHoldAdmin",
    "BudgetSpendAdmin",
    "ChainLinkAdmin",
    "DeadLetterAdmin",
    "EndpointStateAdmin",
    "FileOperationAdmin",
    "HealthCheckAdmin",
    "LLMCallAdmin",
    "LogEntryAdmin",
    "MetricRollupAdmin",
    "PerformanceMetricAdmin",
    "RoleAdmin",
    "SecondFactorAdmin",
    "SecurityEventAdmin",
    "ServerLessonAdmin",
    "SystemConfigurationAdmin",
    "portrait",
    "recording",
]
