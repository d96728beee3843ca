"""What a question means to one speaker: its words and their synonyms, and whom it names.

Looked up as the application, in the journey that opens the view and before it does: names and words
that stand in the question are no secret. What is known of them is, and is read under the view
(`with_entities`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from characters.models import Person
from fishbowl.statements import Row, Statement
from memories.formation.namesakes import says
from memories.recall.asked import MOST_WORDS, Word
from memories.recall.dates import names_birthday
from memories.recall.names import Named, known_names
from memories.recall.question import Question, bare, understand
from memories.recall.synonyms import make_ready, synonyms
from memories.unspaced import RUN
from memories.view import View

MOST_SYNONYMS = 16  # words of a question that are looked up under other names too
RELATED = 0.7  # what a word of somebody's sister counts where 'Ada's sister' is asked about
_SURFACE = re.compile(r"[^\W\d_]{3,}")

# As the application, before the view: lexemes, entities that go by a name of the question, what is
# damped, whether any lore has keys, which model's index the owner has, and the speaker's name.
_LOOKED_UP = """
SELECT tsvector_to_array(memories_lexemes(%(text)s::text)),
    ARRAY(SELECT (tsvector_to_array(memories_lexemes(word)))[1]
          FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w (word, n) ORDER BY n),
    ARRAY(SELECT id FROM memories_entity
          WHERE (community_id = %(community)s::bigint OR community_id IS NULL)
            AND lower(name) = ANY (%(names)s::text[])
          UNION SELECT entity_id FROM memories_entityalias
          WHERE lower(alias) = ANY (%(names)s::text[])),
    (SELECT string_agg('(' || query::text || ')', ' | ') FROM (
        SELECT memories_holding(words) AS query
        FROM (SELECT kind, text FROM memories_contagion
              WHERE community_id = %(community)s::bigint AND is_damped
              ORDER BY last_seen_at DESC, id LIMIT 20) spread,
            -- All words of a phrase; of a subject or a dream, two.
            LATERAL (SELECT text AS words WHERE kind = 'phrase'
                     UNION ALL SELECT one || ' ' || other
                     FROM regexp_split_to_table(text, ', ') one,
                         regexp_split_to_table(text, ', ') other
                     WHERE kind <> 'phrase' AND one < other) held) spreads
     WHERE numnode(query) > 1),
    EXISTS (SELECT FROM memories_lorechunk
            WHERE is_enabled AND (keys <> '{}' OR is_constant)),
    (SELECT max(substr(c.relname, length(%(index)s::text) + 1)::bigint)
     FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
     WHERE c.relname >= (%(index)s::text || '0')::name
       AND c.relname < (%(index)s::text || ':')::name
       AND c.relnamespace = current_schema()::regnamespace AND i.indisvalid),
    (SELECT name FROM characters_character WHERE id = %(speaker)s::bigint)
"""

# Under the view: what the speaker, before its audience, knows of those entities.
_ENTITIES = """
SELECT e.id, lower(e.name), e.pronoun, e.character_id, e.person_id,
    ARRAY(SELECT lower(a.alias) FROM memories_entityalias a WHERE a.entity_id = e.id),
    ARRAY(SELECT array_to_string(tsvector_to_array(
              memories_lexemes(called.name)), ' ')
          FROM (SELECT e.name UNION SELECT alias FROM memories_entityalias a
                WHERE a.entity_id = e.id) called (name)),
    ARRAY(SELECT array_to_string(tsvector_to_array(
              memories_lexemes(other.name)), ' ')
          FROM memories_entityrelation r JOIN memories_entity other
            ON other.id = CASE r.subject_id WHEN e.id THEN r.object_id ELSE r.subject_id END
          WHERE e.id IN (r.subject_id, r.object_id)
            AND r.valid_from <= %(now)s::timestamptz
            AND (r.valid_to IS NULL OR r.valid_to > %(now)s::timestamptz)
            AND tsvector_to_array(memories_lexemes(r.relation))
                && %(lexemes)s::text[]),
    e.apart
