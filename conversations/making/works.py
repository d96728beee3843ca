"""The works that a speaker has a part in: before its mind, and on pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from characters.models import Character, Contribution, CreativeProject, ProjectMember
from conversations.making.creating_rules import in_force
from fishbowl.llm.types import Standing, Work
from fishbowl.statements import Row, Statement
from memories import workspace

MOST = 3
BEGINNING = 400  # characters of a work that its makers have before their minds
SHOWN = 10
READ = "/read"  # how the key ends by which the voice says that it has read a work out

_WORKS = """
    SELECT p.id, p.kind, p.title, p.status, m.status, s.name, s.id = m.character_id,
      (SELECT array_agg(c.name ORDER BY c.name) FROM characters_projectmember o
       JOIN characters_character c ON c.id = o.character_id
       WHERE o.project_id = p.id AND o.status = 'accepted' AND o.character_id <> m.character_id),
      (SELECT array_agg(c.name ORDER BY c.name) FROM characters_projectmember o
       JOIN characters_character c ON c.id = o.character_id
       WHERE o.project_id = p.id AND o.status = 'invited' AND o.character_id <> m.character_id),
      (SELECT left(content, %s::int) FROM characters_contribution
       WHERE project_id = p.id AND accepted ORDER BY number LIMIT 1)
    FROM characters_projectmember m
    JOIN characters_creativeproject p ON p.id = m.project_id
    JOIN characters_character s ON s.id = p.started_by_id
    WHERE m.character_id = %s AND p.community_id = %s AND (
      (p.status = 'open' AND (m.status <> 'declined' OR m.answered_at > %s))
      OR (p.status = 'finished' AND m.status = 'accepted' AND p.finished_at > %s))
    ORDER BY p.updated_at DESC, p.id DESC LIMIT %s
"""


def asking_works(character_id: int, community_id: int, now: dt.datetime) -> Statement:
    """The statement for what a character is making, has finished lately, or was asked to join."""
    lately = now - dt.timedelta(days=in_force().shown_days)
    return _WORKS, (BEGINNING, character_id, community_id, lately, lately, MOST)


def of_rows(rows: Iterable[Row]) -> tuple[Work, ...]:
    """The works that the statement found, the one last written on first."""
    return tuple(_work(*row) for row in rows)


def _work(
    key: int,
    kind: str,
    title: str,
    status: str,
    part: str,
    starter: str,
    is_own: bool,
    others: Sequence[str] | None,
    asked: Sequence[str] | None,
    begins: str | None,
) -> Work:
    if begins and len(begins) == BEGINNING:  # the last word may not be whole
        begins = begins.rsplit(maxsplit=1)[0]
    standing: Standing = "joined"
    if part == ProjectMember.Status.INVITED:
        standing = "asked"
    elif part == ProjectMember.Status.DECLINED:
        standing = "declined"
    elif status == CreativeProject.Status.FINISHED:
        standing = "finished"
    elif is_own:
        standing = "making"
    return Work(
        str(key),
        kind,
        title,
        standing,
        "" if is_own else starter,
        tuple(others or ()),
        tuple(asked or ()) if is_own else (),
        begins or "",
    )


def note_read(character_id: int, spent: Iterable[str], now: dt.datetime) -> None:
    """A voice has read from a work: that is an operation on its file."""
    keys = [key.split("/")[1] for key in spent if key.startswith("work/") and key.endswith(READ)]
    wanted = [int(key) for key in keys if key.isdecimal()]
    if not wanted:
        return
    for path, size in CreativeProject.objects.filter(pk__in=wanted, file__isnull=False).values_list(
        "file__path", "file__size"
    ):
        workspace.note(character_id, workspace.Operation.READ, path, now, size=size)


# --- for pages ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A work as visitors see it."""

    project: CreativeProject
    text: str
    makers: tuple[str, ...]


def shown_of(character: Character) -> list[Shown]:
    """The finished works of a character and those it is at, for whoever looks: all were made in
    open rooms of this deployment's own. The latest first."""
    projects = (
        CreativeProject.objects.filter(
            Q(community__isnull=True) | Q(community__discord_id__isnull=True),
            parts__character=character,
            parts__status=ProjectMember.Status.ACCEPTED,
        )
        .exclude(status=CreativeProject.Status.DROPPED)
        .prefetch_related(
            Prefetch(
                "contributions",
                Contribution.objects.filter(accepted=True)
                .select_related("character")
                .defer("character__card")
                .order_by("number"),
            )
        )
        .order_by("-updated_at", "-pk")[:SHOWN]
    )
    return [
        Shown(
            project,
            "\n\n".join(piece.content for piece in project.contributions.all()),
            tuple(dict.fromkeys(piece.character.name for piece in project.contributions.all())),
        )
        for project in projects
    ]
