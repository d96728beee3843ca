"""The settings of a process, and what follows from them. What each is for stands in `schema.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from fishbowl.schema import OLLAMA, Schema
from fishbowl.values import ModelServer

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = re.compile(r"localhost|127\.[0-9.]+|::1")
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - named here to be told apart, not listened on


@dataclass(frozen=True, kw_only=True)
class Environment(Schema):
    """The settings of one process, read once."""

    @property
    def is_local(self) -> bool:
        """Whether this machine alone can reach the site."""
        return bool(LOOPBACK.fullmatch(self.host))

    @property
    def is_https(self) -> bool:
        """Whether the site is reached by https alone, the default worked out."""
        return self.https == "yes" or (not self.https and self.public_url.startswith("https://"))

    @property
    def talkers(self) -> str:
        """Who may talk in the tank, the default worked out."""
        return self.who_may_talk or ("anyone" if self.is_local else "invited")

    @property
    def voice(self) -> str:
        """Which voice is speaking, in a few words."""
        if not self.llm_model:
            return "offline improviser (no LLM_MODEL set)"
        return f"{self.llm_model} at {self.llm_base_url or OLLAMA}"

    def served_hosts(self) -> list[str]:
        """What Django is to accept as the host of a request."""
        own = ["localhost", "127.0.0.1", "[::1]"]
        if self.host not in ANY_ADDRESS:
            own.append(f"[{self.host}]" if ":" in self.host else self.host)
        return list(dict.fromkeys([*own, *self.allowed_hosts]))

    def site_url(self) -> str:
        """Where a browser on this machine finds the site."""
        host = "127.0.0.1" if self.host in ANY_ADDRESS else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def model_servers(self) -> tuple[ModelServer, ...]:
        """The model servers in the order to try them; none means the offline voice."""
        if not self.llm_model:
            return ()
        tiers = {"reflective": self.llm_model_reflective, "small": self.llm_model_small}
        main = ModelServer(
            name="main",
            base_url=self.llm_base_url or OLLAMA,
            model=self.llm_model,
            api_key=self.llm_api_key,
            tier_models={tier: model for tier, model in tiers.items() if model},  # type: ignore[misc]
            timeout_s=self.llm_timeout_s,
            max_concurrency=self.llm_max_concurrency,
            structured=self.llm_structured_output,
            supports_tools=self.llm_supports_tools,
            sees_images=self.llm_sees_images,
            price_in=self.llm_price_in,
            price_out=self.llm_price_out,
            extra_headers=json.loads(self.llm_extra_headers or "{}"),
            extra_query=json.loads(self.llm_extra_query or "{}"),
            extra_body=json.loads(self.llm_extra_body or "{}"),
        )
        return (main, *self.llm_fallbacks)


def schema() -> Mapping[str, Field[Any]]:
    """Each setting's field by its name."""
    return {item.metadata["name"]: item for item in fields(Environment)}
