"""The parts of a prompt, each from what a speaker has before its mind to text. Pure.

What people said stands in them as data: on one line each, without the prompt's own marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from contextvars import ContextVar
from dataclasses import replace
from itertools import zip_longest

from audit.configuration.wording import AS_WRITTEN, Wording
from characters import emotion, expertise, opinion
from conversations.turns.phrasing import ago, mood_words, part_of_day
from fishbowl.llm.fence import flat
from fishbowl.llm.offline.text import with_article
from fishbowl.llm.types import Brief, Line, Recollection
from fishbowl.macros import with_original

WORN = 6  # phrases, and topics
WORN_OUT = 0.3  # of one's energy
# The templates in force while a prompt is built.
templates: ContextVar[Wording] = ContextVar("wording", default=AS_WRITTEN)


def render(name: str, values: Mapping[str, object]) -> str:
    """A prompt template with its variables filled in.

    Raises:
        KeyError: the template names a variable that `values` lacks.
    """
    return templates.get().fill(name, values)


def identity(brief: Brief) -> str:
    """How the prompt begins: in ours or a card's own words, and with who it is."""
    if not brief.system_prompt:
        return render("identity", {"name": brief.speaker, "identity": brief.identity})
    ours = render("identity", {"name": brief.speaker, "identity": ""})
    return f"{with_original(brief.system_prompt, ours)}\n{brief.identity}".strip()


def listeners(brief: Brief) -> str:
    said = []
    for one in brief.listeners:
        kind = "a person" if one.is_person else "one of you"
        words = f"{flat(one.name)} ({kind}, to you: {one.level.lower()}"
        if one.trust < 0.35:
            words += "; you don't trust them much"
        elif one.trust > 0.7:
            words += "; you trust them"
        if one.affection < 0.3:
            words += "; you don't like them"
        if one.is_at_odds:
            words += "; you two are at odds"
        said.append(words + (", has just come in" if one.is_new else "") + ")")
    return "; ".join(said)


def place(brief: Brief) -> str:
    """Where and when it is."""
    topic = flat(brief.room_topic).rstrip(".")
    time = part_of_day(brief.hour)
    return render(
        "place",
        {
            "room": flat(brief.room),
            "topic": f" ({topic})" if topic else "",
            "time": f"{time} on {brief.day}" if brief.day else time,
        },
    )


def rules(brief: Brief, *, is_told: bool = True) -> str:
    """What always holds. `is_told` leaves in what its keeper wrote: how it says what it is, in its
    own words, which a model would else take for something to say now, and rules of its own."""
    own = f"Your own way of it, and only then: “{flat(brief.disclosure)}”"
    told = is_told and brief.disclosure
    said = render("constitution", {"name": brief.speaker, "disclosure": own if told else ""})
    return f"{said}\n{brief.constitution}" if is_told and brief.constitution else said


def state(brief: Brief) -> str:
    """Mood and what is felt most, in words."""
    felt = emotion.in_words(brief.emotions)
    said = f"You are {mood_words(brief.mood_valence, brief.mood_arousal)}."
    if brief.energy < WORN_OUT:
        said += " You are worn out, and would rather say little."
    if brief.activity:
        said += f" When nobody talks to you, you are {flat(brief.activity)} just now."
    return f"{said} Just now you feel {felt}; let it colour what you say." if felt else said


# How one speaks to somebody by how high their level stands, and what one tells of oneself.
_REGISTERS = (
    "you are civil and reserved with {name}: no nicknames, nothing private asked or told",
    "you are friendly and easy with {name}, and keep what is private to yourself",
    "you are at ease with {name}: you speak plainly, ask after them and tell of yourself",
    "you are open with {name}: you tell them what moves you, and seek their opinion",
    "you are with {name} as with family: blunt, tender, with nothing to prove",
)


BRIEF, LONG = 2.0, 6.0  # exchanges of a talk


