"""The tank's pages. They read; what visitors do goes through the websocket."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.calls import ledger
from audit.configuration import configuration
from characters import expertise, opinion
from characters.avatars import LARGEST, kind_of
from characters.models import Character, Interest, MoodChange, Opinion
from conversations.community import customs
from conversations.feelings import inner, innerlife
from conversations.making import works
from conversations.models import Channel, Message, Turn
from conversations.services import local_community
from conversations.tank import guests, tank
from conversations.tank.faces import face_of
from conversations.tank.frames import EMOJI
from conversations.text import MAX_NAME, MAX_PERSON_MESSAGE
from conversations.turns.phrasing import ago
from conversations.why.explanation import explain

MOODS_SHOWN = 8
LINES_SHOWN = 12
OPINIONS_SHOWN = 12
AREAS_SHOWN = 10
AVATAR_KEPT_S = 3600


@never_cache
@require_safe
def tank_page(request: HttpRequest) -> HttpResponse:
    """The rooms with their latest talk, who lives here, and how they feel. Of many rooms the
    liveliest are shown and the others named; `?room=` shows one of those before them."""
    code = request.GET.get("invite", "")
    if code and guests.is_invitation(code):
        response: HttpResponse = HttpResponseRedirect(request.path)
        guests.accept_invitation(request, response)
        guests.remember(request, response)
        return response
    visitor = guests.visitor(request.COOKIES, request.user)
    wanted = _number(request, "room")
    every = tank.rooms(for_adults=visitor.is_staff).select_related("scenario")
    channels, others = tank.at_once(list(every), wanted)
    if wanted is not None and all(one.pk != wanted for one in channels):
        raise Http404("There is no such room.")
    said = {channel.pk: tank.latest_messages(channel.pk) for channel in channels}
    states = tank.states([channel.pk for channel in channels])
    context = {
        **_voice(),
        "visitor": visitor,
        "is_invitation_wrong": bool(code),
        "is_paused": configuration.is_society_paused(),
        "cast": _cast(channels, states, for_adults=visitor.is_staff),
        "rooms": [
            {
                "channel": channel,
                "state": states[channel.pk],
                "lines": lines,
                "has_earlier": len(lines) == tank.LATEST,
            }
            for channel, lines in (
                (channel, lines_of(said[channel.pk], visitor.person_id)) for channel in channels
            )
        ],
        "others": others,
        "emoji": EMOJI,
        "max_message": MAX_PERSON_MESSAGE,
        "max_name": MAX_NAME,
        "invite_link": _invite_link(request, visitor),
    }
    response = render(request, "conversations/tank.html", context)
    guests.remember(request, response)
    return response


@never_cache
@require_safe
def room_page(request: HttpRequest, channel_id: int) -> HttpResponse:
    """A stretch of one room's past, back from message `before`."""
    visitor = guests.visitor(request.COOKIES, request.user)
    channel = get_object_or_404(tank.rooms(for_adults=visitor.is_staff), pk=channel_id)
    messages = tank.latest_messages(channel.pk, _number(request, "before"))
    context = {
        **_voice(),
        "channel": channel,
        "lines": lines_of(messages, None),
        "earlier": messages[0].pk if len(messages) == tank.LATEST else None,
    }
    return render(request, "conversations/room.html", context)


