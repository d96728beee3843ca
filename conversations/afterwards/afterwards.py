"""What follows when a talk has paused, and what is looked after from hour to hour: each step on
rows alone, so that it may run again, on any clock."""

from __future__ import annotations

import datetime as dt

from audit.configuration import configuration
from conversations.care import care_daily
from conversations.community import communityhealth, decisions
from conversations.feelings import absence
from conversations.initiative import intentions, proactive
from conversations.making import creating


def after_talk(conversation_id: int, now: dt.datetime) -> None:
    """A stretch of talk was observed: what it foretold is noted, and what it moved somebody to is
    made."""
    if not configuration.is_society_paused():
        proactive.notice(conversation_id, now)
        decisions.settle(now)
        intentions.carry_out(conversation_id, now)
        creating.after_talk(conversation_id, now)


def hourly(now: dt.datetime) -> None:
    """What comes due by the calendar alone."""
    care_daily.count_days(now)
    if not configuration.is_society_paused():
        proactive.plan(now)
        creating.tend(now)
        absence.rest_all()
        absence.fade(now)
        decisions.settle(now)
    communityhealth.tend(now)
