"""Slash commands, by what they are for:

    company     /characters /about /mood /relationship /opinions
    gathering   /talk /scene /remember
    reminding   /remind /reminders
    why         /why, and the same in a message's menu
    privacy     /privacy /what-do-you-know-about-me /forget-me /export-me
    preferring  /timezone /birthday /quiet /style
    setup       /setup
    keeping     /pause /resume /channel-mode /status /cost

Each is thin: it crosses once to a named service, and says what came of it.
    tree        all of them as Discord knows them; who may use them at all
    claims      which bot sees to it
    callers     who asks, in facts;  here: the rows behind them
    answers     how they are answered, in time, and when something goes wrong
    controls    buttons, which work after a restart too
    choices     what is suggested while somebody types
"""

from __future__ import annotations

import discord

from conversations.discord.commands import (
    company,
    controls,
    gathering,
    keeping,
    preferring,
    privacy,
    reminding,
    setup,
    why,
)
from conversations.discord.commands.tree import Tree

GROUPS = (company, gathering, reminding, why, privacy, preferring, setup, keeping)


def commands_for(client: discord.Client) -> Tree:
    """All commands, for one run of the bot, and the buttons under their answers."""
    tree = Tree(client)
    for group in GROUPS:
        for command in group.COMMANDS:
            tree.add_command(command)
    client.add_dynamic_items(*controls.CONTROLS, *setup.CONTROLS)
    return tree
