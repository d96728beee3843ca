"""Who keeps the society: accounts and their groups, in the desk's dress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.models import SecurityEventType
from audit.security.roles import ROLES
from audit.security.security import record_event
from audit.trail.actions import record_action
from characters.admin.lists import HouseAdmin

if TYPE_CHECKING:
    AdminPasswordChangeForm: Any
    UserChangeForm: Any
    UserCreationForm: Any
else:
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class AccountAdmin(UserAdmin[User], HouseAdmin[User]):
    """Accounts of those who may enter here. None is deleted, for what it did keeps its name: take
    its access instead."""

    icon = "manage_accounts"
    dated = "last_login"
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_staff", "is_superuser", "is_active", "last_login"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Record it when roles or permissions change."""
        before = _powers(form.instance) if change else set()
        super().save_related(request, form, formsets, change)
        after = _powers(form.instance)
        powers = {"is_superuser", "is_staff", "is_active"} & set(form.changed_data)
        if before != after or powers:
            changes = {
                "added": sorted(after - before),
                "removed": sorted(before - after),
                "switched": {name: form.cleaned_data[name] for name in sorted(powers)},
            }
            record_action("account.roles", form.instance, changes=changes)
            record_event(
                SecurityEventType.ROLES_CHANGED, data={"account": form.instance.pk, **changes}
            )


def _powers(user: User) -> set[str]:
    """What an account may do by name: its groups, and permissions of its own."""
    groups = set(user.groups.values_list("name", flat=True))
    return groups | set(user.user_permissions.values_list("codename", flat=True))


@admin.register(Group)
class RoleAdmin(GroupAdmin, HouseAdmin[Group]):
    """What accounts may do, together. The four roles follow the code, and are only looked at."""

    icon = "shield_person"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_role(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_role(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """The roles don't go with a selection of groups that are deleted together."""
        rows = super().get_queryset(request)
        is_deleting = request.POST.get("action") == "delete_selected"
        return rows.exclude(name__in=ROLES) if is_deleting else rows


def _is_role(group: Any) -> bool:
    return group is not None and group.name in ROLES
