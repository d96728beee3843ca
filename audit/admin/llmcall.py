from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from audit.admin import figures
from audit.models import EndpointState, LLMCall, ServerLesson
from characters.admin.lists import HouseAdmin, ReadOnlyAdmin, as_json
from fishbowl.llm.learned import LESSONS


@admin.register(LLMCall)
class LLMCallAdmin(ReadOnlyAdmin[LLMCall]):
    icon = "call_made"
    dated = "started_at"
    shelf = "costs"
    list_display = [
        "started_at",
        "purpose",
        "character",
        "provider",
        "model",
        "status",
        "attempt",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
        "latency_ms",
    ]
    list_filter = ["status", "purpose", "provider", "character"]
    search_fields = ["model", "provider", "error", "character__name"]
    list_select_related = ["character"]
    heavy = ["request", "response"]
    fields = [
        ("purpose", "status", "attempt"),
        ("provider", "model"),
        ("character", "conversation"),
        ("prompt_tokens", "completion_tokens", "cached_tokens"),
        ("cost_usd", "latency_ms", "started_at"),
        "error",
        "response",
        "asked",
    ]
    readonly_fields = ["asked"]
    asked = as_json("request")

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: what the calls cost, and how well they go."""
        guard = self.admin_site.admin_view
        return [
            path("costs/", guard(self.costs_page), name="audit_costs"),
            path("performance/", guard(self.performance_page), name="audit_performance"),
            *super().get_urls(),
        ]

    def costs_page(self, request: HttpRequest) -> HttpResponse:
        """Spend by day, purpose, model, character and community; budgets; what a month costs."""
        return figures.costs_page(self, request)

    def performance_page(self, request: HttpRequest) -> HttpResponse:
        """Latency, errors, tokens, hit rates, queues, health and alerts."""
        return figures.performance_page(self, request)


@admin.register(EndpointState)
class EndpointStateAdmin(ReadOnlyAdmin[EndpointState]):
    icon = "dns"
    shelf = "costs"
    list_display = ["name", "failures", "opened_until", "last_success_at", "last_error"]
    search_fields = ["name", "last_error"]
    ordering = ["name"]


@admin.register(ServerLesson)
class ServerLessonAdmin(HouseAdmin[ServerLesson]):
    """How model servers want to be spoken to, learned from what they refused. What is deleted here
    is asked of the server anew, with the next call."""

    icon = "school"
    shelf = "costs"
    list_display = ["learned_at", "server", "model", "what", "refusal"]
    list_filter = ["server", "lesson"]
    search_fields = ["server", "model", "refusal"]
    readonly_fields = ["what"]
    ordering = ["-learned_at"]
    fields = [("server", "model"), "what", "refusal", "learned_at"]

    @admin.display(description="what was learned", ordering="lesson")
    def what(self, row: ServerLesson) -> str:
        """The lesson, in words."""
        return LESSONS[row.lesson]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
