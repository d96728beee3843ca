from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.configuration.budgeting import set_limits
from audit.configuration.places import Place
from audit.models import Budget, BudgetHold, BudgetSpend
from characters.admin.lists import HouseAdmin, ReadOnlyAdmin


@admin.register(Budget)
class BudgetAdmin(HouseAdmin[Budget]):
    icon = "savings"
    shelf = "costs"
    list_display = ["scope", "character", "community", "period", "limit_tokens", "limit_usd"]
    list_filter = ["scope", "period"]
    search_fields = ["character__name", "community__name", "scope"]
    list_select_related = ["character", "community"]
    autocomplete_fields = ["character", "community"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whose a budget is, and for how long, is what it is: another is another budget."""
        return ["scope", "community", "character", "period"] if obj else []

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        """Set the limits as versions of settings; `obj` then stands for the row they become."""
        set_limits(
            _place(obj),
            obj.period,
            tokens=obj.limit_tokens,
            usd=obj.limit_usd,
            user=request.user,
        )
        same = Budget.objects.filter(
            scope=obj.scope, community=obj.community, character=obj.character, period=obj.period
        )
        row = same.first()
        if row is None:  # of no limits at all: it limits nothing, and counts
            super().save_model(request, obj, form, change)
        else:
            obj.pk = row.pk

    def delete_model(self, request: HttpRequest, obj: Budget) -> None:
        """Let go of the limits, and of the row."""
        set_limits(_place(obj), obj.period, tokens=None, usd=None, user=request.user)
        Budget.objects.filter(pk=obj.pk).delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Budget]) -> None:
        """Each of them by itself."""
        for budget in queryset:
            self.delete_model(request, budget)


def _place(budget: Budget) -> Place:
    return Place(budget.scope, budget.character_id or budget.community_id)


@admin.register(BudgetSpend)
class BudgetSpendAdmin(ReadOnlyAdmin[BudgetSpend]):
    icon = "payments"
    dated = "period_start"
    shelf = "costs"
    list_display = ["period_start", "of", "tokens", "usd"]
    list_filter = ["budget__scope", "budget__period"]
    search_fields = ["budget__character__name", "budget__community__name"]
    list_select_related = ["budget__character", "budget__community"]
    ordering = ["-period_start"]

    @admin.display(description="budget", ordering="budget")
    def of(self, spend: BudgetSpend) -> str:
        """The budget, and whose it is."""
        whose = spend.budget.character or spend.budget.community or "the deployment"
        return f"{whose}, a {spend.budget.period}"


@admin.register(BudgetHold)
class BudgetHoldAdmin(ReadOnlyAdmin[BudgetHold]):
    icon = "hourglass_top"
    dated = "held_at"
    shelf = "costs"
    list_display = ["held_at", "tokens", "usd"]
    fields = ["held_at", "tokens", "usd"]
    search_fields = ["=tokens"]
    search_help_text = "A number of tokens."
