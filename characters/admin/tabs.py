"""Tabs on a row's own page, beside its form: what hangs on it, each app's by the app itself.

    add_tab(Character, "memories", "Memories", memories_of, of=(Memory, PersonFact))

The function is given the row and who looks, and gives what to show; it may ask a few queries, since
a page has one row. A tab is shown to whoever may look at all the rows that it is `of`. Tables and
links here keep them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Show = Callable[[Any, HttpRequest], SafeString]

_tabs: dict[type[Model], dict[str, tuple[int, str, Show, Sequence[type[Model]]]]] = {}


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of one page, as the theme's templates ask for it."""

    model_name: str
    title: str
    row: Model
    show: Show
    request: HttpRequest
    tab: bool = True

    @property
    def contents(self) -> SafeString:
        """What the tab shows, hidden until it is chosen."""
        return format_html(
            '<section class="desk-tab" id="dataset-{}-group" '
            "x-show=\"activeTab == 'dataset-{}'\">{}</section>",
            self.model_name,
            self.model_name,
            self.show(self.row, self.request),
        )


def add_tab(
    model: type[Model],
    key: str,
    title: str,
    show: Show,
    *,
    of: Sequence[type[Model]] = (),
    place: int = 50,
) -> None:
    """Have each page of `model` show a tab `of` rows of these models; one of a lower `place` stands
    before others."""
    _tabs.setdefault(model, {})[key] = (place, title, show, of)


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    """Whether this keeper may look at a model's rows; at those of a relation alone, with whose it
    is."""
    owner: Any = model._meta.auto_created or model
    meta = owner._meta
    return request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}")


def tabs_of(row: Model, request: HttpRequest) -> list[Tab]:
    """The tabs of a row's page that this keeper may see, in their order."""
    offered = sorted(_tabs.get(type(row), {}).items(), key=lambda one: (one[1][0], one[0]))
    return [
        Tab(key, title, row, show, request)
        for key, (_, title, show, of) in offered
        if all(may_see(request, one) for one in of)
    ]


# --- what tabs are made of ------------------------------------------------------------------------


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], nothing: str) -> SafeString:
    """Rows under heads; the sentence where there are none."""
    filled = list(rows)
    if not filled:
        return format_html('<p class="desk-nothing">{}</p>', nothing)
    head = format_html_join("", '<th scope="col">{}</th>', ((one,) for one in heads))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        ((format_html_join("", "<td>{}</td>", ((c,) for c in row)),) for row in filled),
    )
    return format_html(
        '<div class="desk-scroll"><table class="desk-table"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        head,
        body,
    )


def _cells(row: Sequence[Any]) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((cell,) for cell in row))


def panel(title: str, *contents: SafeString) -> SafeString:
    """Contents under a heading."""
    return format_html(
        '<section class="desk-panel"><h3>{}</h3>{}</section>',
        title,
        format_html_join("", "{}", ((one,) for one in contents)),
    )


def panels(*given: SafeString) -> SafeString:
    """Several of them side by side, as there is room."""
    inner = format_html_join("", "{}", ((one,) for one in given))
    return format_html('<div class="desk-panels">{}</div>', inner)


def to_page(row: Model | None, text: object = "") -> SafeString:
    """A row's name, which leads to its page."""
    if row is None:
        return SafeString("–")
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, text or row)


def to_list(model: type[Model], where: Mapping[str, Any], text: str) -> SafeString:
    """A text that leads to the list of the rows that fit."""
    meta = model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return format_html('<p><a href="{}?{}">{}</a></p>', address, urlencode(where), text)
