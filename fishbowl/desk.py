"""How the keeper's desk looks: django-unfold's settings, and the side bar.

What the side bar says of a model stands on the model's own admin class, as
`icon` and `shelf` (`characters.admin.lists.HouseAdmin`).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy

# The side bar's shelves in their order, and whose models go to which when they don't say.
SHELVES = {
    "characters": "Characters",
    "growth": "Growth",
    "works": "Works and files",
    "people": "People",
    "conversations": "Talk",
    "moderation": "Moderation",
    "discord": "Discord",
    "memories": "Memory",
    "knowledge": "Knowledge",
    "nights": "Nights and audits",
    "audit": "The house",
    "costs": "Costs and calls",
    "security": "Security",
    "auth": "Keepers",
    "auditlog": "Security",
}
ICON = "circle"
# Pages that are no model's, with what a keeper must be allowed to see.
PAGES = (
    ("Settings", "tune", "audit_settings", "audit.view_systemconfiguration"),
    ("Costs", "payments", "audit_costs", "audit.view_llmcall"),
    ("Performance", "speed", "audit_performance", "audit.view_llmcall"),
)


def side_bar(request: HttpRequest) -> list[dict[str, Any]]:
    """Every model that this keeper may see, on its shelf, in plain words with an icon."""
    from django.contrib import admin

    shelves: dict[str, list[dict[str, Any]]] = {key: [] for key in SHELVES}
    for app in admin.site.get_app_list(request):
        for listed in app["models"]:
            page = admin.site._registry[listed["model"]]
            shelf = getattr(page, "shelf", "") or app["app_label"]
            if link := listed["admin_url"]:
                icon = getattr(page, "icon", ICON)
                shelves.setdefault(shelf, []).append(_item(request, listed["name"], icon, link))
    desk = reverse("admin:index")
    pages = [
        _item(request, title, icon, reverse(f"admin:{name}"))
        for title, icon, name, needs in PAGES
        if request.user.has_perm(needs)
    ]
    first = {"title": "Desk", "icon": "space_dashboard", "link": desk}
    tank = {"title": "The tank", "icon": "water", "link": "/"}
    return [
        {"title": "", "items": [{**first, "active": request.path == desk}, tank, *pages]},
        *(
            {
                "title": SHELVES.get(key, key.replace("_", " ").capitalize()),
                "items": items,
                "active": any(item["active"] for item in items),
            }
            for key, items in shelves.items()
            if items
        ),
    ]


def _item(request: HttpRequest, title: str, icon: str, link: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link, "active": request.path.startswith(link)}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Fishbowl",
    "SITE_HEADER": "Fishbowl",
    "SITE_SUBHEADER": "The keeper's desk",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("tank/bowl.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("tank/bowl.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "conversations.admin.dashboard.fill",
    "STYLES": [lambda request: static("desk/desk.css")],
    "SCRIPTS": [
        lambda request: static("desk/desk.js"),
        lambda request: static("desk/reach.js"),
    ],
    "SIDEBAR": {
        "show_search": True,
        "command_search": False,
    },
    "LOGIN": {"form": "audit.security.secondfactor.SignInForm"},
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Second factor", "link": reverse_lazy("admin:second_factor")},
        ],
    },
}
