"""The settings as a file to copy: `python -m fishbowl.example > .env.example`."""

from __future__ import annotations

import sys

from fishbowl.environment import schema

SECTIONS = {
    "FISHBOWL_VAR": "Where it lives",
    "DATABASE_URL": "Servers and processes",
    "LLM_MODEL": "The model that speaks",
    "EMBEDDING_PROVIDER": "The model that finds memories",
    "MODERATION_BASE_URL": "What looks at what is said",
    "DISCORD_TOKEN": "Discord",
}


def example() -> str:
    """The text of `.env.example`."""
    lines = [
        "# Copy this file to .env and uncomment what you want to change. Everything is optional.",
        "# A variable of the process's environment goes before the same one here.",
    ]
    for name, item in schema().items():
        if name in SECTIONS:
            lines += ["", f"# --- {SECTIONS[name]} ---"]
        shown = item.metadata["shown"] or str(item.default).lower()
        lines += ["", f"# {item.metadata['help']}", f"#{name}={shown}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(example())
