from __future__ import annotations

from django.contrib import admin

from audit.models import Budget, BudgetSpend
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
