"""Who a browser is, and whether it may talk.

A browser is known by a random secret in a cookie; only its hash is stored. An invitation is a
second cookie, signed, which names the code it came by: a new code ends the old invitations.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from characters.models import Character, Membership, Person
from conversations.moderation import moderation
from conversations.services import local_community
from conversations.text import Refused, caseless, clean_name
from fishbowl import secrets as kept

GUEST_COOKIE = "guest"
INVITE_COOKIE = "invited"
YEAR_S = 365 * 24 * 3600
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_SALT = "fishbowl.invitation"

NEEDS_INVITATION = (
    "You are welcome to watch. Talking here needs an invitation: ask whoever keeps this tank for "
    "the link."
)
NEEDS_STAFF = "You are welcome to watch. Only the keepers talk here: sign in if you are one."


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser at the tank. `name` is empty until it has joined, `why_not` while it may talk."""

    key: str
    may_talk: bool
    why_not: str = ""
    person_id: int | None = None
    name: str = ""
    is_staff: bool = False
    may_keep: bool = False  # change rooms, such as having one quiet

    @property
    def has_joined(self) -> bool:
        return self.person_id is not None


def visitor(cookies: Mapping[str, str], user: Any) -> Visitor:
    """Who comes with these cookies, signed in as `user`. Asks the database once at most."""
    key = key_in(cookies)
    is_staff = bool(user.is_staff)  # nobody who isn't signed in
    why_not = reason_not_to_talk(talkers(), cookies, is_staff)
    person = person_with(key)
    return Visitor(
        key=key,
        may_talk=not why_not,
        why_not=why_not,
        person_id=person.pk if person else None,
        name=person.name if person else "",
        is_staff=is_staff,
        may_keep=is_staff and user.has_perm("conversations.change_channel"),
    )


def signed_in(cookies: Mapping[str, str]) -> Any:
    """The account that a browser is signed in with by now; nobody's once its session has ended."""
    request = HttpRequest()
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return get_user(request)


def talkers() -> str:
    """Who may talk, by the setting WHO_MAY_TALK: anyone, invited or staff."""
    return str(settings.FISHBOWL.talkers)


def key_in(cookies: Mapping[str, str]) -> str:
    """The secret of the browser; empty if it has none, or one that we didn't make."""
    key = cookies.get(GUEST_COOKIE, "")
    return key if _KEY.fullmatch(key) else ""


def person_with(key: str) -> Person | None:
    """The person that the browser holding `key` has joined as."""
    if not key:
        return None
    return Person.objects.filter(
        web_key=hash_key(key), is_active=True, erased_at__isnull=True
    ).first()


def reason_not_to_talk(talkers: str, cookies: Mapping[str, str], is_staff: bool) -> str:
    """Why this browser may only watch, and how to get in; empty if it may talk."""
    if talkers == "anyone" or is_staff:
        return ""
    if talkers == "invited":
        return "" if _is_invited(cookies) else NEEDS_INVITATION
    return NEEDS_STAFF


def hash_key(key: str) -> str:
    """What is stored of the secret by which a browser is known as a person."""
    return hashlib.sha256(key.encode()).hexdigest()


def join_as_guest(name: object, key: str, now: dt.datetime | None = None) -> Person:
    """The person that the browser holding `key` is, under `name`; renames one known already.

    Raises:
        Refused: the name is unusable, against the rules, or a character's or another person's.
    """
    now = now or timezone.now()
    cleaned = clean_name(name)
    for character in Character.objects.values_list("name", flat=True):
        if caseless(character) == caseless(cleaned):
            raise Refused("name", f"{character} is one of the characters. Choose another name.")
    moderation.check_name(cleaned, local_community().pk)
    digest = hash_key(key)
    try:
        with transaction.atomic():
            person = Person.objects.select_for_update(no_key=True).filter(web_key=digest).first()
            if person is None:
                person = Person(web_key=digest)
            person.username = cleaned
            person.last_seen_at = now
            person.save()
            Membership.objects.get_or_create(community=local_community(), person=person)
    except IntegrityError:
        raise Refused("name", f"Somebody here is called {cleaned}. Choose another name.") from None
    return person


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give a browser that comes for the first time its secret."""
    if not key_in(request.COOKIES):
        _set_cookie(request, response, GUEST_COOKIE, secrets.token_urlsafe(32))


# --- invitations ----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def invite_code() -> str:
    """The code of this deployment's invitation, made once and kept in `var/secrets/invite`."""
    return kept.keep(settings.PLACES, "invite", secrets.token_urlsafe(18))


def invite_link(site: str) -> str:
    """The link to hand to people who shall talk. `site` is the address of the tank."""
    return f"{site.rstrip('/')}/?invite={invite_code()}"


def is_invitation(code: str) -> bool:
    """Whether `code` is the one in force."""
    return constant_time_compare(code.strip(), invite_code())


def accept_invitation(request: HttpRequest, response: HttpResponse) -> None:
    """Let this browser talk from now on."""
    _set_cookie(request, response, INVITE_COOKIE, signing.Signer(salt=_SALT).sign(_mark()))


def _is_invited(cookies: Mapping[str, str]) -> bool:
    try:
        mark = signing.Signer(salt=_SALT).unsign(cookies.get(INVITE_COOKIE, ""))
    except signing.BadSignature:
        return False
    return constant_time_compare(mark, _mark())


def _mark() -> str:
    return hashlib.sha256(invite_code().encode()).hexdigest()[:16]


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
