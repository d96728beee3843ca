"""What characters make out of talk: begun by one whom a talk has moved, others asked to join,
pieces written and taken in or not, and finished. Every step is a row, its texts are files.

Works are made in open rooms alone, of what characters said there; nobody else's words go into them,
and what is made of a line that is erased goes with it.
"""

from __future__ import annotations

import datetime as dt
from itertools import chain, count
from random import Random

from django.db import transaction
from django.db.models import F, Max, Q

from characters import filepaths
from characters.models import (
    Character,
    Contribution,
    CreativeProject,
    ProjectMember,
    Relationship,
    WorkspaceFile,
)
from conversations.making import creating_rules, writing_down
from conversations.making.creating_rules import PIECES, WorkRules, in_force
from conversations.making.writing_down import Talk
from conversations.models import Conversation
from fishbowl.llm.offline.text import with_article
from memories import workspace
from memories.embedding.embedding import embed_or_wait
from memories.models import Memory
from memories.workspace import Space
from memories.writing import NewMemory, store_embedded

Status, Answer = CreativeProject.Status, ProjectMember.Status


def after_talk(conversation_id: int, now: dt.datetime) -> None:
    """What a talk that has ended leads to: askings are answered, a piece is written on, or
    something is begun. At most one text is written. May be done again: nothing comes twice."""
    rules = in_force()
    talk = writing_down.talk_of(conversation_id) if rules.on else None
    if talk is None:
        return
    _answer(talk, rules, now)
    if not _write_on(talk, rules, now):
        _begin(talk, rules, now)


def tend(now: dt.datetime) -> int:
    """What nobody came back to: an asking without an answer is declined, a work that rests too long
    is finished as it stands, or let be. Returns how many rows changed."""
    rules = in_force()
    unanswered = ProjectMember.objects.filter(
        status=Answer.INVITED, invited_at__lt=now - dt.timedelta(days=rules.answer_days)
    )
    changed = unanswered.update(
        status=Answer.DECLINED, answered_at=now, reason="They never answered."
    )
    # A process may have died over the last piece.
    for project in CreativeProject.objects.filter(status=Status.OPEN):
        changed += finish_if_whole(project, now)
    edge = now - dt.timedelta(days=rules.stale_days)
    resting = CreativeProject.objects.filter(status=Status.OPEN, started_at__lt=edge).exclude(
        contributions__contributed_at__gt=edge
    )
    for project in resting.select_related("started_by"):
        if project.contributions.filter(accepted=True).count() >= 2:
            finish(project, now)
        else:
            drop(project)
        changed += 1
    return changed


def drop(project: CreativeProject) -> None:
    """Let a work be."""
    CreativeProject.objects.filter(pk=project.pk, status=Status.OPEN).update(status=Status.DROPPED)


# --- joining --------------------------------------------------------------------------------------


def invite(project: CreativeProject, character_id: int, now: dt.datetime) -> ProjectMember:
    """Ask a character to join a work; once."""
    member, _ = ProjectMember.objects.get_or_create(
        project=project, character_id=character_id, defaults={"invited_at": now}
    )
    return member


def _answer(talk: Talk, rules: WorkRules, now: dt.datetime) -> None:
    """Who was asked, and has talked with the one who asked, says yes or no."""
    waiting = ProjectMember.objects.filter(
        status=Answer.INVITED,
        character__in=talk.speakers,
        project__started_by__in=talk.speakers,
        project__status=Status.OPEN,
        invited_at__lt=now,
    ).exclude(project__conversation=talk.conversation_id)
    for member in waiting.select_related("project", "character__state"):
        starter = member.project.started_by_id
        bond = _score(member.character_id, starter, talk.community_id)
        near = writing_down.nearness_to(member.character_id, member.project.theme)
        energy = member.character.state.energy
        is_yes = creating_rules.willingness(bond, near, energy) >= rules.accept_from
        answer(member, is_yes, creating_rules.answer_words(is_yes, bond, near, energy), now)


def answer(member: ProjectMember, is_yes: bool, why: str, now: dt.datetime) -> bool:
    """Say yes or no to joining. Returns whether that was still open."""
    return bool(
        ProjectMember.objects.filter(pk=member.pk, status=Answer.INVITED).update(
            status=Answer.ACCEPTED if is_yes else Answer.DECLINED,
            reason=why[:200],
            answered_at=now,
        )
    )


