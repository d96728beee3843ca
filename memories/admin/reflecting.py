"""Having a character think things over now, though it isn't due."""

from __future__ import annotations

from django import forms

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from audit.trail.actions import record_action
from characters.admin.acts import offer
from characters.admin.pages import ActPage, ActRefused
from characters.models import Character
from memories.reflection.claims import ReflectionRefused
from memories.reflection.thinking import reflect


class Reflect(ActPage):
    """A reflection that a keeper asks for."""

    model = Character
    title = "Have it reflect"
    about = (
        "It thinks over what it lived through since it last did, and may come to insights, goals "
        "and changes of itself. With a model this takes a while, and is booked as any call."
    )
    button = "Reflect now"
    permission = "characters.change_character"

    @staticmethod
    def fits(row: Character) -> bool:
        return row.status == Character.Status.ACTIVE and not row.is_template

    def act(self, form: forms.Form) -> str:
        try:
            made = reflect(self.row.pk, forced=True)
        except (ReflectionRefused, BudgetExhausted, ledger.NoVoice) as why:
            raise ActRefused(str(why)) from why
        if made is None:
            raise ActRefused("There is nothing to think over, or a colleague has just asked.")
        found = made.insights.count()
        record_action("character.reflect", made, changes={"insights": found}, request=self.request)
        return f"{self.row} has thought things over: {found} new insights. {made.note}".strip()


offer("reflect", Reflect, icon="self_improvement")
