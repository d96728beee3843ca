"""People of Discord as persons and memberships: who they are, where they belong, what they are
called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from characters.models import Character, Community, Membership, Person
from conversations.discord import rules
from conversations.discord.facts import Author
from conversations.discord.wording import person_name
from conversations.models import Conversation, Participant
from conversations.moderation import moderation

MAX_ROLES = 250


def know(author: Author) -> Person:
    """The person that somebody on Discord is, under the names they have there now."""
    person = Person.objects.filter(discord_id=author.id).first()
    if person is None:
        person, _ = Person.objects.get_or_create(
            discord_id=author.id,
            defaults={
                **_names(author),
                "is_bot": author.is_bot,
                "consent_level": rules.in_force().newcomer_consent,
            },
        )
    changed: dict[str, Any] = {}
    if not person.is_active and _has_left(person):
        changed["is_active"] = True
    if not _goes_by(person, author):
        changed |= {k: v for k, v in _names(author).items() if getattr(person, k) != v}
    if changed:
        Person.objects.filter(pk=person.pk).update(**changed)
        for name, value in changed.items():
            setattr(person, name, value)
    return person


def _has_left(person: Person) -> bool:
    """Whether somebody isn't active because they left: whom a keeper has made inactive still stands
    somewhere, or never was a member."""
    standing = Membership.objects.filter(person=person).values_list("left_at", flat=True)
    return bool(standing) and None not in standing


def is_kept_out(person: Person, now: dt.datetime) -> bool:
    """Whether somebody isn't heard though they agree to be: they're blocked, or a keeper has made
    them inactive."""
    if person.blocked_until is not None and person.blocked_until > now:
        return True
    return not person.is_active and not _has_left(person)


def _goes_by(person: Person, author: Author) -> bool:
    """Whether a person's names are what they were, without looking at anybody else's."""
    names = (allowed(author.username), allowed(author.display_name))
    return bool(names[0]) and names == (person.username, person.display_name)


def agrees(author: Author, wrote_at: dt.datetime | None = None) -> bool:
    """Whether somebody may be heard and known at all, and had agreed to it when they wrote what is
    to be taken in. Who is new is asked what newcomers are."""
    known = Person.objects.filter(discord_id=author.id).values_list("consent_level", "heard_from")
    level, heard_from = known.first() or (rules.in_force().newcomer_consent, None)
    if wrote_at is not None and heard_from is not None and wrote_at < heard_from:
        return False
    return level != Person.Consent.NONE


def belong(person: Person, community: Community, author: Author) -> Membership:
    """A person's belonging to a community, with the nickname and roles that they have there now."""
    described: dict[str, Any] = {
        "nickname": person_name(author.nickname),
        "roles": [role[:100] for role in author.roles[:MAX_ROLES]],
    }
    membership, is_new = Membership.objects.get_or_create(
        person=person, community=community, defaults=described
    )
    changed = {k: v for k, v in described.items() if getattr(membership, k) != v}
    if not author.is_told_whole:
        changed = {}
    if membership.left_at is not None:
        changed["left_at"] = None
        _back_in_the_talk(person, community)
    if not is_new and changed:
        Membership.objects.filter(pk=membership.pk).update(**changed)
    return membership


def _back_in_the_talk(person: Person, community: Community) -> None:
    """Who comes back reads on what goes on since before they left: they hear it again."""
    Participant.objects.filter(
        person=person,
        conversation__channel__community=community,
        conversation__status=Conversation.Status.OPEN,
        left_at__isnull=False,
    ).update(left_at=None)


def join(guild_id: int, author: Author) -> bool:
    """Somebody has joined a guild. Bots are none of our people. Returns whether it was noted."""
    with transaction.atomic():
        community = Community.objects.filter(discord_id=guild_id, is_active=True).first()
        if community is None or author.is_bot or not agrees(author):
            return False
        belong(know(author), community, author)
    return True


def change(guild_id: int, author: Author) -> bool:
    """Somebody goes by another name, or has other roles. Of those who never said anything here, or
    don't agree to be known, nothing is kept. Returns whether it was noted."""
    with transaction.atomic():
        person = Person.objects.filter(discord_id=author.id).first()
        community = Community.objects.filter(discord_id=guild_id, is_active=True).first()
        if person is None or community is None or not agrees(author):
            return False
        belong(know(author), community, author)
    return True


def leave(guild_id: int, user_id: int, now: dt.datetime | None = None) -> bool:
    """Somebody has left a guild, and the talk there: they hear no more of it. Who is in none any
    more isn't active. Whom a keeper has made inactive keeps their place: else leaving and coming
    back would make them active again. Returns whether it was noted."""
    now = now or timezone.now()
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).filter(discord_id=user_id).first()
        if person is None or (not person.is_active and not _has_left(person)):
            return False
        left = Membership.objects.filter(
            person=person, community__discord_id=guild_id, left_at__isnull=True
        ).update(left_at=now)
        Participant.objects.filter(
            person=person,
            conversation__channel__community__discord_id=guild_id,
            conversation__channel__is_direct=False,
            conversation__status=Conversation.Status.OPEN,
            left_at__isnull=True,
        ).update(left_at=now)
        stays = Membership.objects.filter(person=person, left_at__isnull=True).exists()
        if left and not stays:
            Person.objects.filter(pk=person.pk).update(is_active=False)
    return bool(left)


def _names(author: Author) -> dict[str, str]:
    characters = list(Character.objects.values_list("name", flat=True))
    return {
        "username": allowed(author.username, characters) or f"user {author.id}",
        "display_name": allowed(author.display_name, characters),
    }


def allowed(name: str, characters: Iterable[str] = ()) -> str:
    """A name as somebody may bear it here; empty where a rule for all is against it. Nobody has
    just now chosen it, so nobody is told to choose another."""
    fitting = person_name(name, characters)
    return "" if moderation.objection_to_name(fitting) else fitting
