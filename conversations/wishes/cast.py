"""Who lives here, as somebody asks after them: found by name, described, and how they feel."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from characters import opinion
from characters.models import Character, Community, MoodChange, Opinion, Person, Relationship
from conversations.feelings import innerlife, living
from conversations.models import Channel
from conversations.tank import tank
from conversations.text import Refused, caseless
from conversations.turns.phrasing import ago, mood_words

OPINIONS_TOLD = 15
SUGGESTED = 25  # as many as Discord shows


def find(name: str) -> Character:
    """The character that somebody means: by name, first name or slug, in any case.

    Raises:
        Refused: nobody is called that, or several are.
    """
    wanted = caseless(name.removeprefix("@"))
    everybody = list(tank.cast(for_adults=True))
    in_full = [one for one in everybody if wanted in (caseless(one.name), one.slug)]
    by_first_name = [one for one in everybody if wanted == caseless(one.name.split()[0])]
    by_beginning = [one for one in everybody if wanted and caseless(one.name).startswith(wanted)]
    for found in (in_full, by_first_name, by_beginning):
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(one.name for one in found)
            raise Refused("character", f"Several are called {name}: {names}. Name one in full.")
    raise Refused("character", f"Nobody here is called {name[:80]!r}. See /characters.")


def find_for(name: str, *, is_adult: bool) -> Character:
    """The same, to be told of in a place that is for adults or isn't.

    Raises:
        Refused: it is for adults, and the place isn't.
    """
    found = find(name)
    if found.is_adult and not is_adult:
        raise Refused("character", f"{found.name} is for adults: ask in an age-restricted channel.")
    return found


def find_several(names: str) -> list[Character]:
    """The characters of a list of names, parted by commas or 'and', each once.

    Raises:
        Refused: one isn't known, or none is named.
    """
    parts = [p for part in names.split(",") for p in part.split(" and ") if p.strip()]
    found = {one.pk: one for one in (find(part.strip()) for part in parts)}
    if not found:
        raise Refused("characters", "Name at least one character. See /characters.")
    return list(found.values())


def matching(typed: str, names: Iterable[str]) -> list[str]:
    """The names that fit what somebody has typed so far: those that begin with it first, then
    those with a word that does, then those that hold it."""
    wanted = caseless(typed)
    ranked = []
    for name in names:
        low = caseless(name)
        if low.startswith(wanted):
            rank = 0
        elif any(word.startswith(wanted) for word in low.replace("/", " ").split()):
            rank = 1
        elif wanted in low:
            rank = 2
        else:
            continue
        ranked.append((rank, low, name))
    return [name for _, _, name in sorted(ranked)[:SUGGESTED]]


def suggest(typed: str, *, is_adult: bool) -> list[str]:
    """Names of characters that fit what was typed, in a place that is for adults or isn't."""
    return matching(typed, tank.cast(for_adults=is_adult).values_list("name", flat=True))


def suggest_last(typed: str, *, is_adult: bool) -> list[str]:
    """The same for the last of a list of names; each suggestion is the whole list."""
    *before, last = typed.split(",")
    kept = [one.strip() for one in before if one.strip()]
    taken = {caseless(one) for one in kept}
    fitting = (
        name for name in suggest(last.strip(), is_adult=is_adult) if caseless(name) not in taken
    )
    return [whole for name in fitting if len(whole := ", ".join([*kept, name])) <= 100]


# --- in words -------------------------------------------------------------------------------------


def roster(channel: Channel | None) -> str:
    """Everybody who lives here, with how they are; of a channel, who frequents it."""
    everybody = list(tank.cast(for_adults=channel is not None and channel.is_nsfw))
    here = set(channel.residents.values_list("pk", flat=True)) if channel else set()
    if not everybody:
        return "Nobody lives here yet."
    now = timezone.now()
    lines = []
    for one in everybody:
        resting = one.status == Character.Status.PAUSED or not one.is_awake(now)
        mood = one.state.mood_label if hasattr(one, "state") else "even"
        words = f"**{one.name}**" + (f" – {one.tagline}" if one.tagline else "")
        elsewhere = "; doesn't come to this channel" if here and one.pk not in here else ""
        lines.append(f"{words} ({'resting' if resting else mood}{elsewhere})")
    return "\n".join(lines)


