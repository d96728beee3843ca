#!/usr/bin/env python
"""Django's command line for Fishbowl. Works beside a running society, and alone."""

import os
import sys

# Commands that read no row. `up` brings the servers itself, telling how far it is.
NEED_NO_SERVERS = frozenset(
    {
        "up", "help", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic",
        "makemessages", "startapp", "startproject", "--help", "-h", "--version", "version",
    }
)  # fmt: skip


def main() -> None:
    """Come to the embedded servers if the command needs them, then run it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fishbowl.settings")
    from fishbowl import garbage

    garbage.look_seldom()
    from fishbowl import boot

    boot.environment()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    wants_help = {"--help", "-h"} & set(sys.argv[2:])
    if command not in NEED_NO_SERVERS and not wants_help:
        boot.use_servers()

    from django.core.management import execute_from_command_line

    if command != "migrate":
        execute_from_command_line(sys.argv)
        return
    from django.db import DatabaseError
    from psycopg.errors import RaiseException

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        if not isinstance(error.__cause__, RaiseException):
            raise
        boot.refuse(error.__cause__.diag.message_primary, boot.NO_SERVERS)


def without_a_reader() -> None:
    """End as quietly as other programs do whose output nobody reads on, such as `… | head`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:
        without_a_reader()
