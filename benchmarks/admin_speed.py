"""The keeper's lists at a million messages and a hundred thousand memories.

    python -m benchmarks.admin_speed

Rows are written by SQL (`benchmarks.desk_rows`). Every list of the admin that shows a table of
more than ten thousand rows is asked for as a keeper's browser does (but for the network): its first
page, the second, the fortieth and the last, a search for a word and for a number, dates, each order
that it offers, and each filter's first choice and last. Of small tables the first page is asked
for. Each request is made several times; the figures are of the large lists together, of the list
whose requests take longest, and of the slowest single request of any.
"""

from __future__ import annotations

import argparse
import time
from typing import Any
from urllib.parse import parse_qs

from benchmarks.desk_rows import fill
from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society

MESSAGES, MEMORIES = 1_000_000, 100_000
TIMES = 5
LARGE = 10_000
LIMIT_MS = 300
TARGETS = (
    Target("list_ms_p95", "≤", LIMIT_MS),
    Target("worst_list_ms_p95", "≤", LIMIT_MS),
    Target("small_list_ms_p95", "≤", LIMIT_MS),
    Target("desk_ms_p95", "≤", LIMIT_MS),
    Target("character_ms_p95", "≤", 2 * LIMIT_MS),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--memories", type=int, default=MEMORIES)
    parser.add_argument("--times", type=int, default=TIMES)
    asked = parser.parse_args()
    report = Report("admin_speed", TARGETS)
    with Society(rooms=4):
        began = time.monotonic()
        filled = fill(asked.messages, asked.memories)
        report.notes = {
            "rows": filled,
            "filled_s": round(time.monotonic() - began),
            "times": asked.times,
            "asked": "large lists: pages 1, 2, 40 and last, searches, dates, orders, filters; "
            "small ones: page 1; without a network",
        }
        measure(report, asked.times)
    return finish(report)


def measure(report: Report, times: int) -> None:
    """How long each list takes."""
    from django.contrib import admin
    from django.urls import reverse

    from characters.admin.values import estimated_rows

    admin.autodiscover()  # the pages of all apps: without an address asked for, none is there yet
    client = a_keeper()
    every: list[float] = []
    small: list[float] = []
    slowest = 0.0
    for model in admin.site._registry:
        meta = model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        if estimated_rows(model) < LARGE:
            small += [wait(client, address) for _ in range(2)][1:]  # the first compiles templates
            continue
        took = {
            query: [wait(client, address + query) for _ in range(times)]
            for query in requests_of(client, address)
        }
        p95 = {query: percentiles(waits)["p95"] for query, waits in took.items()}
        worst = max(p95, key=lambda query: p95[query])
        waits = [one for found in took.values() for one in found]
        report.details[meta.label] = {
            "rows": estimated_rows(model),
            "requests": len(took),
            **{k: round(v, 1) for k, v in percentiles(waits).items()},
            "slowest": worst,
            "slowest_p95": round(p95[worst], 1),
        }
        slowest = max(slowest, p95[worst])
        every += waits
    report.add(**percentiles(every, prefix="list_ms_"))
    report.add(
        worst_list_ms_p95=max(one["p95"] for one in report.details.values()),
        slowest_request_ms=slowest,
        large_lists=len(report.details),
    )
    report.add(small_list_ms_p95=percentiles(small)["p95"], small_lists=len(small))
    desk = [wait(client, reverse("admin:index")) for _ in range(4 * times)]
    report.add(**percentiles(desk, prefix="desk_ms_"))
    page = reverse("admin:characters_character_change", args=[_somebody()])
    shown = [wait(client, page) for _ in range(2 * times)]
    report.add(**percentiles(shown, prefix="character_ms_"))


def a_keeper() -> Any:
    """The browser of a keeper who has signed in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    keeper, _ = get_user_model().objects.get_or_create(
        username="bench", is_staff=True, is_superuser=True
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(keeper)
    return client


def requests_of(client: Any, address: str) -> list[str]:
    """What to ask of a large list."""
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()  # so that a page tells what filters and orders it has
    try:
        listed = client.get(address).context["cl"]
    finally:
        teardown_test_environment()
    asked = ["", "?p=2", "?p=40", f"?p={listed.paginator.num_pages}"]
    if listed.search_fields:
        asked += ["?q=kettle", "?q=nobodysaidthis", "?q=4711"]
    for spec in listed.filter_specs:
        choices = [choice["query_string"] for choice in spec.choices(listed)]
        asked += [choices[at] for at in {min(1, len(choices) - 1), len(choices) - 1}]
        asked += [
            query.replace("=", f"={date}", 1).partition("&")[0]
            for date in ("2026-06", "2026-06-01")
            for query in [f"?{next(iter(parse_qs(choices[-1].lstrip('?'))), '')}="]
            if query.startswith("?on_")
        ]
    sortable = [
        number
        for number, column in enumerate(listed.list_display)
        if column in listed.sortable_by and listed.get_ordering_field(column)
    ]
    asked += [f"?o={number}" for number in sortable]
    return list(dict.fromkeys(asked))


def wait(client: Any, address: str) -> float:
    """How long a page takes, in milliseconds."""
    began = time.perf_counter()
    answer = client.get(address)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} was answered with {answer.status_code}.")
    return took


def _somebody() -> int:
    from characters.models import Character

    return int(Character.objects.order_by("pk").values_list("pk", flat=True)[0])


if __name__ == "__main__":
    raise SystemExit(main())