def describe(character: Character) -> str:
    """Who a character is, as anybody may know it."""
    persona, interests = character.persona, character.interests.defer("embedding")
    said = [f"**{character.name}**" + (f" – {character.tagline}" if character.tagline else "")]
    said += [part for part in (persona.identity, persona.background) if part]
    topics = [one.topic for one in interests.order_by("-weight")[:8]]
    if topics:
        said.append(f"Cares about: {', '.join(topics)}.")
    if persona.values:
        said.append(f"Holds to: {', '.join(persona.values)}.")
    if character.state.current_activity:
        said.append(f"Just now: {character.state.current_activity}.")
    said.append("An AI character, played by a language model or an improviser.")
    return "\n".join(said)


def feelings(character: Character, community: Community | None) -> str:
    """How a character feels now and what moved it last: here, or nowhere in particular. What moved
    it elsewhere is not told."""
    state = character.state
    said = [
        f"**{character.name}** is {state.mood_label}: "
        f"{mood_words(state.mood_valence, state.mood_arousal)}. "
        f"Energy {state.energy:.0%}, wish for company {state.social_battery:.0%}."
    ]
    here = Q(community__isnull=True) | Q(community=community)
    shown = innerlife.moved_in(Channel.objects.open_to_all().filter(community=community))
    for change in MoodChange.objects.filter(here, shown, character=character).exclude(
        description=""
    )[:3]:
        when = ago((timezone.now() - change.recorded_at).total_seconds())
        said.append(f"- {when}: {change.description} ({change.delta_valence:+.2f})")
    return "\n".join(said)


def topics_of(character: Character, community: Community | None) -> list[str]:
    """What a character has an opinion on here, what occupies it most first."""
    return list(_held(character, community).values_list("topic", flat=True))


def opinions(character: Character, community: Community | None, topic: str = "") -> str:
    """What a character thinks here: of a topic, with its reasons, or of everything, in short.

    Raises:
        Refused: it has no opinion on that topic.
    """
    held = _held(character, community)
    if topic:
        wanted = caseless(topic)
        found = next((o for o in held if wanted in (o.topic, o.topic.removeprefix("the "))), None)
        if found is None:
            known = ", ".join(topics_of(character, community)[:8]) or "nothing so far"
            raise Refused(
                "topic", f"{character.name} has no opinion on {topic[:80]!r}. It has on: {known}."
            )
        head = f"**{character.name}** {opinion.words(found.sentiment)} {found.topic} ("
        times = f"{found.discussion_count} talks" if found.discussion_count else "as it was made"
        return "\n".join([f"{head}{times}).", *opinion.reasons(found.reasoning, character.name)])
    rows = list(held[:OPINIONS_TOLD])
    if not rows:
        return f"**{character.name}** has no opinions yet: they take three talks on a thing."
    said = [f"**{character.name}**"]
    said += [f"- {opinion.words(one.sentiment)} {one.topic}" for one in rows]
    return "\n".join(said)


def _held(character: Character, community: Community | None) -> QuerySet[Opinion]:
    here = Q(community__isnull=True) | Q(community=community)
    return Opinion.objects.formed().filter(here, character=character).order_by("-interest_level")


def bond(character: Character, person: Person | None, community: Community | None) -> str:
    """How a character stands to somebody, here."""
    bonds: QuerySet[Relationship] = Relationship.objects.filter(
        Q(community=community) | Q(community__isnull=True), from_character=character
    )
    found = (
        bonds.filter(to_person=person).order_by("community_id").first()
        if person is not None
        else None
    )
    if found is None:
        return f"**{character.name}** doesn't know you yet."
    called = living.in_force(community.pk if community else None).called
    last = found.last_interaction_at
    when = f", last {ago((timezone.now() - last).total_seconds())}" if last else ""
    deep = round(found.conversation_depth_avg)
    depth = f", some {deep} exchanges in a talk" if deep > 1 else ""
    return (
        f"To **{character.name}** you are: {called(found.level)} ({found.score:.0f} of 100).\n"
        f"Trust {found.trust:.0%}, affection {found.affection:.0%}, "
        f"attunement {found.attunement:.0%}.\n"
        f"You have talked {found.total_interactions} times{depth}{when}."
    )
