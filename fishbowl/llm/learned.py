"""What a server turned out to be like, read from its own complaints: settings that it doesn't know,
system messages that it won't have, thoughts that take all the room of an answer.

Kept for as long as the process lives. Each lesson changes the next call for good, and none can be
learned twice, so trying again ends.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import (
    BadRequestError,
    ContextTooLongError,
    GatewayError,
    ImagesRefusedError,
    RolesRefusedError,
    ServerFailedError,
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


@dataclass(slots=True)
class Learned:
    """How one server wants to be spoken to. `room` is by model, a place in `ROOMS`."""

    tokens_field: TokensField = "max_tokens"
    without: set[str] = field(default_factory=set)
    system_at: SystemAt = "anywhere"
    room: dict[str, int] = field(default_factory=dict)
    most_room: dict[str, int] = field(default_factory=dict)

    def shape(self, configured: Structured) -> Structured:
        """How a structured answer is asked for."""
        if "response_format" in self.without:
            return "none"
        if configured == "json_schema" and "json_schema" in self.without:
            return "json_object"
        return configured

    def room_for(self, model: str) -> int:
        """How many tokens `model` is given for its thoughts."""
        return ROOMS[self.room.get(model, 0)]

    def from_refusal(
        self, error: GatewayError, body: Mapping[str, Any], kept: Collection[str]
    ) -> GatewayError | None:
        """What a refused call teaches: the error to raise instead, after which the call may be made
        again at once; None where it teaches nothing. `kept` are settings that the keeper set."""
        said = error.detail.lower()
        if isinstance(error, ContextTooLongError):
            return self._less_room(error, body["model"])
        is_refused = error.kind == "bad_request" and error.status in (400, 404, 422)
        # Where a template or a grammar fails, some servers say that they themselves did.
        is_failed = isinstance(error, ServerFailedError) and error.status == 500
        if not (is_refused or is_failed):
            return self._without_images(error, body)
        if self._moves_system(said, body):
            return RolesRefusedError(error.detail, server=error.server, status=error.status)
        dropped = self._dropped(said, body, kept, is_failed=is_failed)
        if dropped:
            return UnsupportedParameterError(dropped, server=error.server, status=error.status)
        return self._without_images(error, body)

    def from_thoughts(self, error: GatewayError, model: str) -> GatewayError:
        """What an answer that was all thought teaches: to leave more room, while there is any."""
        at = self.room.get(model, 0)
        if at >= self.most_room.get(model, len(ROOMS) - 1):
            return error
        self.room[model] = at + 1
        return ThoughtOnlyError(error.detail)

    def _less_room(self, error: GatewayError, model: str) -> GatewayError | None:
        """A prompt with so much room for thoughts is longer than the model can read."""
        at = self.room.get(model, 0)
        if not at:
            return None
        self.room[model] = self.most_room[model] = at - 1
        return UnsupportedParameterError("room", server=error.server, status=error.status)

    def _moves_system(self, said: str, body: Mapping[str, Any]) -> bool:
        """Whether system messages go elsewhere from now on."""
        roles = [message["role"] for message in body["messages"]]
        if "system" not in roles or self.system_at == "nowhere":
            return False
        if NO_SYSTEM.search(said):
            self.system_at = "nowhere"
        elif ROLES.search(said):
            self.system_at = "first" if self.system_at == "anywhere" else "nowhere"
        else:
            return False
        return True

    def _dropped(
        self, said: str, body: Mapping[str, Any], kept: Collection[str], *, is_failed: bool
    ) -> str:
        """The setting of a call that is left out from now on; empty where it is none of ours."""
        ours = ({key for message in body["messages"] for key in message} | set(body)) - set(kept)
        if "max_completion_tokens" in said and "max_tokens" in ours:
            self.tokens_field = "max_completion_tokens"
            return "max_tokens"
        among = tuple(NAMED) if is_failed else DROPPABLE
        dropped = next((key for key in among if key in ours and _names(said, key)), "")
        if not dropped:
            return ""
        if dropped == "response_format" and SCHEMA_ALONE.search(said):
            asked = body["response_format"]
            if isinstance(asked, Mapping) and asked.get("type") == "json_schema":
                self.without.add("json_schema")
                return "json_schema"
        self.without.add(dropped)
        return dropped

    def _without_images(self, error: GatewayError, body: Mapping[str, Any]) -> GatewayError | None:
        """Have a call that showed pictures made again without: one can't be fetched any more, or
        the model sees none, which is remembered."""
        shows = any(isinstance(message["content"], list) for message in body["messages"])
        if not shows or type(error) is not BadRequestError:
            return None
        said = error.detail.lower()
        if "image" in said and re.search(r"support|unknown|unexpected|not allowed", said):
            self.without.add("images")
        return ImagesRefusedError(error.detail, server=error.server, status=error.status)


def _names(said: str, key: str) -> bool:
    """Whether a server's complaint is about the setting `key` being there at all."""
    if key in NAMED:
        return NAMED[key].search(said) is not None and ANY_COMPLAINT.search(said) is not None
    # 'name' is a common word, so it counts only as the name of a field
    pattern = r"['\"`]name['\"`]|[\].\d]\.name\b" if key == "name" else rf"(?<!\w){key}(?!\w)"
    return re.search(pattern, said) is not None and COMPLAINT.search(said) is not None
