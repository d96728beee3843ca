"""Embeds: up to ten, each part of limited length, 6,000 characters in all."""

from __future__ import annotations

from typing import Any

from tests.discord.server.forms import checks as c

MOST = 10
ALL_TEXT = 6000

_media = c.fields(
    {
        "url": c.url(schemes=("http", "https", "attachment")),
        # These Discord fills in itself; clients hand them back.
        "proxy_url": c.text(2048),
        "height": c.integer(0),
        "width": c.integer(0),
    },
    required=["url"],
)

_embed = c.fields(
    {
        "title": c.nullable(c.text(256)),
        "type": c.one_of("rich"),
        "description": c.nullable(c.text(4096)),
        "url": c.nullable(c.url()),
        "timestamp": c.nullable(c.text(64, 10, matching=r"\d{4}-\d\d-\d\dT.+")),
        "color": c.nullable(c.integer(0, 0xFFFFFF)),
        "footer": c.fields(
            {"text": c.text(2048, 1), "icon_url": c.url(), "proxy_icon_url": c.url()}
        ),
        "image": _media,
        "thumbnail": _media,
        "author": c.fields(
            {
                "name": c.text(256, 1),
                "url": c.url(),
                "icon_url": c.url(schemes=("http", "https", "attachment")),
                "proxy_icon_url": c.url(),
            },
            required=["name"],
        ),
        "fields": c.listing(
            c.fields(
                {"name": c.text(256, 1), "value": c.text(1024, 1), "inline": c.boolean},
                required=["name", "value"],
            ),
            25,
        ),
        "flags": c.integer(0),
    }
)
_embeds = c.listing(_embed, MOST)


def embeds(value: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _embeds(value)
    if sum(_size(one) for one in found) > ALL_TEXT:
        message = f"Embed size exceeds maximum size of {ALL_TEXT}"
        raise c.fault("MAX_EMBED_SIZE_EXCEEDED", message)
    return [{"type": "rich", **one} for one in found]


def _size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field["name"], field["value"]]
    return sum(c.length(text) for text in texts if text)
