"""Who may see and do what: the one readable place. `test_access.py` holds every address to it.

Columns are the four roles of staff. Anonymous visitors, and accounts that aren't staff, are sent to
sign in wherever a role is asked for.
"""

from __future__ import annotations

ROLES = ("owner", "keeper", "moderator", "viewer")

# Models' pages in the admin. v: the list, a row and its history; a: add; c: change; d: delete.
# The first line that fits a model holds. What a model's own page allows to nobody (history is not
# edited, accounts are not deleted) stays forbidden whatever stands here.
MODELS = """
# model                          owner   keeper  moderator  viewer
audit.adminaction                vacd    v       -          -
audit.securityevent              vacd    vc      vc         -
audit.chainlink                  vacd    v       -          -
audit.*                          vacd    vacd    v          v
auditlog.logentry                vacd    v       v          -
auth.*                           vacd    -       -          -
otp_totp.totpdevice              vacd    -       -          -
characters.person                vacd    vacd    vc         v
characters.*                     vacd    vacd    v          v
conversations.message            vacd    vacd    vc         v
conversations.conversation       vacd    vacd    vc         v
conversations.channel            vacd    vacd    vc         v
conversations.delivery           vacd    vacd    vc         v
conversations.reaction           vacd    vacd    vc         v
conversations.carenotice         vacd    vacd    vc         -
conversations.reliance           vacd    vacd    v          -
conversations.moderation*        vacd    vacd    vacd       v
conversations.quarantine*        vacd    vacd    vacd       v
conversations.*                  vacd    vacd    v          v
memories.*                       vacd    vacd    v          v
"""

# Pages of the admin that are no model's own five. y: may enter; a line for each method that acts.
# A character's card is added by importing one: that page sends on to the import, which asks again.
PAGES = """
# page                           method  owner  keeper  moderator  viewer
admin:index                      GET     y      y       y          y
admin:search                     GET     y      y       y          y
admin:app_list                   GET     y      y       y          y
admin:jsi18n                     GET     y      y       y          y
admin:password_change            GET     y      y       y          y
admin:password_change_done       GET     y      y       y          y
admin:view_on_site               GET     y      y       y          y
admin:second_factor              GET     y      y       y          y
admin:autocomplete               GET     -      -       -          -
admin:audit_society              POST    y      y       -          -
admin:audit_adminaction_export_jsonl GET y      y       -          -
admin:audit_adminaction_export_csv   GET y      y       -          -
admin:auth_user_password_change  GET     y      -       -          -
admin:audit_settings             GET     y      y       y          y
admin:audit_settings_section     GET     y      y       y          y
admin:audit_setting              GET     y      y       y          y
admin:audit_settings_export      GET     y      y       y          y
admin:audit_settings_import      POST    y      y       -          -
admin:audit_costs                GET     y      y       y          y
admin:audit_performance          GET     y      y       y          y
admin:conversations_turn_why     GET     y      y       y          y
admin:act_new_character          GET     y      y       -          -
admin:act_hello                  GET     y      y       y          y
admin:act_clone                  GET     y      y       -          -
admin:act_line                   GET     y      y       -          -
admin:act_event                  GET     y      y       -          -
admin:act_scene                  GET     y      y       -          -
admin:act_rest                   GET     y      y       -          -
admin:act_resume                 GET     y      y       -          -
admin:act_reflect                GET     y      y       -          -
admin:act_try_moderation         GET     y      y       y          y
admin:act_block_list             GET     y      y       y          -
admin:act_starter_rules          GET     y      y       y          -
admin:act_release_case           GET     y      y       y          -
admin:act_remove_case            GET     y      y       y          -
admin:act_block_person           GET     y      y       y          -
admin:act_unblock_person         GET     y      y       y          -
admin:person_export_json         GET     y      y       y          -
admin:person_export_html         GET     y      y       y          -
admin:person_erase               GET     y      y       -          -
admin:characters_cardsource_add  GET     y      y       y          y
admin:card_import                GET     y      y       -          -
admin:card_confirm               GET     y      y       -          -
admin:card_export                GET     y      y       y          y
"""

# What anybody may open, and the two pages by which staff come and go.
PUBLIC = {
    "tank",
    "room",
    "character",
    "why",
    "community",
    "avatar",
    "healthz",
    "readyz",
    "metrics",
    "favicon.ico",
    "admin:login",
    "admin:logout",
}

# Websockets: whoever's page is our own may watch; whether they may talk is the tank's setting.
# path -> pages of ours, pages of another site
WEBSOCKETS = {
    "live/": (True, False),
    "elsewhere": (False, False),
    "": (False, False),
}


def table(text: str) -> list[list[str]]:
    """The lines of a matrix, in words."""
    lines = (line.split() for line in text.strip().splitlines())
    return [line for line in lines if not line[0].startswith("#")]
