"""What somebody is asked of their own heart: whether they would leave, what they fear, miss, regret,
wish for. By rules."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

_PLACE = (
    r"(?:here|it (?:all )?here|home|(?:this|the|your) (?:place|island|town|village|city|country))"
)
_EVER = r"(?:do|did|would|will|have|could|can|don't|wouldn't|are|were) (?:you|u|ya)(?: \w+){0,2}?"
RULES: tuple[tuple[str, str], ...] = (
    ("leaves",
     rf"\b{_EVER} (?:want(?:ed)? to |wanna |wish(?:ed)? to |like to |love to |dream(?:ed|t)? of |think(?:ing)? (?:of|about) |thought (?:of|about) |"
     rf"plan(?:ning)? (?:to |on )|consider(?:ed)? |hope to |going to )?(?:leav(?:e|ing)(?: {_PLACE}| for good|\W*$)|mov(?:e|ing) (?:away|elsewhere|back|on)\b|"
     rf"go(?:ing)? (?:home|away|elsewhere)\b|get(?:ting)? (?:away|out of here|off {_PLACE})|liv(?:e|ing) (?:somewhere|anywhere|elsewhere)\b|stay(?:ing)? (?:here|forever|for ?ever|for good))|"
     rf"\bwhy (?:do|don't|did) you (?:stay|leave|not leave)\b|\bwhat keeps you {_PLACE}"),
    ("likes_here",
     rf"\b(?:do|don't|did) (?:you|u) (?:\w+ )?(?:like|love|enjoy|hate|mind) (?:it {_PLACE}|(?:living|being|life) {_PLACE}|(?:living|being|life) (?:on|in|at) |(?:this|the) (?:place|island|town|village)\b|your (?:life|job|work)\b)|"
     rf"\bare (?:you|u) (?:\w+ )?happy(?: {_PLACE}| with your \w+| in \w+)?\W*$|\bwhat(?:'s| is|s) it like (?:to live|living|being|life)? ?{_PLACE}|\bwhat do you (?:like|love) (?:\w+ )?about (?:living |being )?{_PLACE}|\byour fav\w* (?:thing|part|bit|place) (?:\w+ ){{0,2}}?(?:about|of|in|on|here)\b"),
    ("fears", r"\b(?:are|r) (?:you|u) (?:\w+ )?(?:afraid|scared|frightened|nervous|anxious)\b|\bwhat(?:'s| is| are|s)? (?:you|u)(?:'re)? (?:\w+ )?(?:afraid|scared) of\b|\bwhat (?:scares|frightens|worries) (?:you|u)\b|"
              r"\bwhat (?:do|are) (?:you|u) (?:\w+ )?(?:afraid|scared|fear|dread|worry)\b|\bdo (?:you|u) (?:ever )?(?:worry|(?:get|feel) (?:scared|nervous|anxious|afraid)|fear)\b|\byour (?:\w+ )?fears?\b"),
    ("regrets", r"\bdo (?:you|u) (?:\w+ )?(?:regret|have (?:any )?regrets)\b|\bany regrets\b|\bwhat do (?:you|u) regret\b|\byour (?:\w+ )?regrets?\b|\bwhat would (?:you|u) (?:do differently|change)\b"),
    ("lonely", r"\b(?:are|do|r|don't) (?:you|u) (?:\w+ )?(?:get |feel )?(?:so )?(?:lonely|alone)\b"),
    ("misses", r"\b(?:do|don't) (?:you|u) (?:\w+ )?miss (?!me\b)(?:any|some|home|your|him|her|them|it|the|being|having|[A-Z])|\b(?:who|what) do (?:you|u) (?:\w+ )?miss\b"),
    ("in_love", r"\b(?:have|were|are|r) (?:you|u) (?:\w+ )?(?:been )?in love\b|\b(?:do|did|have) (?:you|u) (?:ever )?(?:loved?) (?:any|some)(?:one|body)\b|\bdo (?:you|u) have a (?:crush|girlfriend|boyfriend|sweetheart)\b"),
    ("gladdens", r"\b(?:are|r) (?:you|u) (?:\w+ )?proud\b|\bwhat are (?:you|u) (?:\w+ )?proud(?:est)?\b|\bwhat makes (?:you|u) (?:\w+ )?(?:happy|glad|smile|laugh)\b|\bwhat do (?:you|u) (?:live for|look forward to)\b|\bwhen (?:were|are) (?:you|u) (?:\w+ )?happi\w+\b"),
    ("hopes", r"\bwhat (?:do|would|did|are) (?:you|u) (?:\w+ )?(?:dream(?:ing)? of|wish(?:ing)? for|long(?:ing)? for|hop(?:e|ing) for|ask for)\b|\bdo (?:you|u) (?:\w+ )?have (?:\w+ )?(?:dreams?|wish(?:es)?|hopes?|ambitions?|goals?|plans?)\b|"
              r"\bwhat(?:'s| is|s| are) your (?:\w+ )?(?:dreams?|wish(?:es)?|hopes?|ambitions?|plans?)\b|\bdo (?:you|u) ever (?:want|wish|dream|long)\b|\bif (?:you|u) could (?:have|do|go|be|change|choose)\b|\bwhat do (?:you|u) (?:really |most |still )*want\b"),
)  # fmt: skip