def bond(brief: Brief) -> str:
    """How the speaker talks to the one it answers, by how they stand to one another."""
    one = next((x for x in brief.listeners if x.name == brief.addressee), None)
    if one is None:
        return ""
    name = flat(one.name)
    if one.is_at_odds:
        said = [
            f"You and {name} are at odds: you are short and guarded with them, and tell them "
            "nothing that matters. If they make it easy, you may begin to make it up."
        ]
    else:
        said = ["As you two stand, " + _REGISTERS[min(one.rank, 4)].format(name=name) + "."]
    if brief.move == "open":
        said.append(f"It is {name} whom you turn to with what you begin: call them by name.")
    if one.depth and not one.is_at_odds and one.depth <= BRIEF:
        said.append(f"You and {name} seldom get past a few lines.")
    elif one.depth >= LONG and not one.is_at_odds:
        said.append(f"Once you and {name} talk, you go on for long.")
    if one.unlocked and not one.is_at_odds:
        said.append("; ".join(one.unlocked).capitalize() + ".")
    return " ".join(said)


def memories(brief: Brief) -> str:
    """What comes to mind, each with where it is from; or that nothing does, in plain words, since
    a model that is told nothing makes something up."""
    if not brief.lines:
        return ""
    if not brief.memories:
        return render("no_memory", {})
    stated = {flat(one.text) for one in brief.memories} | {flat(fact) for fact in brief.facts}
    return listed(
        "What comes to your mind:",
        tuple(f"{m.text} ({m.provenance}{_beside(m, stated)})" for m in brief.memories),
    )


_OTHERWISE = "said otherwise since"
_HOW = {"since": "since then", "reason": "because", "more": "more of it"}


def _beside(one: Recollection, stated: Set[str]) -> str:
    """What hangs together with a memory. Where the prompt has that already, it is said only that
    the memory was spoken against, if it was."""
    if one.beside is None or not one.how:
        return ""
    if flat(one.beside.text) in stated:
        return f"; {_OTHERWISE}" if one.how == "since" else ""
    return f"; {_HOW[one.how]}: {one.beside.text}"


def told_once(brief: Brief, shown: Sequence[Line]) -> Brief:
    """The brief without the memories that the prompt has already: of lines that are `shown` in it,
    and what stands among the facts about who is here."""
    lines = {(line.speaker, flat(line.text)) for line in shown}
    facts = {flat(fact) for fact in brief.facts}
    kept = tuple(
        one
        for one in brief.memories
        if (one.said_by, flat(one.words)) not in lines and flat(one.text) not in facts
    )
    return replace(brief, memories=kept)


def views(brief: Brief) -> str:
    """Opinions on what is being talked of, with their reasons, and who sees it otherwise."""
    entries = []
    for view in brief.views:
        words = f"{view.topic}: {opinion.told(view.sentiment)} it"
        if view.said:
            words += f"; you said “{view.said}”"
        if view.heard:
            words += "; you heard: " + " / ".join(view.heard)
        if view.opposed_by:
            words += f". {', '.join(view.opposed_by)} can't see it your way"
        entries.append(words)
    return listed(
        "What you think, from talk you had. Say it as your own opinion; nobody has to agree:",
        tuple(entries),
    )


def goals(brief: Brief) -> str:
    """What the speaker wants, and how its keeper would have it go about that."""
    ways = [f" ({flat(way)})" if way else "" for way in brief.strategies]
    wanted = [
        flat(goal).rstrip(".;") + way for goal, way in zip_longest(brief.goals, ways, fillvalue="")
    ]
    return f"You want: {'; '.join(wanted)}." if wanted else ""


def knows(brief: Brief) -> str:
    """How much the speaker knows of what is being talked of."""
    known = [f"{expertise.words(level)} about {flat(topic)}" for topic, level in brief.expertise]
    return f"You know {'; '.join(known)}." if known else ""


def shared(brief: Brief) -> str:
    """What the speaker and somebody present come back to."""
    said = [f"“{flat(text)}” ({flat(name)})" for name, text in brief.shared]
    return (
        f"What you share with them, to allude to now and then: {'; '.join(said)}." if said else ""
    )


def habits(brief: Brief) -> str:
    """How whoever is answered likes to be talked to."""
    if not brief.habits or not brief.addressee:
        return ""
    return f"{flat(brief.addressee)} {', '.join(brief.habits)}. Meet them halfway."


