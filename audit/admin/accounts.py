"""Who keeps the society: accounts and their groups, in the desk's dress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

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
    """Accounts of those who may enter here."""

    icon = "manage_accounts"
    dated = "last_login"
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_staff", "is_superuser", "is_active", "last_login"]


@admin.register(Group)
class RoleAdmin(GroupAdmin, HouseAdmin[Group]):
    """What accounts may do, together."""

    icon = "shield_person"
