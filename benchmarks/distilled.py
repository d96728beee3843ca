"""Short memories in the third person, what people ask about them, and what asks about nothing.

Made by hand, to see that a recipe tuned on lines of talk holds for what is made of talk. Whoever
asks says 'my' of themselves and 'you' to the character, and seldom the words of the memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

CHARACTER = "Wren"  # whose memories they are
CHARACTERS = ("Mara", "Tobias")
PEOPLE = ("Ada", "Ben", "Chloe", "Dev")
A_STRETCH = 6  # memories of one stretch of talk
NOON = dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Pair:
    """A memory, whom it is about, and a question that it answers, by whom."""

    memory: str
    about: str
    question: str
    by: str
    days_ago: int = 30


PAIRS = (
    Pair("Ada's cat is called Juniper.", "Ada", "What is my cat called?", "Ada"),
    Pair("Ada's cat is called Juniper.", "Ada", "Do you remember Ada's pet?", "Ben"),
    Pair("Ada works as a nurse at the harbour clinic.", "Ada", "What do I do for a living?", "Ada"),
    Pair("Ada works night shifts this spring.", "Ada", "Is Ada's job hard on her sleep?", "Ben"),
    Pair("Ada is allergic to walnuts.", "Ada", "Is there anything I can't eat?", "Ada"),
    Pair("Ada grew up in Porto.", "Ada", "Where is Ada from?", "Chloe"),
    Pair("Ada's sister Ines is getting married in September.", "Ada",
         "Whose wedding is coming up in my family?", "Ada"),
    Pair("Ada is learning to play the cello.", "Ada", "Which instrument am I learning?", "Ada"),
    Pair("Ada is afraid of deep water.", "Ada", "What frightens Ada?", "Mara"),
    Pair("Ada wants to walk the coast path in the summer.", "Ada",
         "Has Ada any plans for her holidays?", "Dev"),
    Pair("Ada lent Wren a book about lighthouses.", "Ada", "Didn't I lend you a book?", "Ada"),
    Pair("Ada drinks her coffee black.", "Ada", "How do I take my coffee?", "Ada"),
    Pair("Ben has two daughters, Ella and Rose.", "Ben", "What are my kids called?", "Ben"),
    Pair("Ben lost his job at the shipyard in March.", "Ben", "Is Ben still employed?", "Ada"),
    Pair("Ben is restoring an old motorcycle.", "Ben", "What is Ben fixing in his garage?", "Dev"),
    Pair("Ben's father had a stroke last winter.", "Ben", "How is my dad doing?", "Ben"),
    Pair("Ben doesn't drink alcohol any more.", "Ben", "Would Ben like some wine?", "Chloe"),
    Pair("Ben supports the town's football club.", "Ben", "Which team does Ben cheer for?", "Dev"),
    Pair("Ben moved into a flat above the bakery.", "Ben", "Where do I live now?", "Ben"),
    Pair("Ben's birthday is on 4 November.", "Ben", "When was Ben born?", "Ada"),
    Pair("Ben promised to bring a cake on Sunday.", "Ben", "What did I promise to bring?", "Ben"),
    Pair("Chloe is writing a novel about a beekeeper.", "Chloe", "How is my book going?", "Chloe"),
    Pair("Chloe and Dev used to be a couple.", "Chloe",
         "Were Chloe and Dev ever together?", "Ada"),
    Pair("Chloe failed her driving test twice.", "Chloe", "Can Chloe drive?", "Ben"),
    Pair("Chloe can't stand jazz.", "Chloe", "What music does Chloe hate?", "Ada"),
    Pair("Chloe teaches mathematics at the grammar school.", "Chloe",
         "Which subject do I teach?", "Chloe"),
    Pair("Chloe broke her wrist while skating.", "Chloe", "How did I hurt my arm?", "Chloe"),
    Pair("Chloe's favourite flower is the peony.", "Chloe",
         "What flowers should I bring to Chloe?", "Dev"),
    Pair("Dev was born in Chennai and came here as a child.", "Dev",
         "Which city was I born in?", "Dev"),
    Pair("Dev sold his car and cycles to work.", "Dev", "How does Dev get to the office?", "Ben"),
    Pair("Dev is training for a marathon.", "Dev", "What am I training for?", "Dev"),
    Pair("Dev's grandmother taught him to cook.", "Dev", "Who taught Dev cooking?", "Chloe"),
    Pair("Dev is vegetarian.", "Dev", "Does Dev eat meat?", "Ada"),
    Pair("Dev owes Ben eighty pounds.", "Dev", "Who owes me money?", "Ben"),
    Pair("Dev quarrelled with his brother about the house.", "Dev",
         "Why aren't Dev and his brother talking?", "Ada"),
    Pair("Mara collects old maps of the coast.", "Mara", "What does Mara collect?", "Ada"),
    Pair("Mara dreams of sailing to Iceland.", "Mara", "Where would Mara like to go?", "Ben"),
    Pair("Mara told Wren that she once fell in love with a lighthouse keeper.", "Mara",
         "Was Mara ever in love?", "Chloe"),
    Pair("Mara mistrusts Tobias since the lantern was stolen.", "Mara",
         "Why doesn't Mara trust Tobias?", "Dev"),
    Pair("Tobias repairs clocks in the back room of the tavern.", "Tobias",
         "What does Tobias do all day?", "Ada"),
    Pair("Tobias lost his left eye in the war.", "Tobias", "What happened to his eye, Tobias's?",
         "Ben"),
    Pair("Tobias is saving up for a boat of his own.", "Tobias",
         "What is Tobias putting money aside for?", "Chloe"),
    Pair("Wren loves the smell of rain on warm stone.", "Wren", "Do you like the rain?", "Ada"),
    Pair("Wren's first home was a mill by the river.", "Wren", "Where did you grow up?", "Ben"),
    Pair("Wren is proud of the song about the drowned bell.", "Wren",
         "Have you written any songs?", "Chloe"),
    Pair("Wren met Mara at the winter market.", "Wren", "How did you and Mara meet?", "Dev"),
    Pair("Wren and Ada watched the eclipse from the pier.", "Ada",
         "Do you remember what we saw in the sky?", "Ada", 60),
    Pair("Everybody sang at the pier until the storm came.", "", "What happened at the pier?",
         "Ada", 6),
)  # fmt: skip

_NAMES = (
    "Ada", "Ben", "Chloe", "Dev", "Mara", "Tobias", "Wren", "Edda", "Finn", "Greta", "Hugo", "Ida",
    "Jonas", "Kira", "Liam", "Mina", "Noor", "Oskar", "Petra", "Quinn",
)  # fmt: skip
_DISTRACTORS = (
    ("thinks that the {} is overrated.", "opera city sea theatre north museum market"),
    ("told everybody about a {} on the way home.", "fox rainbow quarrel parade puddle kite swan"),
    ("bought a new {} last week.", "coat lamp kettle bicycle umbrella notebook hat"),
    ("would rather have {} than anything else.", "soup peace silence pancakes sunshine tea snow"),
    ("complained about the {} again.", "weather neighbours trains prices noise dust wind"),
    ("and the others talked about {}.", "ghosts elections gardening islands films bread money"),
    ("was late because of the {}.", "bus rain dentist phone bridge ferry dog"),
    ("has never seen a {}.", "whale desert comet glacier volcano camel windmill"),
    ("laughed about the {} in the hall.", "statue painting parrot mirror carpet portrait drum"),
    ("asked whether anybody had found a {}.", "key scarf ring glove wallet button pencil"),
    ("read something about {}.", "octopuses bridges tea Mars bees castles mushrooms"),
    ("wants to repaint the {}.", "kitchen fence boat door ceiling shed bench"),
    ("seemed {} when the lights went out.", "calm cross amused tired restless curious cheerful"),
    ("agreed that the {} should stay open.", "library pool bakery cinema station mill chapel"),
    ("found the {} too loud.", "music street children machines radio bells gulls"),
    ("would like to see {} one day.", "Norway Japan Egypt Peru Scotland Greece Kenya"),
)


def distractors() -> Iterator[tuple[str, str]]:
    """320 other memories, and whom each is about."""
    for at, name in enumerate(_NAMES):
        for number, (template, fillings) in enumerate(_DISTRACTORS):
            words = fillings.split()
            yield f"{name} {template.format(words[(at + number) % len(words)])}", name


# Lines that ask for nothing: what is said in passing must not drag memories in.
SMALLTALK = (
    "Good evening!", "Good morning everyone", "Hello there", "Hi!", "hey :)", "How are you?",
    "how are you doing today?", "How's it going?", "What's up?", "ha, nice", "haha", "lol",
    "Nice!", "That's great!", "Wow, that's amazing", "Cool, thanks", "Thank you so much!",
    "You're welcome", "No problem", "Sure, why not", "ok", "Okay then", "Yes, exactly", "yeah",
    "I agree", "I don't know", "Not really", "Maybe later", "Hmm, let me think", "Really?",
    "Oh no!", "Sorry!", "I see", "Sounds good to me", "Good night, sleep well", "See you later!",
    "Bye for now", "Take care", "Have a nice day", "Welcome back!", "Good to see you again",
    "I'm fine, thanks, and you?", "Same here", "Absolutely!", "That's so funny", "you're sweet",
    "Anyone here?", "So, what now?", "Well, well, well", "Let's go then", "Happy to hear that",
    "What do you think?", "Tell me more", "Interesting…", "Never mind", "Good luck!",
    "Congratulations!", "Long time no see", "I'm back", "Just kidding",
)  # fmt: skip

# Questions about what none of these characters ever heard of.
UNRELATED = (
    "What is the boiling point of tungsten?", "Who commands the garrison at Samarkand?",
    "How do I configure a Kubernetes ingress?", "Which enzyme unwinds the helix of DNA?",
    "Is the tariff on imported bauxite rising?", "How many moons does Neptune have?",
    "Explain the Treaty of Tordesillas.", "What does the semaphore protect in this kernel?",
    "When did the Byzantine emperor abdicate?", "Convert forty fathoms to metres.",
    "Which chess opening begins with the bishop's gambit?", "What is the capital of Mongolia?",
    "How is nitroglycerin stabilised?", "Who composed the Goldberg Variations?",
    "What is the half-life of caesium?", "Where do axolotls live in the wild?",
    "How deep is the Mariana Trench?", "What did Heraclitus say about rivers?",
    "How do submarines navigate under ice?", "Who won the Peloponnesian War?",
    "What is the plural of octopus in Greek?", "Which fuel does a Soyuz rocket burn?",
    "How do I prune a quince tree?", "What is the tensile strength of kevlar?",
    "Who painted the ceiling of the Sistine Chapel?", "How does a carburettor work?",
    "What is the exchange rate of the forint?", "Which glacier feeds the Rhône?",
    "How do you tune a harpsichord?", "What causes the aurora borealis?",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remembered:
    """The character that remembers all this, everybody's ids by name, and the memories' by their
    words."""

    owner: int
    characters: dict[str, int]
    people: dict[str, int]
    memories: dict[str, int]

    def rank(self, pair: Pair, *, limit: int, floor: bool) -> int | None:
        """Where the memory that answers stands when whoever asks listens alone: 0 is the best, None
        not among so many."""
        from memories.recall.asking import Asker
        from memories.recall.recall import recall
        from memories.view import Audience

        asker = Asker(self.characters.get(pair.by), self.people.get(pair.by))
        listeners = Audience(
            characters=frozenset(pk for pk in (asker.character,) if pk is not None),
            people=frozenset(pk for pk in (asker.person,) if pk is not None),
        )
        hits = recall(
            self.owner, listeners, pair.question, now=NOON, limit=limit, asked_by=asker, floor=floor
        )
        ids = [hit.id for hit in hits]
        wanted = self.memories[pair.memory]
        return ids.index(wanted) if wanted in ids else None


def remember() -> Remembered:
    """Have a character remember all of it, in stretches of talk that happen to hold what they do:
    half a dozen memories of different people each."""
    from characters.models import Person
    from characters.services import create_character
    from memories.models import Memory
    from memories.recall.names import forget_names
    from memories.writing import NewMemory, store

    characters = {name: create_character(name=name).pk for name in (CHARACTER, *CHARACTERS)}
    people = {
        name: Person.objects.create(web_key=f"{name}-distilled", username=name).pk
        for name in PEOPLE
    }
    forget_names()
    days = {pair.memory: (pair.about, pair.days_ago) for pair in PAIRS}
    wanted = [*((text, *rest) for text, rest in days.items())]
    wanted += [(text, about, 1 + at % 90) for at, (text, about) in enumerate(distractors())]
    Random(5).shuffle(wanted)
    stored = store(
        [
            NewMemory(
                owner_id=characters[CHARACTER],
                kind=Memory.Kind.FACT,
                content=text,
                occurred_at=NOON - dt.timedelta(days=days_ago),
                about_character_id=characters.get(about),
                about_person_id=people.get(about),
                visibility=Memory.Visibility.PUBLIC,
                session_key=f"distilled:{at // A_STRETCH}",
                sequence=at % A_STRETCH,
            )
            for at, (text, about, days_ago) in enumerate(wanted)
        ]
    )
    memories = {text: one.id for (text, *_), one in zip(wanted, stored, strict=True)}
    return Remembered(characters[CHARACTER], characters, people, memories)
