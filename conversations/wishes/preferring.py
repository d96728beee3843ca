"""What somebody would like, kept, and said back to them: by a command or in plain words."""

from __future__ import annotations

import datetime as dt

from characters import preferences
from characters.models import Person
from conversations.initiative import moments, reminders
from conversations.models import Channel
from conversations.text import Refused


def timezone(person: Person, name: str, now: dt.datetime) -> str:
    """Keep where somebody's clock stands.

    Raises:
        Unusable: there is no such zone.
    """
    zone = preferences.set_timezone(person, name)
    reminders.reschedule(person, now)
    local = now.astimezone(preferences.zone_of(person))
    return f"Your clock stands at {zone}: it is {local:%H:%M}."


def birthday(
    person: Person, text: str | None, now: dt.datetime, told_in: Channel | None = None
) -> str:
    """Keep somebody's birthday, or forget it. They are wished well where they told it before all,
    if they did.

    Raises:
        Unusable: it is no day that somebody alive can have been born on.
    """
    if text is None:
        preferences.set_birthday(person, None)
        reminders.plan_birthday(person, now)
        return "Your birthday is forgotten."
    today = now.astimezone(preferences.zone_of(person)).date()
    day = preferences.read_birthday(text, today)
    preferences.set_birthday(person, day)
    planned = reminders.plan_birthday(person, now, told_in)
    said = f"Your birthday is {day:%-d %B}."
    if person.consent_level != Person.Consent.FULL:
        return f"{said} Nobody will bring it up unless you say “privacy full”."
    if planned is None:
        return f"{said} Somebody will wish you well once you have talked with the characters."
    return f"{said} Somebody will wish you well in #{planned.channel.name}."


def quiet_hours(person: Person, start: str | None, end: str | None, now: dt.datetime) -> str:
    """Keep when somebody isn't to be disturbed; without a start and an end, never.

    Raises:
        Refused: these are no hours.
    """
    if start is None and end is None:
        preferences.set_quiet_hours(person, None, None)
        return "You have no quiet hours."
    if start is None or end is None:
        raise Refused("start, end", "Give both ends, such as 22:00 and 7:00, or neither.")
    hours = _time("start", start), _time("end", end)
    if hours[0] == hours[1]:
        raise Refused("end", "Quiet hours that end when they begin are none: choose another end.")
    preferences.set_quiet_hours(person, *hours)
    reminders.reschedule(person, now)
    return f"Nothing disturbs you {preferences.quiet_words(person)}. What falls due then waits."


def _time(field: str, text: str) -> dt.time:
    found = moments.clock(text)
    if found is None:
        raise Refused(field, f"{text!r} is no time of day. Write it like 22:00 or 10pm.")
    return dt.time(*found)
