"""How the keepers' lists behave: no counting of huge tables, no vectors, history is only read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import GeneratedField, Model, QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from pgvector.django import HalfVectorField
from unfold.widgets import UnfoldAdminTextareaWidget

from characters.admin.acts import acts_beside, acts_on
from characters.admin.choosing import KeySelect
from characters.admin.dates import by_date
from characters.admin.paging import EstimatingPaginator, PagedList
from characters.admin.searching import is_searchable, search
from characters.admin.tabs import tabs_of
from characters.admin.values import estimated_rows
from characters.models.naming import needed_names
from fishbowl.among import delete_row, what_goes_with
from fishbowl.overrides import check_storable, is_storable

if TYPE_CHECKING:  # the theme's classes are Django's, and have no types of their own
    from django.contrib.admin import ModelAdmin as ThemedAdmin
    from django.contrib.admin import StackedInline as StackedInline
    from django.contrib.admin import TabularInline as TabularInline
else:
    from unfold.admin import ModelAdmin as ThemedAdmin
    from unfold.admin import StackedInline, TabularInline  # noqa: F401

M = TypeVar("M", bound=Model)

ANY_ORDER_UP_TO = 50_000  # rows that are sorted by whatever column is asked for

# Who else writes down what an action of a list does to rows.
_recorders: list[Callable[[HttpRequest, Sequence[Model], str], object]] = []


def record_with(tell: Callable[[HttpRequest, Sequence[Model], str], object]) -> None:
    """Have `tell` hear of every action of a list: the audit does, which this app doesn't know."""
    _recorders.append(tell)


def quickly_ordered(model: type[Model]) -> set[str]:
    """The columns that an index has in their order: of a large table nothing else is sorted by. A
    relation is none of them: it is sorted by what the other row says."""
    fields = [field for field in model._meta.concrete_fields if not field.is_relation]
    found = {field.name for field in fields if field.unique or getattr(field, "db_index", False)}
    for index in model._meta.indexes:
        names = [name.lstrip("-") for name in index.fields]
        if names and names[1:] in ([], ["id"]) and not index.condition:
            found.add(names[0])
    return found


