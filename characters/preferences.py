"""What a person has asked for: their clock, their quiet hours, their birthday, how much of them may
be remembered, and how they like to be answered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from characters.models import Person, PersonPreference
from characters.quiet import hours_of

# How somebody likes to be answered: what may be asked for, by key.
STYLE: Mapping[str, tuple[str, ...]] = {
    "length": ("short", "medium", "long"),
    "formality": ("casual", "plain", "formal"),
    "emoji": ("none", "some"),
}


class Unusable(ValueError):
    """Something asked for can't be kept; the text says why, and what can."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(remedy)
        self.field, self.remedy = field, remedy


def set_timezone(person: Person, name: str) -> str:
    """Keep where a person's clock stands. Returns the zone's own name.

    Raises:
        Unusable: there is no such zone.
    """
    wanted = name.strip().replace(" ", "_").casefold()
    found = next((zone for zone in available_timezones() if zone.casefold() == wanted), None)
    if found is None:
        raise Unusable(
            "zone", f"{name[:60]!r} is no time zone. Choose one such as Europe/Oslo, or UTC."
        )
    _store(person, timezone=found)
    return found


def set_birthday(person: Person, day: dt.date | None) -> None:
    """Keep a person's birthday, or forget it."""
    _store(person, birthday=day)


def read_birthday(text: str, today: dt.date) -> dt.date:
    """The day that somebody means: '1990-05-01', '1 May', 'May 1 1990', '01.05.1990'.

    Without a year it is kept as of 1904, which stands for none and has every day.

    Raises:
        Unusable: it is no day, or none that somebody alive can have been born on.
    """
    cleaned = " ".join(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,", " ", text).split())
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y"):
        for given, shape in ((cleaned, form), (f"{cleaned} {YEARLESS}", form)):
            try:
                day = dt.datetime.strptime(given, shape).replace(tzinfo=dt.UTC).date()
            except ValueError:
                continue
            if day.year == YEARLESS or (today.year - 120 <= day.year and day <= today):
                return day
            raise Unusable("day", f"{day:%-d %B %Y} can't be your birthday.")
    raise Unusable("day", f"{text[:40]!r} is no day. Write it like 1 May, or 1990-05-01.")


YEARLESS = 1904


def set_quiet_hours(person: Person, start: dt.time | None, end: dt.time | None) -> None:
    """Keep when a person isn't to be disturbed; without a start, never."""
    hours = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"} if start and end else {}
    _store(person, quiet_hours=hours)


def set_consent(person: Person, level: str, now: dt.datetime) -> None:
    """Keep how far a person may be spoken with and remembered, as of `now`."""
    began = {} if person.consent_level != Person.Consent.NONE else {"heard_from": now}
    _store(person, consent_level=Person.Consent(level), **began)


def set_style(person: Person, wishes: Mapping[str, str]) -> dict[str, str]:
    """Keep how a person likes to be answered; an empty value forgets it. Returns what stands.

    Raises:
        Unusable: that can't be asked for.
    """
    for key, value in wishes.items():
        if value and value not in STYLE.get(key, ()):
            raise Unusable(key, f"{key} can be {', '.join(STYLE.get(key, ('nothing',)))}.")
    for key, value in wishes.items():
        if value:
            PersonPreference.objects.update_or_create(
                person=person, key=key, defaults={"value": value}
            )
        else:
            PersonPreference.objects.filter(person=person, key=key).delete()
    return dict(
        PersonPreference.objects.filter(person=person, key__in=STYLE)
        .order_by("key")
        .values_list("key", "value")
    )


def zone_of(person: Person) -> ZoneInfo:
    """Where a person's clock stands; UTC until they have said."""
    return ZoneInfo(person.timezone or "UTC")


def quiet_words(person: Person) -> str:
    """When a person isn't to be disturbed, in words; empty for never."""
    hours = hours_of(person.quiet_hours)
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M} ({zone_of(person).key})" if hours else ""


def _store(person: Person, **fields: object) -> None:
    for name, value in fields.items():
        setattr(person, name, value)
    person.save(update_fields=[*fields, "updated_at"])