def _score(from_id: int, to_id: int, community_id: int) -> float:
    bonds = Relationship.objects.filter(
        Q(community=community_id) | Q(community=None), from_character=from_id, to_character=to_id
    )
    return bonds.order_by("-community", "pk").values_list("score", flat=True).first() or 0.0


# --- writing --------------------------------------------------------------------------------------


def _begin(talk: Talk, rules: WorkRules, now: dt.datetime) -> CreativeProject | None:
    """The one whom a talk moved most begins something, if it moved it enough."""
    if CreativeProject.objects.filter(conversation=talk.conversation_id).exists():
        return None
    for one in writing_down.moved_by(talk):
        rng = Random(f"{talk.conversation_id} {one.character.pk}")
        rich = creating_rules.richness(one.nearness, talk.texts(), len(talk.speakers))
        if not creating_rules.begins(rich, one.character.persona.openness, rules, rng):
            continue
        if _has_hands_full(one.character, rules, now):
            continue
        others = [pk for pk in talk.speakers if pk != one.character.pk]
        kind = creating_rules.kind_for(
            one.character.style.verbosity, one.character.persona.openness, bool(others), rng
        )
        return _start(talk, one.character, kind, one.theme, others, rules, now)
    return None


def _has_hands_full(character: Character, rules: WorkRules, now: dt.datetime) -> bool:
    mine = CreativeProject.objects.filter(parts__character=character, parts__status=Answer.ACCEPTED)
    lately = now - dt.timedelta(days=rules.rest_days)
    return (
        mine.filter(status=Status.OPEN).count() >= rules.most_open
        or mine.filter(started_by=character, started_at__gt=lately).exists()
    )


def unlike_others(title: str, community_id: int) -> str:
    """A title that no other work of a community has: 'The Clock', and then 'The Clock 2'."""
    title = title[:150]
    made = CreativeProject.objects.filter(community=community_id, title__istartswith=title)
    taken = {one.casefold() for one in made.values_list("title", flat=True)}
    names = chain([title], (f"{title} {number}" for number in count(2)))
    return next(name for name in names if name.casefold() not in taken)


def _start(
    talk: Talk,
    character: Character,
    kind: str,
    theme: str,
    others: list[int],
    rules: WorkRules,
    now: dt.datetime,
) -> CreativeProject | None:
    written = writing_down.write(talk, character, kind, "", theme, "", now)
    if written is None:
        return None
    with transaction.atomic():
        Conversation.objects.select_for_update(no_key=True).get(pk=talk.conversation_id)
        if CreativeProject.objects.filter(conversation=talk.conversation_id).exists():
            return None
        project = CreativeProject.objects.create(
            title=unlike_others(written.title, talk.community_id),
            kind=kind,
            theme=theme[:200],
            description=f"A {kind} that {character.name} began after a talk in #{talk.room}.",
            started_by=character,
            community_id=talk.community_id,
            conversation_id=talk.conversation_id,
            started_at=now,
        )
        ProjectMember.objects.create(
            project=project,
            character=character,
            status=Answer.ACCEPTED,
            invited_at=now,
            answered_at=now,
        )
        known = {pk: _score(character.pk, pk, talk.community_id) for pk in others}
        best = max(known, key=lambda pk: known[pk], default=None)
        if best is not None and known[best] >= rules.invite_score:
            invite(project, best, now)
        contribute(project, character.pk, written.text, talk.message_ids, rules, now)
    finish_if_whole(project, now)
    return project


def _write_on(talk: Talk, rules: WorkRules, now: dt.datetime) -> bool:
    """One who spoke writes on at a work it has a part in: at the one that rested longest, and of
    its makers the one who has written longest ago, who has never first. Returns whether anything
    was written."""
    recent = now - dt.timedelta(hours=rules.contribute_hours)
    parts = (
        ProjectMember.objects.filter(
            status=Answer.ACCEPTED,
            character__in=talk.speakers,
            character__status=Character.Status.ACTIVE,
            project__status=Status.OPEN,
            project__community=talk.community_id,
            project__started_at__lt=talk.ended_at,
        )
        .select_related("project", "character__persona", "character__style")
        .annotate(
            wrote_at=Max(
                "project__contributions__contributed_at",
                filter=Q(project__contributions__character=F("character")),
            )
        )
        .order_by("project__updated_at", F("wrote_at").asc(nulls_first=True), "pk")
    )
    for part in parts:
        project = part.project
        mine = project.contributions.filter(character=part.character_id)
        if mine.filter(contributed_at__gt=recent).exists():
            continue
        if project.contributions.filter(contributed_at__gte=talk.ended_at).exists():
            continue  # of this talk, already
        so_far = text_of(project)
        written = writing_down.write(
            talk, part.character, project.kind, project.title, project.theme, so_far, now
        )
        if written is None:
            continue
        contribute(project, part.character_id, written.text, talk.message_ids, rules, now)
        finish_if_whole(project, now)
        return True
    return False