FROM memories_entity e WHERE e.id = ANY (%(ids)s::bigint[]) ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and so who 'I' is: a character or a person, by id."""

    character: int | None = None
    person: int | None = None


NOBODY = Asker()


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question as it is to be looked up."""

    question: Question
    words: tuple[Word, ...]
    named: Named
    entities: tuple[int, ...] = ()
    damped: str = ""  # a tsquery
    has_lore: bool = False
    indexed: int = 0  # the last memory that the owner's index holds
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question before the database was asked about its words: `lookup` is what to ask it."""

    question: Question
    surface: Sequence[str]  # words that synonyms are looked up for, and behind them the names
    synonymous: int  # so many of the surface are those
    synonym: float
    named: Named
    embedded: str  # the text whose vector is compared
    lookup: Statement

    def meaning(self, rows: Sequence[Row]) -> Meaning:
        """What it means, by what `lookup` found."""
        ((lexemes, stems, entities, damped, has_lore, indexed, speaker),) = rows
        words = self.surface[: self.synonymous]
        stemmed = {word: stem for word, stem in zip(words, stems) if stem}  # noqa: B905
        others = {stemmed[word]: found for word, found in synonyms(stemmed).items()}
        names = self.surface[self.synonymous :]
        called = dict(zip(names, stems[self.synonymous :], strict=True))
        # One's own name says nothing of what is asked, but where it is all.
        own = {called[name] for name in called.keys() & {*(speaker or "").lower().split()}}
        lexemes = [lexeme for lexeme in lexemes if lexeme not in own] or lexemes
        lexemes.sort(key=len, reverse=True)  # where there are too many, the long ones are rarer
        return Meaning(
            question=self.question,
            words=tuple(
                Word(
                    lexeme,
                    tuple((other,) for other in others.get(lexeme, ()) if other not in lexemes),
                    self.synonym,
                    is_name=lexeme in called.values(),
                )
                for lexeme in lexemes[:MOST_WORDS]
            ),
            named=self.named,
            entities=tuple(entities),
            damped=damped or "",
            has_lore=has_lore,
            indexed=indexed or 0,
            speaker=speaker or "",
        )


def understood(
    text: str,
    *,
    speaker: int,
    community: int | None,
    now: dt.datetime,
    context: Sequence[str],
    index: str,
    synonym: float,
    asked_by: Asker = NOBODY,
) -> Understood:
    """What `text` asks of `speaker`. `index` is what the name of an index of its memories would
    begin with, `synonym` what another word counts of a word's weight."""
    known = known_names()
    birthday = None
    if asked_by.person is not None and names_birthday(text):
        born = Person.objects.filter(pk=asked_by.person).values_list("birthday", flat=True)
        birthday = born.first()
    question = understand(text, now=now, context=context, names=known, birthday=birthday)
    named = known.among(question.candidates)
    words, names = _surface(question, named.names)
    make_ready(words)  # under the view nothing is asked but by the view
    return Understood(
        question=question,
        surface=[*words, *names],
        synonymous=len(words),
        synonym=synonym,
        named=_with_speakers(named, question, speaker, asked_by),
        embedded=question.without(named.names),
        lookup=(
            _LOOKED_UP,
            {
                "text": question.sought,
                "words": [*words, *names],
                "names": [*question.candidates, *question.earlier],
                "community": community,
                "index": index,
                "speaker": speaker,
            },
        ),
    )


def _with_speakers(named: Named, question: Question, speaker: int, asked_by: Asker) -> Named:
    """Those whom a question names, with whoever is 'I' and 'you' in it."""
    characters, people = set(named.characters), set(named.people)
    if question.of_asker and asked_by.character is not None:
        characters.add(asked_by.character)
    if question.of_asker and asked_by.person is not None:
        people.add(asked_by.person)
    if question.of_asked:
        characters.add(speaker)
    return replace(named, characters=tuple(sorted(characters)), people=tuple(sorted(people)))


def _surface(question: Question, known: Collection[str]) -> tuple[list[str], list[str]]:
    """The words of a question in lower case: those that synonyms are looked up for, and those that
    are, or seem to be, names."""
    words, names = [], []
    sought = RUN.sub(lambda run: " " * len(run[0]), question.sought)
    for word in _SURFACE.finditer(sought):
        before = sought[: word.start()].rstrip(" \"“”'‘’(")
        is_first = not before or before[-1] in ".!?…:"
        is_word = word.group()[0].islower() or is_first
        if is_word and bare(word.group()) not in known:
            words.append(word.group().lower())
        else:
            names.append(word.group().lower())
    words = list(dict.fromkeys(words))[:MOST_SYNONYMS]
    return words, list(dict.fromkeys(names))[:MOST_WORDS]


def with_entities(meaning: Meaning, view: View, now: dt.datetime) -> Meaning:
    """The question with what the speaker knows of the entities it names, or calls 'she': their
    other names, who they are, and those who are to them what the question says."""
    if not meaning.entities:
        return meaning
    lexemes = [word.lexeme for word in meaning.words]
    rows = view.planned(_ENTITIES, ids=list(meaning.entities), now=now, lexemes=lexemes)
    meant = _meant(meaning.question, rows)
    words = {word.lexeme: word for word in meaning.words}
    for row in meant:
        names = tuple(tuple(name.split()) for name in row[6] if name)
        for lexeme in {lexeme for name in names for lexeme in name}:
            if lexeme in words:
                words[lexeme] = replace(words[lexeme], others=names, share=1.0)
        if not any(lexeme in words for name in names for lexeme in name):
            words |= _another(names, 1.0)  # 'she', by her name
        related = tuple(tuple(name.split()) for name in row[7] if name)
        words |= {k: v for k, v in _another(related, RELATED).items() if k not in words}
    return replace(
        meaning,
        words=tuple(words.values()),
        entities=tuple(row[0] for row in meant),
        named=Named(
            names=meaning.named.names,
            characters=(*meaning.named.characters, *(row[3] for row in meant if row[3])),
            people=(*meaning.named.people, *(row[4] for row in meant if row[4])),
        ),
    )


def _another(names: tuple[tuple[str, ...], ...], share: float) -> dict[str, Word]:
    """A word for somebody who is asked about without being named."""
    return {names[0][0]: Word(names[0][0], names, share)} if names and names[0] else {}


def _meant(question: Question, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The entities that a question names, and for each of its pronouns the one that was named last
    among those people speak of in that way."""
    by_name: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        for name in (row[1], *row[5]):
            by_name.setdefault(name, []).append(row)
    found = {
        row[0]: row
        for name in question.candidates
        for row in _of_that_name(by_name.get(name, ()), question.text)
    }
    for pronoun in question.pronouns:
        for name in question.earlier:
            fitting = [row for row in by_name.get(name, ()) if row[2] == pronoun]
            if fitting:
                found |= {row[0]: row for row in fitting}
                break
    return list(found.values())


def _of_that_name(rows: Sequence[tuple[Any, ...]], text: str) -> Sequence[tuple[Any, ...]]:
    """Of several of one name those whom the question tells apart ('my sister Ana'); else all."""
    return [row for row in rows if says(row[8], text)] or rows
