"""Every address, walked out of the resolver, and every websocket, against every role."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, resolve, reverse

from audit.models import SecurityEvent
from conversations.tank.routing import websocket_application
from fishbowl.environment import Environment
from tests.access.matrix import MODELS, PAGES, PUBLIC, ROLES, WEBSOCKETS, table
from tests.conversations.tankside import Browser, rows
from tests.patience import PATIENCE_S

admin.autodiscover()

ENTERS, DENIED, SIGNS_IN = "enters", "is denied", "is sent to sign in"
# A model's five pages: which letter of the matrix lets one in. A row that isn't there says nothing.
OF_A_MODEL = {
    "changelist": [("GET", "vc")],
    "add": [("GET", "a")],
    "change": [("GET", "vc"), ("POST", "c")],
    "delete": [("GET", "d")],
}
ALLOWED = {"v": "view", "a": "add", "c": "change", "d": "delete"}
ARGUMENTS: dict[str, Any] = {
    "object_id": "0",
    "id": "0",
    "content_type_id": "0",
    "app_label": "characters",
    "channel_id": 0,
    "turn_id": 0,
    "slug": "nobody",
    "name": "nothing.png",
    "batch": uuid.UUID(int=0),
    "pk": 0,
    "key": "nothing",
}


def names(patterns: list[Any], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name; one without a name goes by its path."""
    for one in patterns:
        if isinstance(one, URLPattern):
            yield f"{space}{one.name or one.pattern}", one
        else:
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from names(one.url_patterns, inner)


def path_of(name: str, pattern: URLPattern) -> str:
    if name not in PUBLIC or pattern.name:
        wanted = pattern.pattern.regex.groupindex
        missing = set(wanted) - ARGUMENTS.keys()
        assert not missing, f"{name} takes {missing}: give each a value in ARGUMENTS"
        return reverse(name, kwargs={key: ARGUMENTS[key] for key in wanted})
    return f"/{pattern.pattern}"


def outcome(path: str, method: str, user: Any) -> str:
    """What becomes of a request."""
    request = getattr(RequestFactory(), method.lower())(path)
    request.user, request.session = user, SessionStore()
    request._messages = CookieStorage(request)
    request._dont_enforce_csrf_checks = True
    request.resolver_match = found = resolve(path)
    request.csp_nonce = ""
    try:
        answer = found.func(request, *found.args, **found.kwargs)
    except PermissionDenied:
        return DENIED
    except Http404:
        return ENTERS
    if answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
        return SIGNS_IN
    return DENIED if answer.status_code == 403 else ENTERS


def expectations() -> Iterator[tuple[str, str, str, dict[str, bool]]]:
    """For each address of the admin: its name, path, method, and whom it lets in."""
    owner = RequestFactory().get("/")
    owner.user = User(is_superuser=True, is_active=True, is_staff=True)
    lines = table(MODELS)
    pages = {(line[0], line[1]): line[2:] for line in table(PAGES)}
    of_models = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_": (model, page)
        for model, page in admin.site._registry.items()
    }
    seen, strangers = set(), []
    for name, pattern in names(get_resolver().url_patterns):
        if name in PUBLIC or not pattern.name:  # the admin's nameless ones only send elsewhere
            continue
        found = {method: held for (page, method), held in pages.items() if page == name}
        if found:
            seen.add(name)
            for method, held in found.items():
                allowed = {r: y == "y" for r, y in zip(ROLES, held, strict=True)}
                yield name, path_of(name, pattern), method, allowed
            continue
        prefix, _, kind = name.rpartition("_")
        if kind == "history":  # says whether there is such a row, and needs no more
            continue
        if f"{prefix}_" not in of_models or kind not in OF_A_MODEL:
            strangers.append(name)
            continue
        model, page = of_models[f"{prefix}_"]
        label = model._meta.label_lower
        row = next((one for one in lines if fnmatchcase(label, one[0])), None)
        assert row is not None, f"{label} is not in the matrix"
        for method, letters in OF_A_MODEL[kind]:
            usable = [
                one for one in letters if getattr(page, f"has_{ALLOWED[one]}_permission")(owner)
            ]
            allowed = {
                role: any(one in held for one in usable)
                for role, held in zip(ROLES, row[1:], strict=True)
            }
            yield name, path_of(name, pattern), method, allowed
    assert not strangers, f"not in the matrix: {', '.join(strangers)}"
    assert seen == {page for page, _ in pages}, "the matrix has pages that there are not"


