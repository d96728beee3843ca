"""Fields that choose another row by its name, whatever is sent in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError


class KeySelect(AutocompleteSelect):
    """Shows the row that is chosen. Django's would look for whatever was sent as if it were a key,
    and break before the form could say what is wrong with it."""

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        """The row that was chosen, if what was sent can be a key."""
        return super().optgroups(name, [one for one in value if self._is_key(one)], attr)

    def _is_key(self, value: Any) -> bool:
        try:
            self.field.target_field.to_python(value)
        except ValidationError:
            return False
        return True
