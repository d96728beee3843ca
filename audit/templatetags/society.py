"""What admin pages say of the society as a whole."""

from __future__ import annotations

from django import template

from audit.configuration import is_society_paused

register = template.Library()


@register.simple_tag
def society_is_paused() -> bool:
    """Whether the keeper has stopped everything."""
    return is_society_paused()