@pytest.fixture
def _no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was let in is done: of five thousand requests none reads a row or makes a form."""

    def is_in(*_: Any, **__: Any) -> Any:
        raise Http404

    def no_row(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr(admin.ModelAdmin, "get_object", no_row)
    monkeypatch.setattr(admin.ModelAdmin, "get_changelist_instance", is_in)
    monkeypatch.setattr(admin.ModelAdmin, "get_form", is_in)
    monkeypatch.setattr(transaction, "atomic", lambda *_, **__: nullcontext())


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_pages")
def test_it_lets_each_role_in_where_the_matrix_says() -> None:
    people: dict[str, Any] = {"anonymous": AnonymousUser()}
    people["no staff"] = User.objects.create_user("nobody")
    for role in ROLES:
        people[role] = User.objects.create_user(role, is_staff=True)
        people[role].groups.add(Group.objects.get(name=role))
    wrong, checked = [], 0
    for name, path, method, allowed in expectations():
        for who, user in people.items():
            if who in ("anonymous", "no staff"):
                expected = SIGNS_IN
            else:
                expected = ENTERS if allowed[who] else DENIED
            came = outcome(path, method, user)
            checked += 1
            if came != expected:
                wrong.append(f"{who} {came} at {method} {name}, but {expected} by the matrix")
    assert not wrong, "\n".join(wrong)
    assert checked > 1000


@pytest.mark.django_db
def test_it_lets_anybody_see_what_is_public_and_staff_alone_what_is_theirs() -> None:
    for name, pattern in names(get_resolver().url_patterns):
        if name in PUBLIC:
            assert outcome(path_of(name, pattern), "GET", AnonymousUser()) == ENTERS, name


@pytest.mark.django_db(transaction=True)
async def test_it_lets_each_role_watch_from_our_own_pages_alone(
    monkeypatch: pytest.MonkeyPatch, redis_client: object
) -> None:
    monkeypatch.setattr(settings, "FISHBOWL", Environment(who_may_talk="staff"))
    cookies = await rows(sessions)()
    routed = websocket_application.application.inner.inner.inner.routes
    paths = {str(route.pattern).replace("<path:elsewhere>", "elsewhere") for route in routed}
    assert paths == set(WEBSOCKETS)
    for path, (from_ours, from_others) in WEBSOCKETS.items():
        for who, session in cookies.items():
            for origin, lets_in in (
                ("http://localhost:8000", from_ours),
                ("http://evil.example", from_others),
                ("", from_others),
            ):
                one = Browser(cookies=session, origin=origin, path=f"/{path}")
                is_in, _ = await one.connect(timeout=PATIENCE_S)
                assert is_in == lets_in, f"{who} of {origin or 'no page'} at {path!r}"
                if is_in:
                    hello = await one.hear("hello")
                    assert hello["may_talk"] == (who in ROLES), who
                await one.disconnect()
    assert await rows(_refused_origins)() == {"http://evil.example", ""}


def _refused_origins() -> set[str]:
    refused = SecurityEvent.objects.filter(event_type="bad_origin")
    return set(refused.values_list("event_data__origin", flat=True))


def sessions() -> dict[str, dict[str, str]]:
    """What the browser of each role sends."""
    found: dict[str, dict[str, str]] = {"anonymous": {}}
    for who in (*ROLES, "no staff"):
        user = User.objects.create_user(who, is_staff=who in ROLES)
        if who in ROLES:
            user.groups.add(Group.objects.get_or_create(name=who)[0])
        client = Client()
        client.force_login(user)
        found[who] = {"sessionid": client.cookies["sessionid"].value}
    return found
