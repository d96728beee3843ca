from __future__ import annotations

from django.contrib import admin

from audit.models import EndpointState, LLMCall
from characters.admin.lists import ReadOnlyAdmin, as_json


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


@admin.register(EndpointState)
class EndpointStateAdmin(ReadOnlyAdmin[EndpointState]):
    icon = "dns"
    shelf = "costs"
    list_display = ["name", "failures", "opened_until", "last_success_at", "last_error"]
    search_fields = ["name", "last_error"]
    ordering = ["name"]
