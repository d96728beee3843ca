"""Pages of acts: a few fields, a button, and what came of it in a sentence.

A page names what it asks (`form_class`), who may (`permission`) and what it does (`act`). Bad input
comes back beside the field that it is about. Looking at a page changes nothing: acts are posted.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import FormView


class ActRefused(Exception):
    """What was asked can't be done. `field` names what is wrong, if it is one of the form's; the
    text says how to mend it."""

    def __init__(self, remedy: str, field: str = "") -> None:
        super().__init__(remedy)
        self.field = field


class Nothing(forms.Form):
    """An act that asks nothing but to be meant."""


class ActPage(FormView[forms.Form]):
    """One act. `model` is set where it is done to a row, whose key stands in the address; `beside`
    where the list of a model's rows should have its button too."""

    template_name = "admin/act.html"
    form_class: type[forms.Form] = Nothing
    title: ClassVar[str]
    about: ClassVar[str] = ""
    button: ClassVar[str] = "Do it"
    permission: ClassVar[str]
    model: ClassVar[type[Model] | None] = None
    beside: ClassVar[type[Model] | None] = None
    row: Any = None

    @staticmethod
    def fits(row: Any) -> bool:
        """Whether the act makes sense for a row as it is."""
        return True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only who may."""
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        if self.model is not None:
            self.row = get_object_or_404(self.model, pk=kwargs["object_id"])
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> str:
        """Do it, and say what came of it.

        Raises:
            ActRefused: it can't be done.
        """
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do it; what is refused comes back as an error of its field."""
        try:
            said = self.act(form)
        except ActRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, said)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Back to where one looks: the row's page, or the desk."""
        if self.row is None:
            return reverse("admin:index")
        meta = self.row._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[self.row.pk])

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """What every page of the desk has, and the act's own words."""
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title=self.title,
            about=self.about,
            button=self.button,
            row=self.row,
            back=self.get_success_url(),
            **given,
        )
