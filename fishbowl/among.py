"""Many keys at once: a condition and a deletion that name them in one array.

Django writes a placeholder for each key, and the database reads each as an expression of its own:
of twenty thousand keys, in each of the tables that refer to a memory, that took minutes in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from auditlog.context import auditlog_disabled
from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, Field, ForeignObject, Lookup, Model, Q, QuerySet, TextField
from django.db.models.deletion import Collector, ProtectedError, RestrictedError


@ForeignObject.register_lookup  # which knows none of other fields'
@Field.register_lookup
class Among(Lookup[Any]):
    """`pk__among=keys`: as `pk__in=keys` for whole numbers, or for texts, however many."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        if isinstance(self.lhs.output_field, CharField | TextField):
            return f"{column} = ANY(%s::text[])", (*params, list(self.rhs))
        # The driver would look at each number for the least type that holds it.
        return f"{column} = ANY(%s::bigint[])", (*params, f"{{{','.join(map(str, self.rhs))}}}")


class _Together(Collector):
    """What goes with rows that go, found and deleted by arrays of keys."""

    def related_objects(
        self, related_model: type[Model], related_fields: Iterable[Any], objs: Iterable[Any]
    ) -> QuerySet[Model]:
        keys = frozenset(one.pk for one in objs)
        meant = reduce(or_, (Q(**{f"{field.name}__among": keys}) for field in related_fields))
        return related_model._base_manager.using(self.using).filter(meant)

    def _has_signal_listeners(self, model: type[Model]) -> bool:
        """The trail alone listens. It passes over what goes with other rows."""
        return isinstance(self.origin, model)

    def delete_at_once(self) -> Counter[str]:
        """Delete all that was collected. The trail is told of the row that was meant, if any."""
        for model in [one for one in self.data if not isinstance(self.origin, one)]:
            keys = frozenset(row.pk for row in self.data.pop(model))
            self.fast_deletes.append(model._base_manager.filter(pk__among=keys))
        return Counter(self.delete()[1])


def delete_all(rows: QuerySet[Any], counts: Counter[str]) -> None:
    """Delete rows, and all that goes with them, as `rows.delete()` does; `counts` grows by how many
    went of each kind."""
    keys = frozenset(rows.order_by().values_list("pk", flat=True))
    if not keys:
        return
    found = rows.model._base_manager.filter(pk__among=keys)
    if auditlog_disabled.get():
        collector = _Together(using=DEFAULT_DB_ALIAS, origin=found)
        collector.collect(found.only("pk"))
        by_kind = dict(collector.delete_at_once())
    else:
        _, by_kind = found.delete()
    counts.update({kind: number for kind, number in by_kind.items() if number})


def delete_row(row: Model) -> None:
    """Delete a row, and all that goes with it, as `row.delete()` does, however much that is."""
    collector = _Together(using=DEFAULT_DB_ALIAS, origin=row)
    collector.collect([row])
    collector.delete_at_once()


def what_goes_with(rows: Sequence[Model]) -> tuple[dict[type[Model], int], list[Model]]:
    """How many rows of each model would go if these went, themselves included; and the rows that
    are in the way of it."""
    collector = _Together(using=DEFAULT_DB_ALIAS)
    kept: list[Model] = []
    try:
        collector.collect(rows)
    except ProtectedError as error:
        kept = list(error.protected_objects)
    except RestrictedError as error:
        kept = list(error.restricted_objects)
    found = {model: {one.pk for one in those} for model, those in collector.data.items()}
    for those in collector.fast_deletes:
        found.setdefault(those.model, set()).update(those.values_list("pk", flat=True))
    return {model: len(keys) for model, keys in found.items() if keys}, kept