def machine_columns(model: type[Model]) -> list[str]:
    """Columns that machines read and people never: vectors and generated ones."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, HalfVectorField | SearchVectorField | GeneratedField)
    ]


class FigureField(forms.FloatField):
    """A number, shown without the noise of its last places."""

    def prepare_value(self, value: Any) -> Any:
        return round(value, 4) if isinstance(value, float) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class LinesField(forms.CharField):
    """A list of texts, one a line: a comma is part of a text here. `longest` is how many letters a
    line may have; of a column's list the column says so."""

    widget = UnfoldAdminTextareaWidget

    def __init__(
        self,
        *,
        base_field: Any = None,
        max_length: Any = None,
        longest: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if not all(is_storable(line) for line in value):
            raise forms.ValidationError("No line may hold the character NUL.")
        for line in value if self.longest else ():
            if len(line) > (self.longest or 0):
                raise forms.ValidationError(
                    f"“{line[:30]}…” has {len(line):,} letters; a line may have {self.longest}: "
                    "shorten it, or part it into several."
                )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class JsonField(forms.JSONField):
    """JSON that a row can hold, of the kind that a new row has there, which is what stands there
    when the field is left empty."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value.strip() if isinstance(value, str) else value)
        except (RecursionError, ValueError):  # nested too deeply, or a number of a thousand digits
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value[:100]}
            ) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            found = super().bound_data(data, initial)
            check_storable("This", found)
        except (RecursionError, ValueError):  # it stays in its field as it was written
            return InvalidJSONInput(data)
        return found

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if not callable(self.initial):  # whoever has such a column looks at it
            return found
        try:
            check_storable("This", found)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        empty = self.initial()
        if found is None:
            return empty
        if not isinstance(found, type(empty)):
            like = '{"name": "value"}' if isinstance(empty, dict) else '["one", "two"]'
            raise forms.ValidationError(f"This must be written as {like}, or left empty.")
        return found


# How columns of these kinds are edited, wherever they stand: a list one text a line.
OWN_FIELDS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    ArrayField: {"form_class": LinesField, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 5})},
    models.JSONField: {"form_class": JsonField},
}


class HouseAdmin(ThemedAdmin[M]):
    """What all of ours have in common. `heavy` names columns that lists don't fetch; `icon` and
    `shelf` say what the side bar shows and where (`fishbowl.desk.SHELVES`); `dated` names the time
    that its list can be drilled down by."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count a whole table
    change_form_outer_before_template = "admin/_row_acts.html"
    list_before_template = "admin/_list_acts.html"
    list_per_page = 50
    list_max_show_all = 200
    formfield_overrides = {
        **OWN_FIELDS,
        models.FloatField: {"form_class": FigureField},
        models.URLField: {"assume_scheme": "https"},
    }
    heavy: Sequence[str] = ()
    icon = "circle"
    shelf = ""
    dated = ""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Found by name, it takes anything and says what it can't be."""
        if db_field.name in self.get_autocomplete_fields(request):
            using = kwargs.get("using")
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site, using=using))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The page's own filters, after the one by date."""
        filters = list(super().get_list_filter(request))
        return [by_date(self.dated), *filters] if self.dated else filters

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """What the page says, and what the names in its columns need."""
        said = super().get_list_select_related(request)
        if said is True or not (names := needed_names(self.model, self.get_list_display(request))):
            return said
        return [*(said or ()), *names]

    def get_ordering(self, request: HttpRequest) -> Any:
        """The page's own order; that of time, when a time is asked for."""
        if self.dated and f"on_{self.dated}" in request.GET:
            return [f"-{self.dated}", "-pk"]
        return super().get_ordering(request)

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Any column; of a large table those that an index keeps in order."""
        columns = super().get_sortable_by(request)
        if estimated_rows(self.model) <= ANY_ORDER_UP_TO:
            return columns
        quick = quickly_ordered(self.model)
        return [one for one in columns if one in quick or self._orders_by(one) in quick]

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[Any]:
        """Lists whose rows come by their keys."""
        return PagedList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        """Rows in which all the words stand; a large table isn't read whole for them."""
        fields = list(self.get_search_fields(request))
        is_large = estimated_rows(self.model) > ANY_ORDER_UP_TO
        if not search_term or not is_large or not is_searchable(self.model, fields):
            return super().get_search_results(request, queryset, search_term)
        time = self.dated if self.dated and f"on_{self.dated}" in request.GET else ""
        return search(queryset, fields, search_term, time), False

    def _orders_by(self, column: Any) -> str:
        shown = getattr(self, column, None) if isinstance(column, str) else column
        return str(getattr(shown, "admin_order_field", "") or "").lstrip("-")

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Rows without what nobody reads, nor, in lists, what is long."""
        rows = super().get_queryset(request).defer(*machine_columns(self.model))
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        if not is_list and (names := needed_names(self.model)):
            rows = rows.select_related(*names)
        return rows.defer(*self.heavy) if is_list and self.heavy else rows

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with what may be done from it."""
        given = {"list_acts": acts_beside(request, self.model), **(extra_context or {})}
        return super().changelist_view(request, given)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """The form, with the tabs of what hangs on the row and what may be done with it."""
        row = options.get("obj")
        if row is not None:
            context["datasets"] = [*context.get("datasets", ()), *tabs_of(row, request)]
            context["row_acts"] = acts_on(request, row)
        return super().render_change_form(request, context, *args, **options)

    def log_action(self, request: HttpRequest, rows: Iterable[M], what: str) -> None:
        """Write into the keepers' log what an action does to rows; forms do so by themselves."""
        done = list(rows)
        LogEntry.objects.log_actions(request.user.pk or 0, done, CHANGE, change_message=what)
        for tell in _recorders:
            tell(request, done, what)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What would go with a row, by number of rows: whoever may delete a character may delete
        what belongs to it, and its ten thousand messages are no readable list."""
        found, kept = what_goes_with(list(objs))
        counts = {str(model._meta.verbose_name_plural): number for model, number in found.items()}
        listed: list[Any] = [str(one) for one in objs]
        listed.append([f"{number} {name}" for name, number in counts.items()])
        refused = (
            set()
            if all(self.has_delete_permission(request, one) for one in objs)
            else {str(self.opts.verbose_name)}
        )
        return listed, counts, refused, [str(one) for one in kept]

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        """Delete a row with all that belongs to it, though that be a year of talk."""
        delete_row(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        """The same for those that were picked in the list, all or none."""
        with transaction.atomic():
            for row in queryset:
                self.delete_model(request, row)


class KeptAdmin(HouseAdmin[M]):
    """Rows that are edited but neither made nor deleted here: they come and go with their owner."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(KeptAdmin[M]):
    """History, and rows that only the society itself writes."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def as_json(field: str) -> Callable[[Any, Any], SafeString]:
    """A column of JSON, laid out to be read. Use it in `fields` of a read-only admin."""

    def show(self: Any, row: Any) -> SafeString:
        text = json.dumps(getattr(row, field), ensure_ascii=False, indent=2)
        return format_html('<pre class="desk-json" tabindex="0">{}</pre>', text)

    shown: Callable[[Any, Any], SafeString] = admin.display(description=field.replace("_", " "))(
        show
    )
    return shown


def as_figure(field: str) -> Callable[[Any, Any], str]:
    """A column of a number, to three places."""

    def show(self: Any, row: Any) -> str:
        return f"{getattr(row, field):.3g}"

    shown: Callable[[Any, Any], str] = admin.display(
        description=field.replace("_", " "), ordering=field
    )(show)
    return shown


def shorten(text: str, length: int = 90) -> str:
    """The beginning of a text, for a list."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def in_cell(text: str, length: int = 90) -> SafeString:
    """The beginning of a text, in a cell of a list that leaves it room."""
    return format_html('<span class="desk-cell">{}</span>', shorten(text, length))


def keys_of(rows: QuerySet[Any]) -> Iterable[int]:
    """The keys of the rows that an action was called on."""
    return rows.values_list("pk", flat=True)
