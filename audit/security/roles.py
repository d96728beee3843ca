"""The four roles of staff: what each may see and do. This table is the one place that says it.

Each role is a group of Django's, brought up to date after every migration, so its permissions are
not edited by hand: whoever needs others makes another group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models.signals import post_migrate

ALL = ("view", "add", "change", "delete", "*")
EDIT = ("view", "add", "change", "delete")
SEE = ("view",)
MEND = ("view", "change")

SOCIETY = ("characters.*", "conversations.*", "memories.*")


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be done to which models: patterns of app.model, and verbs. `*` stands for a model's
    own permissions, those besides Django's four."""

    models: tuple[str, ...]
    verbs: tuple[str, ...]
    never: tuple[str, ...] = ()

    def covers(self, model: str, codename: str) -> bool:
        verb, _, rest = codename.partition("_")
        own = verb not in EDIT or rest != model.partition(".")[2]
        return (
            any(fnmatchcase(model, pattern) for pattern in self.models)
            and not any(fnmatchcase(model, pattern) for pattern in self.never)
            and ("*" if own else verb) in self.verbs
        )


# What tells of staff themselves: accounts, second factors, sign-ins, and who did what.
TRAIL = ("audit.adminaction", "audit.securityevent", "audit.chainlink")
# What tells how a person fares.
CARE = ("conversations.carenotice", "conversations.reliance")

ROLES: dict[str, tuple[Grant, ...]] = {
    # Whoever answers for the place: everything, accounts and roles too.
    "owner": (Grant(("*",), ALL),),
    # Runs the society: its characters, talk, memory, configuration and budgets; reads the trail.
    "keeper": (
        Grant(SOCIETY, ALL),
        Grant(("audit.*",), ALL, never=TRAIL),
        Grant((*TRAIL, "auditlog.logentry"), SEE),
        Grant(("audit.securityevent",), MEND),
    ),
    # Keeps the talk civil: sees the society, mends messages, quiets rooms, blocks people.
    "moderator": (
        Grant((*SOCIETY, "audit.*"), SEE, never=TRAIL),
        Grant(("auditlog.logentry",), SEE),
        Grant(
            (
                "conversations.message",
                "conversations.conversation",
                "conversations.channel",
                "conversations.delivery",
                "conversations.reaction",
                "conversations.carenotice",
                "characters.person",
                "audit.securityevent",
            ),
            MEND,
        ),
        Grant(("conversations.moderation*", "conversations.quarantine*"), ALL),
    ),
    # Looks on: the society and what it costs, nothing of staff, and changes nothing.
    "viewer": (Grant((*SOCIETY, "audit.*"), SEE, never=(*TRAIL, *CARE)),),
}


def keep_up_to_date() -> None:
    """Bring the roles up to date after every migration."""
    post_migrate.connect(_after_migrations, dispatch_uid="audit.security.roles")


def _after_migrations(sender: AppConfig, using: str, **_: Any) -> None:
    if sender is not list(apps.get_app_configs())[-1]:
        return  # the permissions of all apps are there with the last
    needed = {model._meta.db_table for model in (Permission, Group, get_user_model())}
    if needed <= set(connections[using].introspection.table_names()):  # not one app's alone
        bring_up_to_date()


def bring_up_to_date() -> None:
    """Give each role's group the permissions that the table says, and superusers the owner's."""
    known = list(
        Permission.objects.values_list(
            "pk", "content_type__app_label", "content_type__model", "codename"
        )
    )
    held: dict[str, set[int]] = {name: set() for name in ROLES}
    for name, permission in Group.objects.filter(name__in=ROLES).values_list("name", "permissions"):
        held[name].add(permission)
    for role, grants in ROLES.items():
        due = {
            pk
            for pk, app, model, codename in known
            if any(grant.covers(f"{app}.{model}", codename) for grant in grants)
        }
        if due != held[role]:
            group, _ = Group.objects.get_or_create(name=role)
            group.permissions.set(due)
    owners: Iterable[Any] = get_user_model().objects.filter(is_superuser=True)
    for user in owners.exclude(groups__name="owner"):  # type: ignore[attr-defined]
        give_role(user, "owner")


def give_role(user: Any, role: str) -> None:
    """Let an account into the admin as this, besides what it is already."""
    if role not in ROLES:
        raise ValueError(f"role: {role!r} is none; choose one of {', '.join(ROLES)}.")
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
