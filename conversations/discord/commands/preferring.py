"""What somebody would like: /timezone, /birthday, /quiet, /style."""

from __future__ import annotations

import datetime as dt

from discord import app_commands
from django.utils import timezone as clock

from characters import preferences
from characters.models import Person
from conversations import moments, reminders
from conversations.discord.commands import choices
from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import known_person
from conversations.text import Refused

AS_EVER = "as ever"


def _offered(key: str) -> list[app_commands.Choice[str]]:
    offered = (*preferences.STYLE[key], AS_EVER)
    return [app_commands.Choice(name=one, value=one) for one in offered]


@app_commands.command(name="timezone", description="Where your clock stands")
@app_commands.describe(zone="A city near you, such as Europe/Oslo")
@app_commands.autocomplete(zone=choices.timezone)
async def timezone(interaction: Interaction, zone: app_commands.Range[str, 1, 60]) -> None:
    await answer(interaction, await ask(interaction, _zone, caller_of(interaction), zone))


@app_commands.command(name="birthday", description="Tell your birthday, or have it forgotten")
@app_commands.describe(day="Such as 1 May or 1990-05-01; left out: it is forgotten")
async def birthday(
    interaction: Interaction, day: app_commands.Range[str, 1, 40] | None = None
) -> None:
    await answer(interaction, await ask(interaction, _birthday, caller_of(interaction), day))


@app_commands.command(name="quiet", description="Hours in which nothing may disturb you")
@app_commands.describe(start="When they begin, such as 22:00; left out: never", end="When they end")
async def quiet(
    interaction: Interaction,
    start: app_commands.Range[str, 1, 12] | None = None,
    end: app_commands.Range[str, 1, 12] | None = None,
) -> None:
    await answer(interaction, await ask(interaction, _quiet, caller_of(interaction), start, end))


@app_commands.command(name="style", description="How you like to be answered")
@app_commands.describe(length="How long", formality="How formally", emoji="With emoji or without")
@app_commands.choices(
    length=_offered("length"), formality=_offered("formality"), emoji=_offered("emoji")
)
async def style(
    interaction: Interaction,
    length: app_commands.Choice[str] | None = None,
    formality: app_commands.Choice[str] | None = None,
    emoji: app_commands.Choice[str] | None = None,
) -> None:
    given = {"length": length, "formality": formality, "emoji": emoji}
    wishes = {key: one.value for key, one in given.items() if one is not None}
    wishes = {key: "" if value == AS_EVER else value for key, value in wishes.items()}
    await answer(interaction, await ask(interaction, _style, caller_of(interaction), wishes))


# --- steps ----------------------------------------------------------------------------------------


def _zone(caller: Caller, name: str) -> str:
    person, now = known_person(caller), clock.now()
    zone = preferences.set_timezone(person, name)
    reminders.reschedule(person, now)
    local = now.astimezone(preferences.zone_of(person))
    return f"Your clock stands at {zone}: it is {local:%H:%M}."


def _birthday(caller: Caller, text: str | None) -> str:
    person, now = known_person(caller), clock.now()
    if text is None:
        preferences.set_birthday(person, None)
        reminders.plan_birthday(person, now)
        return "Your birthday is forgotten."
    today = now.astimezone(preferences.zone_of(person)).date()
    day = preferences.read_birthday(text, today)
    preferences.set_birthday(person, day)
    planned = reminders.plan_birthday(person, now)
    said = f"Your birthday is {day:%-d %B}."
    if person.consent_level != Person.Consent.FULL:
        return f"{said} Nobody will bring it up unless you set /privacy to full."
    if planned is None:
        return f"{said} Somebody will wish you well once you have talked with the characters."
    return f"{said} Somebody will wish you well in #{planned.channel.name}."


def _quiet(caller: Caller, start: str | None, end: str | None) -> str:
    person, now = known_person(caller), clock.now()
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


def _style(caller: Caller, wishes: dict[str, str]) -> str:
    stands = preferences.set_style(known_person(caller), wishes)
    if not stands:
        return "You are answered as each character speaks."
    words = ", ".join(f"{key}: {value}" for key, value in stands.items())
    return f"Who answers you keeps to this: {words}."


COMMANDS: Commands = (timezone, birthday, quiet, style)