def worn(brief: Brief) -> str:
    """What has gone round the room often enough, so that it doesn't go round for ever."""
    said = []
    if brief.worn:
        quoted = "; ".join(f"“{flat(phrase)}”" for phrase in brief.worn[:WORN])
        said.append(f"Everybody here has taken to saying {quoted}. Find other words.")
    if brief.worn_topics:
        topics = "; ".join(map(flat, brief.worn_topics[:WORN]))
        said.append(f"The talk here keeps coming back to: {topics}. Don't bring it up yourself.")
    return " ".join(said)


def of_self(brief: Brief) -> str:
    """What the speaker is asked of itself, as it knows it."""
    known = brief.figures or (brief.own_memory.text if brief.own_memory else "")
    return f"You are asked about yourself. So it is: {flat(known)}" if known else ""


def company(brief: Brief) -> str:
    """Who is awake here and who sleeps, where that is asked for."""
    if not brief.company:
        return ""
    awake = ", ".join(flat(one.name) for one in brief.company if one.is_awake)
    asleep = ", ".join(
        f"{flat(one.name)} (until {one.wakes})" if one.wakes else flat(one.name)
        for one in brief.company
        if not one.is_awake
    )
    said = f"Awake, beside you: {awake or 'nobody'}."
    return f"{said} Asleep: {asleep}." if asleep else said


def acquaintances(brief: Brief) -> str:
    """Who those are that the speaker is asked about, as their authors have written them."""
    told = (
        f"{flat(one.name)}: {flat(f'{one.identity} {one.background} {one.appearance}', 900)}"
        for one in brief.spoken_of
    )
    return listed("Whom you are asked about, as they are known here:", tuple(told))


def listed(title: str, entries: tuple[str, ...]) -> str:
    """A titled list. What people said stands in it: each entry on one line, like the transcript."""
    return "\n".join([title, *(f"- {flat(one)}" for one in entries)]) if entries else ""


def transcript(lines: tuple[Line, ...]) -> str:
    """Who said what, and how long ago. People's text is data: one fenced line each. What is off the
    record says so: it is answered, and not brought up again."""
    return "\n".join(
        f"[{ago(line.seconds_ago)}{', off the record' if line.is_off_record else ''}]"
        f" {flat(line.speaker)}: {flat(line.text)}"
        for line in lines
    )


def works(brief: Brief) -> str:
    """What the speaker makes, and was asked to make with others. Titles and texts are data."""
    said = []
    for work in brief.works:
        name = f"{with_article(work.kind)}, “{flat(work.title)}”"
        others = f" with {' and '.join(work.others)}" if work.others else ""
        begins = f" It begins: “{flat(work.begins)}”" if work.begins else ""
        said.append(
            {
                "making": f"You are writing {name}{others}.{begins}",
                "finished": f"You have finished {name}{others}.{begins}",
                "joined": f"You have a part in {name}, which {work.starter} began.{begins}",
                "asked": f"{work.starter} asked you to join in {name}; you haven't answered yet.",
                "declined": f"{work.starter} asked you to join in {name}; you said no.",
            }[work.standing]
        )
        if work.asked:
            said.append(f"You would like {' and '.join(work.asked)} to join in it: ask, if here.")
    return "\n".join(said)


def customs(brief: Brief) -> str:
    """What everybody here does, agreed on, or talks over. Its words are data."""
    said = []
    for one in brief.customs:
        text, by = flat(one.text), flat(one.by)
        there = f" (in #{flat(one.where)})" if one.where not in ("", brief.room) else ""
        voted = f" You have said that you are {one.side} it." if one.side else ""
        said.append(
            {
                "now": f"It is time for what all of you agreed on: “{text}”. Begin with it.",
                "kept": f"All of you agreed lately: “{text}”{there}.",
                "custom": f"A custom here: “{text}”.",
                "open": f"{by} proposes to all of you: “{text}”{there}.{voted}"
                + ("" if voted else " Say plainly whether you are for it, when it comes up."),
            }[one.standing]
        )
    return "\n".join(said)
