"""Buttons, menus and what holds them, in messages and in modals."""

from __future__ import annotations

from typing import Any

from tests.discord.server.forms import checks as c
from tests.discord.server.messages import walk

ROWS = 5
IN_ALL = 40
ROW, BUTTON, MENU, INPUT, LABEL = 1, 2, 3, 4, 18
MENUS = (3, 5, 6, 7, 8)

_id = {"id": c.integer(0), "type": c.integer(1, 23)}
_custom_id = c.text(100, 1)
_emoji = c.fields({"id": c.nullable(c.snowflake), "name": c.text(64), "animated": c.boolean})

_option = c.fields(
    {
        "label": c.text(100, 1),
        "value": c.text(100, 1),
        "description": c.nullable(c.text(100)),
        "emoji": _emoji,
        "default": c.boolean,
    },
    required=["label", "value"],
)

_button = c.fields(
    {
        **_id,
        "style": c.integer(1, 6),
        "label": c.nullable(c.text(80)),
        "emoji": _emoji,
        "custom_id": _custom_id,
        "sku_id": c.snowflake,
        "url": c.url(512),
        "disabled": c.boolean,
    },
    required=["style"],
)
_MENU = {
    **_id,
    "custom_id": _custom_id,
    "placeholder": c.nullable(c.text(150)),
    "min_values": c.integer(0, 25),
    "max_values": c.integer(1, 25),
    "disabled": c.boolean,
    "required": c.boolean,
}
_menu = c.fields({**_MENU, "options": c.listing(_option, 25, 1)}, required=["custom_id", "options"])
_defaults = c.listing(
    c.fields({"id": c.snowflake, "type": c.one_of("user", "role", "channel")}), 25
)
_other_menu = c.fields(
    {**_MENU, "default_values": _defaults, "channel_types": c.listing(c.integer(0), 20)},
    required=["custom_id"],
)
_input = c.fields(
    {
        **_id,
        "custom_id": _custom_id,
        "style": c.one_of(1, 2),
        "label": c.nullable(c.text(45)),
        "min_length": c.integer(0, 4000),
        "max_length": c.integer(1, 4000),
        "required": c.boolean,
        "value": c.nullable(c.text(4000)),
        "placeholder": c.nullable(c.text(100)),
    },
    required=["custom_id", "style"],
)


def _kind(value: Any) -> int:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, int):
        raise c.Invalid({"type": c.fault("BASE_TYPE_REQUIRED", c.REQUIRED).tree})
    return kind


def _control(value: Any) -> dict[str, Any]:
    """What a row of a message holds."""
    kind = _kind(value)
    if kind == BUTTON:
        return _whole_button(value)
    if kind in MENUS:
        found: dict[str, Any] = (_menu if kind == MENU else _other_menu)(value)
        return found
    message = f'Value of field "type" must be one of {(BUTTON, *MENUS)}.'
    raise c.Invalid({"type": c.fault("UNION_TYPE_CHOICES", message).tree})


def _whole_button(value: Any) -> dict[str, Any]:
    """A link has an address, every other button a custom_id; both something to show."""
    found: dict[str, Any] = _button(value)
    needed = "url" if found["style"] == 5 else "custom_id"
    if found["style"] != 6 and not found.get(needed):
        raise c.Invalid(
            {needed: c.fault("BASE_TYPE_REQUIRED", "A custom id or url is required").tree}
        )
    if "custom_id" in found and "url" in found:
        message = "A custom id and url cannot both be specified"
        raise c.Invalid({"custom_id": c.fault("COMPONENT_CUSTOM_ID_URL", message).tree})
    if found["style"] != 6 and not found.get("label") and not found.get("emoji"):
        raise c.Invalid({"label": c.fault("BUTTON_COMPONENT_INVALID", "Nothing to show.").tree})
    return found


def _row(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = c.fields(
        {**_id, "components": c.listing(_control, 5, 1)}, required=["components"]
    )(value)
    kinds = [one["type"] for one in found["components"]]
    if len(kinds) > 1 and any(kind in MENUS for kind in kinds):
        message = "The specified component exceeds the maximum width"
        raise c.fault("COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    return found


def _part(value: Any) -> dict[str, Any]:
    """One component at the top of a message. Of the newer layouts only the shape is looked at."""
    kind = _kind(value)
    if kind == ROW:
        return _row(value)
    if kind not in (9, 10, 11, 12, 13, 14, 17):
        message = 'Value of field "type" must be one of (1, 9, 10, 12, 13, 14, 17).'
        raise c.Invalid({"type": c.fault("UNION_TYPE_CHOICES", message).tree})
    return dict(value)


def components(value: Any) -> list[dict[str, Any]]:
    """A message's components: five rows, or with the newer layouts forty parts in all."""
    is_new = isinstance(value, list) and any(
        isinstance(one, dict) and one.get("type") != ROW for one in value
    )
    found: list[dict[str, Any]] = c.listing(_part, IN_ALL if is_new else ROWS)(value)
    _each_id_once(found)
    if len(walk(found)) > IN_ALL:
        raise c.fault("BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {IN_ALL} in length.")
    return found


def _each_id_once(found: list[dict[str, Any]]) -> None:
    seen = set()
    for one in walk(found):
        if "custom_id" in one:
            if one["custom_id"] in seen:
                message = "Component custom id cannot be duplicated"
                raise c.fault("COMPONENT_CUSTOM_ID_DUPLICATED", message)
            seen.add(one["custom_id"])


def _field(value: Any) -> dict[str, Any]:
    """One part of a modal: a row with a text input, or a label with any control."""
    kind = _kind(value)
    if kind == ROW:
        row: dict[str, Any] = c.fields({**_id, "components": c.listing(_input, 1, 1)})(value)
        return row
    if kind == LABEL:
        label: dict[str, Any] = c.fields(
            {
                **_id,
                "label": c.text(45, 1),
                "description": c.nullable(c.text(100)),
                "component": _labelled,
            },
            required=["label", "component"],
        )(value)
        return label
    if kind == 10:
        return dict(value)
    raise c.Invalid({"type": c.fault("UNION_TYPE_CHOICES", "Not in a modal.").tree})


def _labelled(value: Any) -> dict[str, Any]:
    kind = _kind(value)
    if kind == INPUT:
        found: dict[str, Any] = _input(value)
        return found
    return dict(value) if kind in (19, 21, 22, 23) else _control(value)


_modal = c.fields(
    {"custom_id": _custom_id, "title": c.text(45, 1), "components": c.listing(_field, 5, 1)},
    required=["custom_id", "title", "components"],
)


def modal(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = _modal(value)
    _each_id_once(found["components"])
    return found