def contribute(
    project: CreativeProject,
    character_id: int,
    text: str,
    from_messages: tuple[int, ...],
    rules: WorkRules,
    now: dt.datetime,
) -> Contribution:
    """Give a piece to a work. Its starter takes it in or not; what is taken in makes the file
    grow. The last piece makes the work whole: then `finish_if_whole`."""
    with transaction.atomic():
        held = CreativeProject.objects.select_for_update(no_key=True).get(pk=project.pk)
        is_own = character_id == held.started_by_id
        bond = 100.0 if is_own else _score(held.started_by_id, character_id, held.community_id or 0)
        accepted, verdict = creating_rules.judged(text, text_of(held), bond, is_own, rules)
        piece = Contribution.objects.create(
            project=held,
            character_id=character_id,
            number=held.contributions.count() + 1,
            content=text,
            accepted=accepted,
            verdict=verdict,
            contributed_at=now,
            decided_at=now,
        )
        piece.from_messages.set(from_messages)
        CreativeProject.objects.filter(pk=held.pk).update(updated_at=now)
        if accepted:
            grow(held, now)
    return piece


def finish_if_whole(project: CreativeProject, now: dt.datetime) -> bool:
    """Finish a work that has all its pieces. Returns whether it was open, and has. Not in a
    transaction: it may ask an embedding server."""
    taken = project.contributions.filter(accepted=True).count()
    return taken >= PIECES[project.kind] and finish(project, now)


def text_of(project: CreativeProject) -> str:
    """What a work has grown to."""
    accepted = project.contributions.filter(accepted=True).order_by("number")
    return "\n\n".join(accepted.values_list("content", flat=True))


def grow(project: CreativeProject, now: dt.datetime) -> WorkspaceFile:
    """Write a work's file anew from its pieces: in the starter's own space, or, once others have
    written too, in the one that all share."""
    pieces = project.contributions.filter(accepted=True)
    is_shared = pieces.exclude(character=project.started_by_id).exists()
    space = Space(project.started_by_id, project.community_id if is_shared else None)
    sources = set(pieces.values_list("from_messages", flat=True)) - {None}
    before = project.file
    path = f"works/{filepaths.named(f'{project.title} {project.pk}')}"
    file = workspace.write(
        space,
        path,
        f"# {project.title}\n\n{text_of(project)}\n",
        now,
        reason=f"a piece of {project.title}"[:200],
        from_messages=sorted(sources),
    )
    if before is not None and before.pk != file.pk:
        workspace.delete(Space(project.started_by_id), before.path, now)
    project.file = file
    CreativeProject.objects.filter(pk=project.pk).update(file=file)
    return file


def finish(project: CreativeProject, now: dt.datetime) -> bool:
    """A work is done: those who wrote it remember it. Returns whether it was open."""
    pieces = project.contributions.filter(accepted=True).order_by("number")
    writers = dict.fromkeys(pieces.values_list("character_id", "character__name"))
    sources = sorted(set(pieces.values_list("from_messages", flat=True)) - {None})
    first = next(iter(text_of(project).splitlines()), "")
    called = f"{with_article(project.kind)}, “{project.title}”"
    names = " and ".join(name for _, name in writers)
    memories = [
        NewMemory(
            owner_id=pk,
            kind=Memory.Kind.CREATIVE,
            content=f"{names} wrote {called}. It begins: “{first}”",
            occurred_at=now,
            provenance=Memory.Provenance.OWN,
            visibility=Memory.Visibility.PUBLIC,
            importance=7.0,
            emotional_valence=0.4,
            community_id=project.community_id,
            source_conversation_id=project.conversation_id,
            from_messages=tuple(sources),
            found_by="work",
        )
        for pk, _ in writers
    ]
    vectors = embed_or_wait([one.content for one in memories])
    with transaction.atomic():
        done = CreativeProject.objects.filter(pk=project.pk, status=Status.OPEN).update(
            status=Status.FINISHED, finished_at=now, updated_at=now
        )
        if done:
            store_embedded(memories, vectors)
    return bool(done)
