"""What keepers have the nights do by command, and what they are told when it can't be."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.configuration.configuration import pause_society
from characters.services import pause_character
from memories.models import ConsolidationRun
from tests.builders import make_character
from tests.memories.test_nightly import a_life

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_keeper_gives_a_character_its_night():
    owner = make_character("Bram")
    a_life(owner)
    out = StringIO()
    call_command("consolidate", "bram", stdout=out)
    assert "Bram: 9 examined, 8 weakened, 1 merged, 1 summaries, 6 archived" in out.getvalue()
    assert ConsolidationRun.objects.get().finished_at


def test_a_keeper_gives_all_that_are_active_theirs():
    make_character("Bram")
    pause_character(make_character("Odile"))
    out = StringIO()
    call_command("consolidate", stdout=out)
    assert [line.split(":")[0] for line in out.getvalue().splitlines()] == ["Bram"]


@pytest.mark.parametrize(("name", "said"), [("nobody", "nobody is called"), ("Odile", "paused")])
def test_a_night_that_can_not_be_is_explained(name, said):
    pause_character(make_character("Odile"))
    with pytest.raises(CommandError, match=said):
        call_command("consolidate", name)


def test_while_the_society_is_stopped_there_is_no_night():
    make_character("Bram")
    pause_society(True)
    with pytest.raises(CommandError, match="stopped"):
        call_command("consolidate")
    assert not ConsolidationRun.objects.exists()


@pytest.mark.parametrize("arguments", [["7"], ["seven"], []])
def test_what_can_not_be_taken_apart_is_told(arguments):
    with pytest.raises(CommandError):
        call_command("unmerge", *arguments)
