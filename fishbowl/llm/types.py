"""What goes to a voice and what comes back, whichever voice it is.

A `ChatRequest` carries the prompt twice: as chat messages, which model servers read, and as a
`Brief`, the same facts as plain data, which the offline voice reads. Both are built from one scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

MOST_IMAGES = 3  # pictures that a call shows, the latest
TOKENS_AN_IMAGE = 800  # about as many as one takes

Role = Literal["system", "user", "assistant", "tool"]
Purpose = Literal[
    "speak", "observe", "reflect", "summarise", "consolidate", "preview", "create", "sandbox",
    "moderation",
]  # fmt: skip
Tier = Literal["main", "reflective", "small"]

Move = Literal[
    "reply",  # somebody spoke to the speaker, or said something worth an answer
    "join",  # the speaker enters a conversation between others
    "open",  # nobody speaks; the speaker opens a new subject
    "change_topic",  # the talk goes round in circles; the speaker turns it elsewhere
    "greet",  # somebody new has come in
    "farewell",  # the conversation has run its course; the speaker rounds it off
    "remind",  # the time has come to tell somebody the `occasion`
    "ask_after",  # the speaker turns to somebody of its own accord, for the `occasion`
]


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may ask to have done. `arguments` is a Pydantic model."""

    name: str
    description: str
    arguments: type[Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """That a model asks for a tool: `arguments` is JSON as the model wrote it, unchecked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat completion request. An assistant's may hold `tool_calls`; a tool's
    answers the call of that id."""

    role: Role
    content: str
    name: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    images: tuple[str, ...] = ()  # addresses of pictures, for servers whose model sees them


@dataclass(frozen=True, slots=True)
class Voice:
    """How a character speaks. Levels are 0.0–1.0."""

    formality: float = 0.5
    verbosity: float = 0.5
    humour: float = 0.5
    emoji_use: float = 0.1
    signature_phrases: tuple[str, ...] = ()
    avoided_phrases: tuple[str, ...] = ()
    preferred_words: tuple[str, ...] = ()
    language: str = ""  # empty: that of whoever it is spoken to in


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody present who hears what is said, as the speaker knows them. `rank` is how high the
    level stands, 0–4; `unlocked` what their time together has brought into what is said; `depth`
    how many exchanges their talks have on average, 0 before there are enough to tell."""

    name: str
    is_person: bool = False
    level: str = "Stranger"
    trust: float = 0.5
    affection: float = 0.4
    is_new: bool = False
    rank: int = 0
    is_at_odds: bool = False
    unlocked: tuple[str, ...] = ()
    depth: float = 0.0


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who frequents the room: whether they are awake and, where they sleep, when they wake
    by the speaker's clock ('17:00')."""

    name: str
    is_awake: bool = True
    wakes: str = ""


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A character that the speaker knows, as its page shows it to everybody."""

    name: str
    identity: str = ""
    background: str = ""
    appearance: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said in the room. `kind` tells a person from a character; what is off the
    record is answered, and not brought up again."""

    number: int
    speaker: str
    text: str
    seconds_ago: float
    kind: Literal["person", "character", "system"] = "character"
    is_own: bool = False
    has_images: bool = False
    is_off_record: bool = False


@dataclass(frozen=True, slots=True)
class Recollection:
    """A memory the speaker may use, in the third person, and where it knows it from.

    `said_by` names who said it, and `words` are theirs, where it is a line of talk; `when` says in
    words when it was; `fit` how much it has to do with what was asked, about 0.0–1.0. `beside` is
    a memory that hangs together with it, and `how`: what has taken its place since, its reason, or
    what tells more of it.
    """

    text: str
    provenance: str = "witnessed"
    said_by: str = ""
    words: str = ""
    when: str = ""
    fit: float = 1.0
    how: Literal["", "since", "reason", "more"] = ""
    beside: Recollection | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """A work that the next piece of is to be written: what it is, and what stands of it."""

    kind: str = "poem"
    title: str = ""
    theme: str = ""
    so_far: str = ""


Standing = Literal["making", "finished", "asked", "joined", "declined"]


@dataclass(frozen=True, slots=True)
class Work:
    """A work that the speaker has a part in. `standing` says how it stands to it: it makes it,
    finished it lately, was asked to join, or has said yes or no to that; `asked` names the ones it
    would like to join. `begins` is how the work begins."""

    key: str
    kind: str
    title: str
    standing: Standing = "making"
    starter: str = ""
    others: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    begins: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What the speaker thinks of a topic, −1.0 (against it) to 1.0 (for it), after so many
    discussions. `said` are its own words on it, `heard` what others argued, with their names;
    `opposed_by` are those who see it otherwise."""

    topic: str
    sentiment: float = 0.0
    said: str = ""
    heard: tuple[str, ...] = ()
    opposed_by: tuple[str, ...] = ()
    discussions: int = 3


@dataclass(frozen=True, slots=True)
class Custom:
    """What everybody here does or might: a custom of old, what was agreed lately, what is proposed
    and talked over, or what was agreed for this hour. `by` proposed it; `side` is the speaker's own
    vote, where it has cast one, `where` the room it was proposed in; a custom `is_new` that was
    agreed lately."""

    key: str
    text: str
    standing: Literal["custom", "kept", "open", "now"]
    by: str = ""
    side: Literal["", "for", "against"] = ""
    where: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Care:
    """What the good of whom the speaker answers asks of it.

    `resources` is set where somebody may be in danger: what keepers want them told. `is_grand` is
    that they believe of themselves what isn't to be cheered on, `leans` that they spend more of
    their life here than is good, `agrees` that the speaker has lately agreed to nearly all that
    they said.
    """

    resources: str = ""
    is_grand: bool = False
    leans: bool = False
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Common:
    """Two facts that go together: one about the addressee, one about another person. `key` is what
    telling it is counted by."""

    key: str
    own: str
    other: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything the speaker has before its mind, as data.

    `traits` are the Big Five by name, 0.0–1.0; `mood_valence` and `mood_arousal` are −1.0–1.0;
    `emotions` are those that stand out over the speaker's own rest, and by how much, most first.
    `activity` is what it is at beside talking, as it is said after 'is'.
    `lines` run from the oldest to the newest; `images` are the addresses of the pictures posted
    last among them, for a model that sees, and `images_lost` how many others no longer can be
    seen; `earlier` sums up the conversation before.
    `elsewhere` is what was said lately in other rooms, to be said nowhere again; `said_ago` the
    hours since anybody last used what all may use of the offline voice's words, by key.
    `memories` are what the last lines bring to mind, best first; `facts` what it knows about who
    listens, `common` what the addressee has in common with another, not told yet; `notes` the
    blackboard of those present, `lore` what it knows of the world; `to_tell` is something it might
    confide. `insight` is something it has understood and might say; `figures` (in its own words)
    and `own_memory` answer what it is asked of itself; `company` are those who frequent the room,
    where it is asked who is here or awake, `spoken_of` those whom it is asked about; `to_ask` is
    whom it has wanted to ask what.
    `worn` are the phrases that everybody here has taken to saying,
    `worn_topics` what everybody keeps coming back to; `occasion` is what the addressee is to be
    told now, spoken to them. `works` are those that the speaker has a part in; `making` is the one
    that it writes on, where no line of talk is asked for. `care` is what the good of the addressee
    asks for. `is_adult` is whether the room is age-restricted.
    `views` are its opinions on what is being talked of, `expertise` how much it knows of it,
    0.0–1.0; `shared` what lies between it and those present, each with a name; `habits` how the
    addressee likes to be talked to, in words; `talk` what the talk has been like so far.
    `customs` are what everybody here does, has agreed on or talks over; `may_propose` is whether
    nobody proposed anything lately.
    `system_prompt` and `closing_note` stand in place of how the prompt begins and of its reminder,
    `depth_note` close to the last lines; `greetings` are texts of its author's to begin with, each
    by the key that its use is counted by.
    `material` is what the character's author wrote for the offline voice (docs/offline-voice.md);
    `spent` says how often each piece of it, by key, was used over the character's whole life,
    `own_ago` how many hours ago the character last used it.
    """

    speaker: str
    identity: str = ""
    background: str = ""
    values: tuple[str, ...] = ()
    traits: Mapping[str, float] = field(default_factory=dict)
    drives: tuple[tuple[str, float], ...] = ()  # what moves it, 0.0–1.0
    appearance: str = ""
    voice: Voice = Voice()
    interests: tuple[tuple[str, float], ...] = ()
    goals: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()  # how each goal is gone about; empty where that is open
    mood_valence: float = 0.0
    mood_arousal: float = 0.0
    emotions: tuple[tuple[str, float], ...] = ()
    energy: float = 0.7
    activity: str = ""
    listeners: tuple[Listener, ...] = ()
    memories: tuple[Recollection, ...] = ()
    facts: tuple[str, ...] = ()
    common: Common | None = None
    notes: tuple[str, ...] = ()
    lore: tuple[str, ...] = ()
    to_tell: Recollection | None = None
    insight: Recollection | None = None
    figures: str = ""
    own_memory: Recollection | None = None
    company: tuple[Present, ...] = ()
    spoken_of: tuple[Acquaintance, ...] = ()
    to_ask: tuple[str, str] | None = None
    views: tuple[View, ...] = ()
    expertise: tuple[tuple[str, float], ...] = ()
    shared: tuple[tuple[str, str], ...] = ()
    habits: tuple[str, ...] = ()
    talk: str = ""
    worn: tuple[str, ...] = ()
    worn_topics: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    elsewhere: tuple[Line, ...] = ()
    images: tuple[str, ...] = ()
    images_lost: int = 0
    addressee: str | None = None
    is_addressed: bool = False
    move: Move = "reply"
    occasion: str = ""
    works: tuple[Work, ...] = ()
    customs: tuple[Custom, ...] = ()
    may_propose: bool = False
    making: Making | None = None
    care: Care = Care()
    room: str = ""
    room_topic: str = ""
    is_adult: bool = False
    scenario: str = ""
    earlier: str = ""
    hour: int = 12
    day: str = ""  # 'Wednesday, 4 March 2026', where the speaker is
    seed: int = 0
    disclosure: str = ""
    constitution: str = ""
    example_dialogue: str = ""
    system_note: str = ""
    system_prompt: str = ""
    depth_note: str = ""
    closing_note: str = ""
    greetings: tuple[tuple[str, str], ...] = ()
    group_greetings: tuple[tuple[str, str], ...] = ()
    material: Mapping[str, Any] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    own_ago: Mapping[str, float] = field(default_factory=dict)
    said_ago: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One call. `temperature` None leaves the server's default; `max_tokens` bounds the answer."""

    messages: tuple[ChatMessage, ...]
    purpose: Purpose = "speak"
    tier: Tier = "main"
    model: str | None = None
    temperature: float | None = None
    max_tokens: int = 400
    stop: tuple[str, ...] = ()
    brief: Brief | None = None
    schema: type[Any] | None = None  # a Pydantic model that the answer must satisfy
    tools: tuple[Tool, ...] = ()  # offered to servers that know tool calls

    def without_images(self) -> ChatRequest:
        """The same call with no picture shown."""
        return replace(self, messages=tuple(replace(one, images=()) for one in self.messages))


@dataclass(frozen=True, slots=True)
class ChatResult:
    """A voice's answer. `spent` names the authored material that went into it, by key."""

    text: str
    model: str
    provider: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    latency_ms: int = 0
    parsed: Any = None
    spent: tuple[str, ...] = ()
    finish_reason: str = "stop"
    usage_estimated: bool = False  # the server named no token counts
    tool_calls: tuple[ToolCall, ...] = ()  # asked for instead of a text, or besides it
