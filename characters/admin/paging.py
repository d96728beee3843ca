"""Pages of a list whose table may be large: nothing is counted that need not be."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from characters.admin.values import estimated_rows
from fishbowl.overrides import is_storable

if TYPE_CHECKING:  # the theme's classes are Django's, and have no types of their own
    from django.contrib.admin.views.main import ChangeList as ThemedList
else:
    from unfold.views import ChangeList as ThemedList

EXACT_UP_TO = 2_000


class EstimatingPaginator(Paginator[Any]):
    """Finds the keys of up to 2,000 rows and loads those of a page. Of a larger table it takes the
    database's own estimate, and of a larger selection from one it shows the first 2,000. What lies
    far down is found from the nearer end, so that the last page costs what the first does."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if self._is_whole:
            estimate = estimated_rows(rows.model)
            if estimate > EXACT_UP_TO:
                return estimate
        return len(self._first_keys)

    def page(self, number: Any) -> Page[Any]:
        """A page; of an estimated table the last one ends with its last row, whatever their number
        is by now."""
        number = self.validate_number(number)
        start, rows = (number - 1) * self.per_page, self.object_list
        if not isinstance(rows, QuerySet):
            return super().page(number)
        if not self._is_whole or self.count <= EXACT_UP_TO:
            keys = self._first_keys[start : start + self.per_page]
        elif start * 2 < self.count:
            keys = list(rows.values_list("pk", flat=True)[start : start + self.per_page])
        else:
            after = max(0, self.count - start - self.per_page)
            keys = list(rows.reverse().values_list("pk", flat=True)[after : after + self.per_page])
            keys.reverse()
        found = rows.in_bulk(keys)
        return Page([found[key] for key in keys if key in found], number, self)

    @cached_property
    def _first_keys(self) -> list[Any]:
        """One question for what would be two: how many there are, and which a page shows. Of rare
        rows in a large table, either would read all of it."""
        rows: Any = self.object_list
        return list(rows.values_list("pk", flat=True)[:EXACT_UP_TO])

    @cached_property
    def _is_whole(self) -> bool:
        """Whether it is all of a table that is shown."""
        rows: Any = self.object_list
        return isinstance(rows, QuerySet) and not rows.query.where


class PagedList(ThemedList):
    """A list that asks for its rows by the keys that its paginator has found, on a single page
    too."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """As Django's; what no row can hold is asked of none."""
        if not all(is_storable(str(asked)) for asked in request.GET.values()):
            raise IncorrectLookupParameters
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        """As Django's, but for the rows."""
        super().get_results(request)
        if not self.multi_page and self.paginator.count <= EXACT_UP_TO:
            self.result_list = self.paginator.page(1).object_list
