from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.models import Alert, HealthCheck, MetricRollup, PerformanceMetric
from audit.operation import alerts
from characters.admin.lists import ReadOnlyAdmin
from characters.admin.waiting import waits_for_keeper

waits_for_keeper(
    "Open alerts",
    Alert,
    {"closed_at__isnull": True, "acknowledged_at__isnull": True},
    icon="notifications",
    is_urgent=True,
)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin[Alert]):
    """What keepers should know of, for as long as it lasts."""

    icon = "notifications"
    list_display = ["opened_at", "severity", "rule", "detail", "closed_at", "acknowledged_by"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "severity", "rule"]
    search_fields = ["rule", "subject", "detail"]
    list_select_related = ["acknowledged_by"]
    ordering = ["-opened_at"]
    actions = ["acknowledge"]

    def has_acknowledge_permission(self, request: HttpRequest) -> bool:
        """Who may change alerts may say that they know."""
        return request.user.has_perm("audit.change_alert")

    @admin.action(description="I know of the selected alerts", permissions=["acknowledge"])
    def acknowledge(self, request: HttpRequest, rows: QuerySet[Alert]) -> None:
        """Note that this keeper knows."""
        count = sum(alerts.acknowledge(alert, request.user) for alert in rows)
        self.message_user(request, f"{count} acknowledged.", messages.SUCCESS)


@admin.register(HealthCheck)
class HealthCheckAdmin(ReadOnlyAdmin[HealthCheck]):
    icon = "monitor_heart"
    list_display = ["component", "status", "since", "checked_at", "detail"]
    list_filter = ["status", "component"]
    search_fields = ["component", "detail"]
    ordering = ["-checked_at"]


@admin.register(PerformanceMetric)
class PerformanceMetricAdmin(ReadOnlyAdmin[PerformanceMetric]):
    icon = "speed"
    shelf = "costs"
    list_display = ["recorded_at", "metric_name", "metric_value", "unit", "labels"]
    list_filter = ["unit"]
    search_fields = ["=metric_name"]
    search_help_text = "The name of a metric."
    ordering = ["-recorded_at"]


@admin.register(MetricRollup)
class MetricRollupAdmin(ReadOnlyAdmin[MetricRollup]):
    icon = "query_stats"
    shelf = "costs"
    list_display = ["hour", "metric_name", "labels", "count", "total", "median", "p95", "unit"]
    list_filter = ["unit"]
    search_fields = ["=metric_name"]
    search_help_text = "The name of a metric."
    ordering = ["-hour"]
