"""A question on somebody else, put as they would ask it of themselves, and the kinds of it."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.kinds import asked_after, tells_of
from fishbowl.llm.offline.reported import as_of_self, somebody_in


@pytest.mark.parametrize(
    ("asked", "put"),
    [
        ("where does Nell's sister live?", "where does my sister live?"),
        ("has Nell got a sister?", "have I got a sister?"),
        ("what's nell\u2019s job?", "what's my job?"),
        ("what scares Nell?", "what scares me?"),
        ("did Nell say where she went?", "did I say where I went?"),
        ("is Nell married?", "am I married?"),
    ],
)
def test_a_question_on_somebody_is_put_as_their_own(asked, put):
    assert as_of_self(asked, "Nell") == put


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("what did Maren do?", "Maren"),
        ("how did Maren's exam go?", "Maren"),
        ("what did you do?", ""),
        ("where is Oslo?", ""),
        ("what did the cat do?", ""),
    ],
)
def test_whom_one_asks_of_is_told_from_how_one_asks(asked, who):
    assert somebody_in(asked) == who


@pytest.mark.parametrize(
    ("asked", "said", "tells"),
    [
        ("what car do I have?", "I drive an old green Volvo", True),
        ("which colour is my car?", "I have a green car", True),
        ("what's my job?", "I drive an old green Volvo", False),
        ("what's my job?", "I drive the night bus", True),
        ("what's my hobby?", "my favourite food is pierogi", False),
        ("what's my hobby?", "in my free time I build model ships", True),
        ("what's my favourite song?", "my favourite food is pierogi", False),
        ("what's my favourite dish?", "my favourite food is pierogi", True),
        ("do I have children?", "my sister lives in Porto", False),
        ("do I have children?", "my daughter is called Wanda", True),
    ],
)
def test_a_kind_of_thing_is_told_by_its_own_alone(asked, said, tells):
    assert tells_of(asked_after(asked), said, asked) is tells
