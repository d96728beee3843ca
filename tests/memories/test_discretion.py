from __future__ import annotations

import pytest

from memories.formation.discretion import STRICTNESS, of_lines, of_text, off_record, strictest
from memories.models import Visibility
from tests.memories.talking import line, lines


def test_every_level_has_its_place():
    assert set(STRICTNESS) == set(Visibility)
    assert strictest("public", "intimate", "basic") == "intimate"
    assert strictest("full", "private") == "private"


@pytest.mark.parametrize(
    "said",
    [
        "Between you and me, the soup is thin.",
        "don’t tell anyone about the boat",
        "Keep it to yourself.",
        "It's a secret.",
        "I've never told anyone.",
        "Nobody else knows.",
        "Don't tell Bram, but I'm leaving.",
        "Please don't tell my wife.",
        "Tell nobody. I'm leaving.",
        "I'm leaving, not a word to anyone.",
        "Don't let anyone know that I paint.",
        "This stays between us: I paint.",
        "You're the only one who knows.",
        "You can't tell anyone, but I'm leaving.",
        "You mustn't tell Ben.",
        "I haven't told anybody yet.",
        "I've told no one.",
        "Don't tell a single person.",
        "Nobody can find out.",
        "Ben mustn't know that I paint.",
        "I don't want anyone else to know.",
        "I don't want Ben to find out.",
        "I'd rather nobody knew.",
        "This must not leave this room.",
        "You're the first person I've told.",
        "Can you keep a secret? I paint.",
        "Please don't repeat what I said.",
        "That's private, mind.",
        "Das bleibt unter uns: ich kündige.",
        "Das muss unter uns bleiben.",
        "Du darfst es niemandem sagen.",
        "Kannst du ein Geheimnis bewahren?",
        "Ich hab's noch niemandem erzählt.",
        "Davon darf niemand erfahren.",
        "Sag es bitte niemandem weiter, ich kündige.",
        "Behalt das bitte für dich.",
        "Entre nous, je vais démissionner.",
        "Ne le dis à personne, je démissionne.",
        "N'en parle à personne.",
        "Je n'en ai parlé à personne.",
        "Tu es la seule à le savoir.",
        "No le digas a nadie que me mudo.",
        "No le cuentes esto a nadie.",
        "Nadie puede saberlo.",
        "Não conta pra ninguém.",
        "Só entre a gente, vou embora.",
        "Non l'ho detto a nessuno.",
        "Acqua in bocca!",
        "Никому ни слова!",
        "我没告诉过任何人。",
        "まだ誰にも言ってない。",
        "No se lo digas a nadie: dejo mi trabajo.",
        "Es un secreto.",
        "Não conte a ninguém, vou me demitir.",
        "Cá entre nós, vou embora.",
        "Non dirlo a nessuno, mi licenzio.",
        "Resti tra noi.",
        "Никому не говори, я увольняюсь.",
        "Между нами, я увольняюсь.",
        "不要告诉别人，我要辞职了。",
        "这是我们之间的秘密。",
        "誰にも言わないでね、会社を辞めるの。",
        "ここだけの話、辞めます。",
    ],
)
def test_what_is_confided_is_for_the_closest(said):
    assert of_text(said) == "full"


@pytest.mark.parametrize(
    "said",
    [
        "My mother died last spring.",
        "I was diagnosed with diabetes.",
        "I can't pay the rent.",
        "I'm in love with her.",
        "I'm so ashamed.",
        "Meine Mutter ist letztes Jahr gestorben.",
        "Ich habe Schulden.",
        "Je suis enceinte.",
        "Tengo cáncer.",
        "Estou apaixonado por ela.",
        "Sono incinta di tre mesi.",
        "У меня депрессия.",
        "我得了抑郁症。",
        "先月離婚しました。",
    ],
)
def test_the_sore_is_for_friends(said):
    assert of_text(said) == "intimate"


@pytest.mark.parametrize(
    "said",
    [
        "The ferry leaves at nine.",
        "I lost my keys again.",
        "The choir sings the secret garden on Sunday.",
        "Tell anyone you like: the bread is good.",
        "I love bread.",
        "The hospital ship came in.",
        "I don't tell lies, you know.",
        "Don't tell me, you won!",
        "You never tell jokes.",
        "You can't tell them apart.",
        "You can't tell yet.",
        "I can't tell anyone apart in this fog.",
        "Bo can't keep a secret.",
        "This is private land.",
        "No one can hear the bell from here.",
        "I can't find out why.",
        "I don't want Ben to leave.",
        "Das Geheimnis der Möwe ist alt.",
        "Entre a gente da vila há festa.",
        "No digas tonterías.",
        "Je ne parle à personne le matin.",
        "Between the chapel and the pier there is a bench.",
        "Der Zug fährt unter uns durch den Tunnel? Nein.",
        "Entre Noël et Pâques il neige.",
        "Entre el puerto y la iglesia hay un banco.",
        "Tra il porto e la chiesa c'è un bar.",
        "Между портом и церковью есть скамейка.",
        "告诉大家：面包很好吃。",
        "これはとても美味しいです。",
        "Der Krebs lief über den Strand.",
    ],
)
def test_the_rest_may_be_repeated(said):
    assert of_text(said) == "public"


def test_a_plea_that_says_nothing_itself_covers_the_line_before_it():
    said = lines(("Ada", "I smoke on the roof."), ("Ada", "Please don't tell anyone."))
    assert of_lines(said) == {1: "full", 2: "full"}


def test_a_confidence_that_says_itself_covers_itself_alone():
    said = lines(
        ("Ada", "The bread has risen."), ("Ada", "Between us, I smoke on the chapel roof daily.")
    )
    assert of_lines(said) == {1: "public", 2: "full"}


def test_what_says_again_what_was_said_off_the_record_is_off_it_too():
    said = [
        line("Ada", "I keep bees on the chapel roof.", 1, is_off_record=True),
        line("Ben", "Bees, on the chapel roof?", 2),
        line("Ben", "The chapel is cold.", 3),
    ]
    assert off_record(said) == {1, 2}


def test_a_plea_comes_before_the_secret_too_and_past_a_word_of_another():
    said = lines(
        ("Ada", "Please promise you won't tell anybody, okay?"),
        ("Ben", "Of course."),
        ("Ada", "I smoke on the roof."),
    )
    assert of_lines(said) == {1: "full", 2: "public", 3: "full"}


def test_anothers_plea_covers_nothing_of_mine():
    said = lines(("Ada", "I smoke on the roof."), ("Ben", "Please don't tell anyone."))
    assert of_lines(said) == {1: "public", 2: "full"}


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ("Between us, I keep my bees on the chapel roof.", "full"),
        ("My aunt died on the chapel roof among her bees.", "intimate"),
    ],
)
def test_an_answer_that_gives_it_away_goes_no_farther_than_what_was_told(told, level):
    said = lines(
        ("Ada", told),
        ("Ben", "Bees, on the chapel roof!"),
        ("Ben", "The chapel is cold."),
        ("Ben", "The ferry was late."),
    )
    assert of_lines(said) == {1: level, 2: level, 3: "public", 4: "public"}


def test_what_was_said_aloud_before_it_was_said_off_the_record_stays():
    said = [
        line("Ben", "Bees, on the chapel roof?", 1),
        line("Ada", "I keep bees on the chapel roof.", 2, is_off_record=True),
    ]
    assert off_record(said) == {2}