@never_cache
@require_safe
def character_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Who a character is, how it feels and why, how it stands to others, and what it said last."""
    for_adults = guests.visitor(request.COOKIES, request.user).is_staff
    character = get_object_or_404(
        tank.cast(for_adults=for_adults)
        .select_related("persona", "state")
        .prefetch_related(
            Prefetch("interests", Interest.objects.defer("embedding")),
            Prefetch("goals", inner.goals_shown()),
        ),
        slug=slug,
    )
    moods = (
        MoodChange.objects.filter(
            inner.ours(), innerlife.moved_in(tank.rooms()), character=character
        )
        .select_related("trigger_message__character", "trigger_message__person")
        .defer("trigger_message__embedding", "trigger_message__search")[:MOODS_SHOWN]
    )
    lines = tank.latest_of(character, LINES_SHOWN)
    feels, felt = innerlife.felt_now(character, timezone.now())
    opinions = Opinion.objects.formed().filter(inner.ours(), character=character)
    context = {
        **_voice(),
        "character": character,
        "face": face_of(character),
        "opinions": [
            (held, opinion.words(held.sentiment), opinion.reasons(held.reasoning, character.name))
            for held in opinions[:OPINIONS_SHOWN]
        ],
        "areas": [
            (area, expertise.words(area.expertise_level))
            for area in inner.areas_shown(character)[:AREAS_SHOWN]
        ],
        "moods": [(change, _ago(change.recorded_at)) for change in moods],
        "mood_line": innerlife.mood_line(character.pk),
        "feels": feels,
        "felt": felt,
        "bonds": innerlife.bonds_of(character, for_adults=for_adults),
        "lines": [(line, _ago(line.created_at)) for line in lines],
        "inner": inner.shown(character, timezone.now(), for_adults=for_adults),
        "works": works.shown_of(character),
    }
    return render(request, "conversations/character.html", context)


@never_cache
@require_safe
def community_page(request: HttpRequest) -> HttpResponse:
    """What holds among those of the tank, what they agreed on, and what they talk over."""
    community = local_community()
    context = {
        **_voice(),
        "community": community,
        "told": customs.shown(community, timezone.now()),
        "charts": customs.health_charts(community.pk),
    }
    return render(request, "conversations/community.html", context)


@never_cache
@require_safe
def why_page(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Why somebody spoke, kept silent or ended the talk: the decision, as it was recorded."""
    visitor = guests.visitor(request.COOKIES, request.user)
    rooms = tank.rooms(for_adults=visitor.is_staff)
    turn = get_object_or_404(
        Turn.objects.filter(conversation__channel__in=rooms)
        .exclude(tank.BEFORE_IT_OPENED)
        .select_related(
            "conversation__channel", "chosen", "answers__character", "answers__person", "llm_call"
        ),
        pk=turn_id,
    )
    context = {
        **_voice(),
        "turn": turn,
        "face": face_of(turn.chosen),
        "why": explain(turn, is_staff=visitor.is_staff),
        "is_staff": visitor.is_staff,
    }
    return render(request, "conversations/why.html", context)


@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """A character's own picture. The name only says which character's it is: what is opened is what
    that row names, and its first bytes say what kind it is."""
    one = Character.objects.filter(avatar=f"avatars/{name}").only("avatar").first()
    if one is None:
        raise Http404("There is no such picture.")
    try:
        with one.avatar.open("rb") as file:
            picture = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Http404("The file is gone.") from None
    kind = kind_of(picture)
    if not kind or len(picture) > LARGEST:
        raise Http404("It is no picture that is shown.")
    headers = {
        "Cache-Control": f"public, max-age={AVATAR_KEPT_S}",
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(picture, content_type=kind, headers=headers)


def _number(request: HttpRequest, name: str) -> int | None:
    """A row's number in an address; None where it names none.

    Raises:
        Http404: it is no number of a row.
    """
    given = request.GET.get(name, "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404(f"{name} must be a number")
    return int(given) if given else None


def _ago(at: dt.datetime) -> str:
    return ago((timezone.now() - at).total_seconds())


def _voice() -> dict[str, Any]:
    return {"voice": ledger.voice_name(), "is_offline": ledger.is_offline()}


def _cast(
    channels: list[Channel], states: dict[int, dict[str, Any]], *, for_adults: bool
) -> list[dict[str, Any]]:
    """Who lives here, with mood, and where each has part in a talk."""
    where: dict[str, list[str]] = defaultdict(list)
    for channel in channels:
        for slug in states[channel.pk]["talking"]:
            where[slug].append(f"#{channel.name}")
    now = timezone.now()
    return [
        {
            "face": face_of(one),
            "tagline": one.tagline,
            "mood": one.state.mood_label if hasattr(one, "state") else "",
            "where": " ".join(where[one.slug]),
            "rest": _rest(one, now),
        }
        for one in tank.cast(for_adults=for_adults)
    ]


def _rest(one: Character, now: dt.datetime) -> str:
    """Why somebody says nothing, and until when by its own clock; empty where nothing keeps them
    from it. Scripts say it by the visitor's."""
    rest, until = tank.rest_of(one, now)
    if until is None:
        return rest
    clock = "" if one.timezone == settings.TIME_ZONE else f" ({one.timezone})"
    return f"{rest} until {until:%H:%M}{clock}"


def _invite_link(request: HttpRequest, visitor: guests.Visitor) -> str:
    """The link that keepers may hand on; empty for everybody else."""
    if not visitor.is_staff or guests.talkers() != "invited":
        return ""
    return guests.invite_link(request.build_absolute_uri("/"))


def lines_of(messages: list[Message], person_id: int | None) -> list[dict[str, Any]]:
    """Messages as the page shows them, each with its face, its reactions, and how its talk ended
    if it was the last of it. One query for all."""
    reactions = tank.reactions_to([message.pk for message in messages])
    return [
        {
            "message": message,
            "face": face_of(message.character or message.person),
            "reply": face_of(message.reply_to.character or message.reply_to.person)
            if message.reply_to
            else None,
            "chips": tank.chips(reactions.get(message.pk, ()), person_id),
            "is_own": person_id is not None and message.person_id == person_id,
            "is_last": message.conversation.status == "closed"
            and message.number == message.conversation.message_count,
        }
        for message in messages
    ]
