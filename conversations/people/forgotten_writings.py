"""What characters wrote down of a person goes with the person: pieces of works, files and their
earlier versions, made of what goes or naming whom it was about, and goals that name them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet

from characters.models import (
    Contribution,
    CreativeProject,
    Goal,
    WorkspaceFile,
    WorkspaceFileVersion,
)
from conversations.making import creating
from conversations.people.redaction import BLANK, NOBODY, Traits
from memories import knowledge


def forget_writings(
    messages: Collection[int],
    traits: Traits,
    now: dt.datetime,
    *,
    memories: Collection[int] = (),
    others: Collection[int] = (),
) -> Counter[str]:
    """Take what was made of these messages and `memories`, or names the person. A work is written
    anew from what is left of it; one of which nothing is left is let be. A goal that seeks one of
    `others`, who share the name, means them. Returns counts by kind of row."""
    counts: Counter[str] = Counter()
    of_it = Q(from_messages__among=messages) | Q(content__iregex=traits.pattern)
    pieces = Contribution.objects.filter(of_it)
    projects = CreativeProject.objects.filter(
        Q(contributions__in=pieces) | Q(title__iregex=traits.pattern)
    ).distinct()
    changed = list(projects)
    named = Goal.objects.filter(origin=Goal.Origin.TALK, description__iregex=traits.pattern)
    named = named.exclude(seeks_person__in=others)
    counts["characters.Goal"] += named.count()
    named.delete()
    works = {project.file_id for project in changed} - {None}
    counts["characters.Contribution"] += _delete(Contribution, pieces.values_list("pk", flat=True))
    versions = WorkspaceFileVersion.objects.filter(
        of_it
        | Q(from_memories__source_message__among=messages)
        | Q(from_memories__among=memories)
        | Q(file__in=works)
    )
    files = WorkspaceFile.objects.filter(
        Q(pk__in=works) | Q(content__iregex=traits.pattern) | Q(path__iregex=traits.pattern)
    )
    gone = {*files.values_list("pk", flat=True), *_standing(versions)}
    theirs = WorkspaceFileVersion.objects.filter(file__in=gone)
    old = {*versions.values_list("pk", flat=True), *theirs.values_list("pk", flat=True)}
    counts["characters.WorkspaceFileVersion"] += _delete(WorkspaceFileVersion, old)
    counts["characters.WorkspaceFile"] += _delete(WorkspaceFile, gone)
    for project in changed:
        project.refresh_from_db()
        if traits.names_them(project.title):
            project.title = BLANK
            project.save(update_fields=["title", "updated_at"])
        if project.contributions.filter(accepted=True).exists():
            creating.grow(project, now)
        else:
            creating.drop(project)
    return counts


def forget_item(person_id: int, kind: str, item_id: int, now: dt.datetime) -> bool:
    """Have one thing forgotten that is known of a person (`memories.knowledge`), with what was
    written of it. Returns whether it was there, and theirs."""
    with transaction.atomic():
        gone = knowledge.what_goes(person_id, kind, item_id)
        if gone:  # the files are found by their memories
            forget_writings((), NOBODY, now, memories=gone)
        return knowledge.forget_item(person_id, kind, item_id)


def _standing(versions: QuerySet[WorkspaceFileVersion]) -> set[int]:
    """The files that stand as one of these versions."""
    return {
        file
        for file, number, current in versions.values_list("file", "number", "file__version")
        if number == current
    }


def _delete(
    model: type[Contribution] | type[WorkspaceFile] | type[WorkspaceFileVersion],
    keys: Collection[int],
) -> int:
    wanted = set(keys)
    model._default_manager.filter(pk__in=wanted).delete()
    return len(wanted)
