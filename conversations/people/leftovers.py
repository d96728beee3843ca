"""Every table there is, searched for what still refers to somebody who is forgotten, mentions them,
or was made from what they said.

Erasure knows by name the tables where people live. This is for all others, those that are added
later included: a table is swept unless it is named here, with the reason why not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from audit.trail.chain import SOURCES
from characters.models import Person, WorkspaceFile, WorkspaceFileVersion
from conversations.models import Message
from conversations.people.called import namesakes
from conversations.people.redaction import Traits
from conversations.people.striking import SHINGLE, Striking, struck
from memories.models import Memory


def _labels(text: str) -> frozenset[str]:
    return frozenset(text.split())


APPS = ("characters", "audit", "memories", "conversations", "admin", "auditlog")

# Erasure itself follows these, by derivation (conversations/people/erasure.py,
# memories/erasure.py): other people's own words stay in them.
FOLLOWED = _labels(
    """
    characters.Person conversations.Message conversations.MessageEdit conversations.Turn
    conversations.TurnMemory conversations.Conversation conversations.ConversationContext
    conversations.Delivery conversations.DeliveryPart conversations.Reaction audit.LLMCall
    memories.Memory memories.PersonFact memories.Entity memories.EntityAlias
    memories.EntityMention memories.EntityRelation memories.MemoryLink memories.MemoryRevision
    memories.MemoryShare memories.Derivation memories.HygieneFinding memories.WaitingVector
    memories.FactAssociation memories.ErasureReceipt memories.LoreChunk
    """
)
# What keepers and authors wrote of the place and of who lives there. It is about nobody who came
# later, though a name in it may be the same.
AUTHORED = _labels(
    """
    characters.Character characters.CardSource characters.CharacterVersion characters.Persona
    characters.SpeechStyle characters.Interest characters.FormativeMemory characters.Community
    conversations.Scenario conversations.ScenarioVersion conversations.Channel
    conversations.ModerationRule
    memories.LoreDocument audit.SystemConfiguration
    """
)
# Digests and names that machines gave. Uses of memories go with the turns that told them.
MACHINES = _labels(
    """
    characters.MaterialUse audit.ChainLink audit.EndpointState audit.Budget audit.BudgetHold
    audit.BudgetSpend memories.CacheStatistic memories.EmbeddingModel
    conversations.RegisteredCommands
    """
)
# A bond's event says only how far it moved; a mood's is blanked by erasure.
HARMLESS_LINKS = frozenset({"characters.RelationshipEvent", "characters.MoodChange"})

KNOWN = 20_000  # texts that are looked at once, the latest
# Regular expressions of the database's for a text that has as many words in a row as a quotation,
# and more texts than those: beyond ASCII it needn't know what is a letter. In JSON and in lists a
# quotation mark that isn't escaped ends a text.
_WORD, _BETWEEN = r"[A-Za-z0-9_]|[^\u0001-\u007f]", r"[^A-Za-z0-9_]"
LONG_TEXT = rf"({_WORD})({_BETWEEN}+({_WORD})+){{{SHINGLE - 1}}}"
LONG_PART = LONG_TEXT.replace(_BETWEEN + "+", r'([^A-Za-z0-9_"]|\\")+')


@dataclass(frozen=True, slots=True)
class MadeOf:
    """Rows that were made from what goes, by table."""

    rows: Mapping[type[Model], frozenset[int]] = field(default_factory=dict)


@cache
def swept() -> tuple[type[Model], ...]:
    """The tables that are searched."""
    apart = FOLLOWED | AUTHORED | MACHINES
    return tuple(
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        if model._meta.managed and not model._meta.proxy and model._meta.label not in apart
    )


def text_columns(model: type[Model]) -> list[str]:
    """Where a table may hold words: texts, lists of them, and JSON; not what is one of a few."""
    return [
        one.name
        for one in model._meta.concrete_fields
        if not one.choices
        and not isinstance(one, models.FileField | models.SlugField | models.GeneratedField)
        and (
            isinstance(one, models.CharField | models.TextField | models.JSONField)
            or (isinstance(one, ArrayField) and isinstance(one.base_field, models.CharField))
            or (isinstance(one, ArrayField) and isinstance(one.base_field, models.TextField))
        )
    ]


def references(model: type[Model], to: type[Model]) -> Iterator[Any]:
    """The columns by which rows of a table refer to rows of another."""
    for one in model._meta.concrete_fields:
        if one.remote_field is not None and one.remote_field.model is to:
            yield one


def made_of(messages: Collection[int], memories: Collection[int]) -> MadeOf:
    """What was made from these, as far as tables that are swept say so. Ask before they go."""
    found: dict[type[Model], set[int]] = {}
    for model in swept():
        if model._meta.label in HARMLESS_LINKS:
            continue
        condition = Q(pk__in=[])
        for target, keys in ((Message, messages), (Memory, memories)):
            names = [one.name for one in references(model, target)]
            names += [
                one.name for one in model._meta.many_to_many if one.remote_field.model is target
            ]
            for name in names:
                condition |= Q(**{f"{name}__among": keys})
        rows = set(model._default_manager.filter(condition).values_list("pk", flat=True))
        if rows:
            found[model] = rows
    return MadeOf({model: frozenset(rows) for model, rows in found.items()})


def sweep(person: Person, traits: Traits, made: MadeOf, counts: Counter[str]) -> None:
    """Take away what was made of what went, unlink the person from every table, and strike their
    names and words out of every text."""
    files = set(
        WorkspaceFileVersion.objects.filter(
            pk__in=made.rows.get(WorkspaceFileVersion, ())
        ).values_list("file_id", flat=True)
    )
    for model, rows in made.rows.items():
        _delete(model, Q(pk__among=rows), counts)
    _mend_files(files, counts)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label in FOLLOWED or model._meta.proxy or not model._meta.managed:
            continue
        for column in references(model, Person):
            _unlink(model, column, person, counts)
    if traits.names or traits.said:
        strike = Striking.of(traits)
        others = namesakes(person, traits.names)
        for model in swept():
            _strike(model, strike, traits, others, counts)


def _delete(model: type[Model], condition: Q, counts: Counter[str]) -> None:
    _, by_kind = model._default_manager.filter(condition).delete()
    counts.update({kind: number for kind, number in by_kind.items() if number})


def _unlink(model: type[Model], column: Any, person: Person, counts: Counter[str]) -> None:
    rows = model._default_manager.filter(**{column.name: person})
    if column.null and column.remote_field.on_delete is models.SET_NULL:
        counts[f"{model._meta.label} (unlinked)"] += rows.update(**{column.name: None})
    else:
        _delete(model, Q(**{column.name: person}), counts)


def _mend_files(files: Collection[int], counts: Counter[str]) -> None:
    """A file is as its last version that is left says; without any, it goes."""
    for file in WorkspaceFile.objects.filter(pk__in=files):
        last = file.versions.order_by("-number").first()
        if last is None:
            _delete(WorkspaceFile, Q(pk=file.pk), counts)
            continue
        if file.version != last.number:
            file.content, file.size, file.version = last.content, last.size, last.number
            file.save(update_fields=["content", "size", "version", "updated_at"])
            counts["characters.WorkspaceFile (mended)"] += 1


def _strike(
    model: type[Model],
    strike: Striking,
    traits: Traits,
    others: Mapping[int, tuple[str, ...]],
    counts: Counter[str],
) -> None:
    columns = text_columns(model)
    if not columns:
        return
    people = [one.attname for one in references(model, Person)]
    # The database says which rows may be meant: most of a large table say next to nothing.
    rows, meant = model._default_manager.all(), Q(pk__in=[])
    for column in columns:
        looked_for = [_name_in(name) for name in traits.names]
        if strike.shingles:
            is_text = isinstance(model._meta.get_field(column), models.CharField | TextField)
            looked_for.append(LONG_TEXT if is_text else LONG_PART)
        rows = rows.annotate(**{f"{column}_as_text": Cast(column, TextField())})
        meant |= Q(**{f"{column}_as_text__iregex": "|".join(looked_for)})
    rows = rows.filter(meant)
    blank = SOURCES.get(model._meta.db_table)
    theirs = {pk: Striking.of(replace(traits, names=names)) for pk, names in others.items()}
    for pk, values in list(_changed(rows, columns, people, strike, theirs)):
        if blank is not None:  # append-only: all of its content, or nothing
            values = dict(blank.blank)
        counts[f"{model._meta.label} (struck out)"] += _write(model, pk, values, counts)


def _name_in(name: str) -> str:
    """A regular expression of the database's for a name, and more than it: JSON may write what is
    neither a letter nor a digit in other ways, and not every database knows all capitals."""
    return re.sub(r"[^A-Za-z0-9]", ".{1,6}", name)


def _changed(
    rows: Any,
    columns: list[str],
    people: list[str],
    strike: Striking,
    theirs: Mapping[int, Striking],
) -> Iterator[tuple[Any, dict[str, Any]]]:
    usually = lru_cache(KNOWN)(strike.text)  # the same words stand in many rows
    for row in rows.values("pk", *columns, *people).iterator(500):
        whose = next((theirs[row[one]] for one in people if row[one] in theirs), None)
        text = whose.text if whose else usually
        fresh = {name: now for name in columns if (now := struck(row[name], text)) != row[name]}
        if fresh:
            yield row["pk"], fresh


def _write(model: type[Model], pk: Any, values: dict[str, Any], counts: Counter[str]) -> int:
    """Store what is left of a row. One that would then be the same as another goes."""
    lengths = {one.name: one.max_length for one in model._meta.concrete_fields}
    fresh = {
        name: value[: lengths[name]] if isinstance(value, str) and lengths.get(name) else value
        for name, value in values.items()
    }
    if "content" in fresh and "size" in lengths:  # a row that counts its content's bytes
        fresh["size"] = len(str(fresh["content"]).encode())
    try:
        with transaction.atomic():
            return int(model._default_manager.filter(pk=pk).update(**fresh))
    except IntegrityError:
        _delete(model, Q(pk=pk), counts)
        return 0
