"""What a server turned out to be like, read from its own complaints: settings that it doesn't know,
system messages that it won't have, thoughts that take all the room of an answer.

Each lesson changes the next call for good, and none can be learned twice, so trying again ends.
Whoever makes the calls keeps the lessons: the ledger has a row for each.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from .errors import (
    BadRequestError,
    ContextTooLongError,
    GatewayError,
    ImagesRefusedError,
    RolesRefusedError,
    ServerFailedError,
    Taught,
    ThoughtOnlyError,
    UnsupportedParameterError,
)
from .structured import Structured

TokensField = Literal["max_tokens", "max_completion_tokens"]
# Where a server takes system messages. Many chat templates want one at most, as the first.
SystemAt = Literal["anywhere", "first", "nowhere"]

DROPPABLE = ("tools", "response_format", "stream_options", "stop", "temperature", "name")
COMPLAINT = re.compile(
    r"support|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|extra|additional"
    r"|deprecated|only the default"
)
# Servers name these two in many ways, and no call can do without noticing it.
NAMED = {
    "tools": re.compile(r"\btools?\b|\btool[_ -]?(?:choice|call|use)|\bfunction[_ -]?call"),
    "response_format": re.compile(
        r"response[_ ]?format|json[_ ]?(?:schema|object|mode)|\bschema\b|structured[_ ]?output"
        r"|guided|grammar"
    ),
}
ANY_COMPLAINT = re.compile(
    COMPLAINT.pattern + r"|requires?\b|unavailable|must be|invalid|disabled|fail|cannot|not enabled"
)
SCHEMA_ALONE = re.compile(r"schema|grammar|guided|\btype\b|structured")
ROLES = re.compile(
    r"roles must alternate|only user and assistant roles|expected last role|unexpected role"
    r"|system messages? (?:must|should|can only|are only|is only|has to|have to)"
)
NO_SYSTEM = re.compile(
    r"system (?:role|message|prompt|instruction)s? (?:is |are )?(?:not |un)supported"
    r"|does not support (?:the )?'?system|developer instruction is not enabled"
)
# Tokens that an answer is given besides its own, for thoughts: so many more each time.
ROOMS = (0, 2000, 8000)
_LARGER = range(1, len(ROOMS))
RENAMED = "max_completion_tokens"

# All that there is to be learned, in words for keepers.
LESSONS = {
    RENAMED: "it calls the length of an answer max_completion_tokens",
    "system first": "it takes system messages at the beginning alone",
    "system nowhere": "it takes no system messages: their words go with people's",
    "no images": "it sees no pictures",
    "no json_schema": "it takes no schema for an answer, only that it be JSON",
    "no name": "it takes no speakers' names beside messages",
    "no response_format": "it takes no shape for an answer: that is asked for in words",
    "no stop": "it takes no texts to stop at",
    "no stream_options": "it doesn't count tokens while it streams",
    "no temperature": "it takes no temperature",
    "no tools": "it is offered no tools",
    **{f"room {at}": f"it is given {ROOMS[at]:,} tokens more for its thoughts" for at in _LARGER},
    **{f"no room {at}": f"{ROOMS[at]:,} tokens more for its thoughts don't fit" for at in _LARGER},
}


@dataclass(frozen=True, slots=True)
class Learned:
    """How one model of a server wants to be spoken to: what its refusals have taught so far.

    It never changes: what a refused call teaches is on the error that is raised instead, and goes
    by what was known when that call was made, however many others are under way.
    """

    configured: TokensField = "max_tokens"
    lessons: frozenset[str] = frozenset()

    def with_lesson(self, lesson: str) -> Learned:
        """The same, and this."""
        return replace(self, lessons=self.lessons | {lesson})

    def lacks(self, what: str) -> bool:
        """Whether this part of a call is left out."""
        return f"no {what}" in self.lessons

    @property
    def tokens_field(self) -> TokensField:
        """What the length of an answer is called."""
        return "max_completion_tokens" if RENAMED in self.lessons else self.configured

    @property
    def system_at(self) -> SystemAt:
        """Where system messages may stand."""
        places: tuple[SystemAt, ...] = ("nowhere", "first")
        return next((one for one in places if f"system {one}" in self.lessons), "anywhere")

    @property
    def room(self) -> int:
        """How many tokens the model is given for its thoughts."""
        return ROOMS[self._room_at]

    @property
    def _room_at(self) -> int:
        asked = max((at for at in _LARGER if f"room {at}" in self.lessons), default=0)
        return min(asked, self._most_room)

    @property
    def _most_room(self) -> int:
        refused = (at for at in _LARGER if f"no room {at}" in self.lessons)
        return min(refused, default=len(ROOMS)) - 1

    def shape(self, configured: Structured) -> Structured:
        """How a structured answer is asked for."""
        if self.lacks("response_format"):
            return "none"
        if configured == "json_schema" and self.lacks("json_schema"):
            return "json_object"
        return configured

    def from_refusal(
        self, error: GatewayError, body: Mapping[str, Any], kept: Collection[str]
    ) -> GatewayError | None:
        """What a refused call teaches: the error to raise instead, after which the call may be made
        again at once; None where it teaches nothing. `kept` are settings that the keeper set."""
        said = error.detail.lower()
        about: Any = {"server": error.server, "status": error.status}
        if isinstance(error, ContextTooLongError):
            # A prompt with so much room for thoughts is longer than the model can read.
            if not self._room_at:
                return None
            return self._taught(
                UnsupportedParameterError("room", **about), f"no room {self._room_at}", error
            )
        is_refused = error.kind == "bad_request" and error.status in (400, 404, 422)
        # Where a template or a grammar fails, some servers say that they themselves did.
        is_failed = isinstance(error, ServerFailedError) and error.status == 500
        if not (is_refused or is_failed):
            return self._without_images(error, body)
        if place := self._moved_system(said, body):
            return self._taught(RolesRefusedError(error.detail, **about), place, error)
        dropped = self._dropped(said, body, kept, is_failed=is_failed)
        if dropped:
            lesson = RENAMED if dropped == "max_tokens" else f"no {dropped}"
            return self._taught(UnsupportedParameterError(dropped, **about), lesson, error)
        return self._without_images(error, body)

    def from_thoughts(self, error: GatewayError) -> GatewayError:
        """What an answer that was all thought teaches: to leave more room, while there is any."""
        at = self._room_at
        if at >= self._most_room:
            return error
        return self._taught(ThoughtOnlyError(error.detail), f"room {at + 1}", error)

    def _taught(self, raised: GatewayError, lesson: str, by: GatewayError) -> GatewayError:
        raised.taught = Taught(lesson, str(by))
        return raised

    def _moved_system(self, said: str, body: Mapping[str, Any]) -> str:
        """Where system messages go from now on, as a lesson; empty where that isn't it."""
        roles = [message["role"] for message in body["messages"]]
        if "system" not in roles or self.system_at == "nowhere":
            return ""
        if NO_SYSTEM.search(said):
            return "system nowhere"
        if ROLES.search(said):
            return "system first" if self.system_at == "anywhere" else "system nowhere"
        return ""

    def _dropped(
        self, said: str, body: Mapping[str, Any], kept: Collection[str], *, is_failed: bool
    ) -> str:
        """The setting of a call that is left out from now on; empty where it is none of ours."""
        ours = ({key for message in body["messages"] for key in message} | set(body)) - set(kept)
        if "max_completion_tokens" in said and "max_tokens" in ours:
            return "max_tokens"
        among = tuple(NAMED) if is_failed else DROPPABLE
        dropped = next((key for key in among if key in ours and _names(said, key)), "")
        if dropped == "response_format" and SCHEMA_ALONE.search(said):
            asked = body["response_format"]
            if isinstance(asked, Mapping) and asked.get("type") == "json_schema":
                return "json_schema"
        return dropped

    def _without_images(self, error: GatewayError, body: Mapping[str, Any]) -> GatewayError | None:
        """Have a call that showed pictures made again without: one can't be fetched any more, or
        the model sees none, which is remembered."""
        shows = any(isinstance(message["content"], list) for message in body["messages"])
        if not shows or type(error) is not BadRequestError:
            return None
        said = error.detail.lower()
        raised = ImagesRefusedError(error.detail, server=error.server, status=error.status)
        if "image" in said and re.search(r"support|unknown|unexpected|not allowed", said):
            return self._taught(raised, "no images", error)
        return raised


def _names(said: str, key: str) -> bool:
    """Whether a server's complaint is about the setting `key` being there at all."""
    if key in NAMED:
        return NAMED[key].search(said) is not None and ANY_COMPLAINT.search(said) is not None
    # 'name' is a common word, so it counts only as the name of a field
    pattern = r"['\"`]name['\"`]|[\].\d]\.name\b" if key == "name" else rf"(?<!\w){key}(?!\w)"
    return re.search(pattern, said) is not None and COMPLAINT.search(said) is not None
