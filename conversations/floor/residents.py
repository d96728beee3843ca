"""Who frequents a room, and what a decision needs to know of each: read in one statement, because
it is read for every message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from characters.models import Character
from conversations.floor.lines import Said
from conversations.floor.pace import Pace
from conversations.models import Channel
from fishbowl.statements import Row, Statement, loaded
from memories.embedding.embedding import active_model_id

ELSEWHERE_S = 60
COMPANY_S = 900  # for so long after its last line somebody is still in a talk
CHARACTER = (
    "id", "name", "talkativeness", "timezone", "active_hours_start", "active_hours_end",
)  # fmt: skip


def frequenting(channel: Channel) -> QuerySet[Character]:
    """Who may speak in a channel: its residents, or everybody where it has none; characters for
    adults among adults alone."""
    found = Character.objects.active().only(*CHARACTER)
    if not channel.is_nsfw:
        found = found.filter(is_adult=False)
    return found.filter(channels=channel) if channel.residents.exists() else found


@dataclass(frozen=True, slots=True)
class Resident:
    """An active character of a room, and how it stands to the line that was said last.

    `nearness` is that of the line to the nearest of its interests (weighted cosine), `bond` how it
    stands to who said it (0.0–1.0); each is None where there is nothing to tell it by. It knows a
    person with whom it has talked in this community.
    """

    character: Character
    openness: float
    neuroticism: float
    energy: float
    social_battery: float
    battery_at: dt.datetime
    last_spoke_at: dt.datetime | None
    wants: str
    nearness: float | None
    bond: float | None
    posts_today: int
    is_elsewhere: bool
    rests_from_last: bool
    seeks_last: bool
    knows_last: bool = False
    has_left: bool = False

    @classmethod
    def of(cls, rows: Iterable[Row]) -> list[Resident]:
        """Those whom the statement below found."""
        at = len(CHARACTER)
        return [cls(loaded(Character, CHARACTER, row[:at]), *row[at:]) for row in rows]

    @property
    def pk(self) -> int:
        return int(self.character.pk)

    def battery(self, now: dt.datetime, pace: Pace) -> float:
        """The social battery, with what has come back since it was last written."""
        minutes = max(0.0, (now - self.battery_at).total_seconds() / 60)
        return float(min(1.0, self.social_battery + minutes * pace.battery_per_min))

    def silent_for_s(self, now: dt.datetime) -> float:
        """Seconds since it last spoke anywhere, from 0 to a day, whatever the clock did since."""
        if self.last_spoke_at is None:
            return 86400.0
        return min(max(0.0, (now - self.last_spoke_at).total_seconds()), 86400.0)


# Nobody is in two places: elsewhere is who spoke just now in another room, or is about to there;
# but only where there was somebody else to speak to: who mutters to itself there comes when called.
# Who met the last speaker in a conversation that closed lately rests from them. Whose last word
# anywhere was a leave-taking here is gone for a while. Where nobody has
# spoken yet, it is for their friends here that they begin; and who is at odds holds back.
_RESIDENTS = """
    WITH here AS (
      SELECT character_id FROM conversations_channel_residents WHERE channel_id = %(channel)s
    ), bonds AS NOT MATERIALIZED (
      SELECT id, from_character_id, to_character_id, to_person_id,
        coalesce(community_id = %(community)s, false) AS is_here, total_interactions,
        greatest(0, (trust + affection + attunement) / 3
                    - CASE WHEN repair_since IS NULL THEN 0 ELSE 0.25 END) AS felt
      FROM characters_relationship
    ), last AS MATERIALIZED ( -- its model is no condition, so that no plan looks for it by that
      SELECT CASE WHEN embedding_model_id = %(model)s THEN embedding END AS embedding
      FROM conversations_message WHERE id = %(last)s
    ), others AS (
      SELECT c.id FROM conversations_conversation c
      JOIN conversations_channel h ON h.id = c.channel_id
      WHERE c.status = 'open' AND h.community_id = %(community)s AND h.id <> %(channel)s
    ), company AS MATERIALIZED (
      SELECT DISTINCT conversation_id, character_id, person_id FROM conversations_message
      WHERE conversation_id IN (SELECT id FROM others) AND created_at > %(company_since)s
        AND role <> 'system'
    ), shared AS (
      SELECT conversation_id FROM company GROUP BY conversation_id HAVING count(*) > 1
    ), resting AS (
      SELECT other.character_id FROM conversations_conversation c
      JOIN conversations_channel h ON h.id = c.channel_id
      JOIN conversations_participant speaker ON speaker.conversation_id = c.id
      JOIN conversations_participant other ON other.conversation_id = c.id
      WHERE c.status = 'closed' AND c.closed_at > %(rested)s AND h.community_id = %(community)s
        AND speaker.character_id = %(last_character)s AND other.character_id IS NOT NULL
        AND other.character_id <> speaker.character_id
    )
    SELECT k.id, k.name, k.talkativeness, k.timezone, k.active_hours_start, k.active_hours_end,
      p.openness, p.neuroticism, s.energy, s.social_battery, s.battery_at, s.last_spoke_at,
      coalesce((SELECT lower(string_agg(description, ' ' ORDER BY id)) FROM characters_goal
                WHERE character_id = k.id AND status = 'active'), ''),
      (SELECT max(i.weight * (1 - (i.embedding <=> last.embedding)))
       FROM characters_interest i, last
       WHERE i.character_id = k.id AND i.embedding_model_id = %(model)s),
      coalesce(
        (SELECT felt FROM bonds WHERE from_character_id = k.id
           AND (to_character_id = %(last_character)s OR to_person_id = %(last_person)s)
         ORDER BY is_here DESC, id DESC LIMIT 1),
        (SELECT max(felt) FROM bonds WHERE from_character_id = k.id
           AND %(last)s::bigint IS NULL AND to_character_id IN (SELECT character_id FROM here))),
      (SELECT count(*) FROM conversations_message
       WHERE character_id = k.id
         AND created_at >= date_trunc('day', %(now)s::timestamptz, k.timezone)),
      EXISTS (SELECT 1 FROM (
                SELECT conversation_id FROM conversations_message
                WHERE character_id = k.id AND created_at > %(just_now)s ORDER BY created_at DESC
              ) spoke WHERE spoke.conversation_id IN (SELECT conversation_id FROM shared))
        OR EXISTS (SELECT 1 FROM conversations_turn t
                   JOIN company ON company.conversation_id = t.conversation_id
                     AND company.character_id IS DISTINCT FROM k.id
                   WHERE t.status IN ('planned', 'speaking') AND t.chosen_id = k.id
                     AND t.conversation_id IN (SELECT id FROM others)),
      k.id IN (SELECT character_id FROM resting),
      EXISTS (SELECT 1 FROM characters_goal g
              WHERE g.character_id = k.id AND g.status = 'active'
                AND (g.seeks_character_id = %(last_character)s
                     OR g.seeks_person_id = %(last_person)s)),
      EXISTS (SELECT 1 FROM bonds WHERE from_character_id = k.id AND is_here
                AND to_person_id = %(last_person)s AND total_interactions > 0),
      coalesce((
        SELECT t.move = 'farewell' AND m.created_at > %(left_since)s
          AND h.community_id = %(community)s
        FROM conversations_message m
        JOIN conversations_conversation c ON c.id = m.conversation_id
        JOIN conversations_channel h ON h.id = c.channel_id
        LEFT JOIN conversations_turn t ON t.id = m.turn_id
        WHERE m.character_id = k.id ORDER BY m.created_at DESC, m.id DESC LIMIT 1
      ), false)
    FROM characters_character k
    JOIN characters_persona p ON p.character_id = k.id
    JOIN characters_characterstate s ON s.character_id = k.id
    WHERE k.status = 'active' AND NOT k.is_template AND (NOT k.is_adult OR %(is_adult)s)
      AND (k.id IN (SELECT character_id FROM here) OR NOT EXISTS (SELECT 1 FROM here))
    ORDER BY k.id
"""


def asking_residents(
    channel: Channel, last: Said | None, pace: Pace, now: dt.datetime
) -> Statement:
    """The statement for the active characters who frequent a channel; `last` is the line that was
    said last, and `pace` says for how long a pair that met rests, and who took leave is gone."""
    return _RESIDENTS, {
        "channel": channel.pk,
        "community": channel.community_id,
        "is_adult": channel.is_nsfw,
        "last": last.id if last else None,
        "last_character": last.character_id if last else None,
        "last_person": last.person_id if last else None,
        "model": active_model_id(),
        "rested": now - dt.timedelta(minutes=pace.pair_rest_min),
        "left_since": now - dt.timedelta(minutes=pace.leave_min),
        "just_now": now - dt.timedelta(seconds=ELSEWHERE_S),
        "company_since": now - dt.timedelta(seconds=COMPANY_S),
        "now": now,
    }
