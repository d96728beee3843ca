"""How characters feel and stand to one another: the constants that a keeper may change, in the
section `living` of the versioned configuration. Pure; `conversations.feelings.living` has those in
force."""

from __future__ import annotations

from dataclasses import dataclass

from fishbowl.overrides import setting


@dataclass(frozen=True, slots=True)
class LivingRules:
    """How moods, emotions and relationships move."""

    mood_return: float = setting(
        0.05, "Of the distance to its rest, how much a mood goes back in an hour.", least=0, most=1
    )
    mood_by_tone: float = setting(
        0.15, "How far a line that sounds wholly glad or bitter moves a mood.", least=0, most=1
    )
    mood_by_feeling: float = setting(
        0.10, "How far the emotions that a line stirs move a mood.", least=0, most=1
    )
    emotion_rate: float = setting(
        0.20, "How far an emotion goes toward what is felt fully and for certain.", least=0, most=1
    )
    emotion_return: float = setting(
        0.10,
        "Of the distance to its rest, how much an emotion goes back in an hour.",
        least=0,
        most=1,
    )
    empathy: float = setting(
        0.05,
        "The share of what another shows to feel that a character feels with them.",
        least=0,
        most=1,
    )

    weight_calm: float = setting(1.0, "What an exchange counts in a calm channel.", least=0, most=5)
    weight_normal: float = setting(
        0.7, "What an exchange counts in a channel of normal pace.", least=0, most=5
    )
    weight_lively: float = setting(
        0.6,
        "What an exchange counts in a lively channel, which has hundreds an hour.",
        least=0,
        most=5,
    )
    whole_exchanges: float = setting(
        4.0,
        "So many exchanges with the same one in a day count whole, and each after them less.",
        least=1,
        most=1e6,
    )
    reaction_weight: float = setting(
        0.25, "What an emoji under one's message counts, to an exchange.", least=0, most=5
    )

    absence_days: float = setting(
        7,
        "How long without an exchange before a bond begins to fade.",
        least=0,
        most=3650,
        unit="days",
    )
    absence_per_day: float = setting(
        0.01,
        "Of the distance to what strangers feel, how much of a bond fades in a day.",
        least=0,
        most=1,
    )

    repair_fall: float = setting(
        0.05,
        "How far trust must fall below what one is used to for two to be at odds.",
        least=0.01,
        most=1,
    )
    repair_gain: float = setting(
        1.5, "What a good exchange counts while two are at odds.", least=0, most=10
    )
    repair_days: float = setting(
        14, "After how long at odds one has grown used to it.", least=1, most=3650, unit="days"
    )

    name_stranger: str = setting("Stranger", "What the lowest level is called.")
    name_acquaintance: str = setting("Acquaintance", "What the second level is called.")
    name_friend: str = setting("Friend", "What the third level is called.")
    name_good_friend: str = setting("Good Friend", "What the fourth level is called.")
    name_close_friend: str = setting("Close Friend", "What the highest level is called.")

    def weight(self, pace: str) -> float:
        """What an exchange counts in a channel of this pace."""
        weights = {"calm": self.weight_calm, "lively": self.weight_lively}
        return weights.get(pace, self.weight_normal)

    def called(self, level: str) -> str:
        """What the keeper calls a level, known by the name that it has in the database."""
        name = str(getattr(self, "name_" + level.lower().replace(" ", "_"), level)).strip()
        return name[:40] or level
