"""Embedding servers for tests, and processes of their own on a test's database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings as real
from django.db import connection

from fishbowl.environment import BASE_DIR
from fishbowl.llm.embedding import EmbeddingSettings, close_embedders
from memories.embedding.embedding import active, forget_cached
from tests.modelserver import ModelServer, Received, Step, status
from tests.patience import PATIENCE_S


class Spaces(ModelServer):
    """An embedding server. `meanwhile` is called with the texts of each request before its answer;
    texts with a word of `refuses` in them are refused; after `answers` requests it hangs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.meanwhile: Callable[[Sequence[str]], object] = lambda _: None
        self.refuses: tuple[str, ...] = ()
        self.refusal = status(400, "this text is not for me")
        self.answers: int | None = None
        self.hangs = threading.Event()

    def answer(self, received: Received) -> Step:
        texts = (received.body or {}).get("input", [])
        try:
            self.meanwhile(texts)
        finally:
            connection.close()  # this thread's own
        if any(word in text for word in self.refuses for text in texts):
            self.history.append(received)
            return self.refusal
        if self.answers is not None and len(self.history) >= self.answers:
            self.hangs.set()
            self.stopping.wait(PATIENCE_S)
        return super().answer(received)

    def texts(self) -> list[str]:
        """Every text that it was asked for, in order."""
        return [text for one in self.history for text in one.body["input"]]


def name_server(settings: Any, server: ModelServer, model: str, dimensions: int) -> None:
    """Have the settings name a model at a server."""
    settings.EMBEDDING = EmbeddingSettings(
        provider="server",
        base_url=server.base_url,
        model=model,
        dimensions=dimensions,
        timeout_s=10,
        batch_size=8,
    )
    forget_cached()


@contextmanager
def reef(settings: Any) -> Iterator[Spaces]:
    """The server of the model 'reef', to which the society, now WordLlama's, is to change."""
    active()
    with Spaces(dimensions=8) as one:
        name_server(settings, one, "reef", 8)
        yield one
    close_embedders()


def start(*arguments: str, server: ModelServer | None = None) -> subprocess.Popen[str]:
    """`manage.py …` as a process of its own, on this test's database and Redis."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    reached = {}
    if server is not None:
        reached = {"EMBEDDING_PROVIDER": "server", "EMBEDDING_BASE_URL": server.base_url}
    return subprocess.Popen(
        [sys.executable, "-m", "django", *arguments],
        cwd=BASE_DIR,
        env={
            **kept,
            **reached,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "FAULTS_DATABASE": connection.settings_dict["NAME"],
            "FAULTS_REDIS": real.REDIS_URL,
            "FAULTS_PREFIX": real.REDIS_PREFIX,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, server: ModelServer | None = None) -> str:
    """`manage.py …` to its good end. Returns what it said."""
    with start(*arguments, server=server) as process:
        said, complaint = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, complaint
    return said
