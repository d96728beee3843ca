"""What a question brought up a moment ago, kept for the same question before the same listeners.

Kept are ids and scores, never words: whoever takes them reads the rows anew, under its own view, so
that what was erased, edited or made private since stays out whatever a cache says. What names a
result holds the question, who listens and the active model. With it is kept who saw what
(`View.key`, in which a change of trust shows), a mark of what its owner knew and one of the common
lore: every write draws them anew, and what has others is of no use. The marks stand in Redis, and
come in one journey with the result, while the database opens the view: where Redis doesn't answer,
nothing is taken from a cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from django.db import transaction

from memories.recall import redis_store
from memories.recall.cache_counts import count

KEPT_FOR_S = 120.0
SHARED_FROM_S = 0.01  # what is found sooner, another process finds as soon as it would fetch it
MARKS_FOR_S = 7 * 24 * 3600.0
MOST_IN_PROCESS = 512
SHAPE = 2  # of what stands in Redis: processes of another version keep theirs apart
IN_PROCESS, IN_REDIS = "recall, in process", "recall, Redis"

# Ids, scores and what else of each is numbers: tuples, so that nobody spoils what is kept.
Result = tuple[tuple[Any, ...], ...]
Kept = tuple[float, tuple[str, ...], Result]  # until when, under which marks, and what

_kept: OrderedDict[str, Kept] = OrderedDict()
_owed: set[int | None] = set()  # owners whose new mark Redis did not take
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Look:
    """What Redis said of a question: the marks of what its owner may know, None without it, and
    what is kept under its name."""

    name: str
    marks: list[str] | None
    shared: bytes | None


def looking(owner_id: int, parts: Sequence[object]) -> Callable[[], Look]:
    """Look for what a question brought up: Redis is asked now, and what this returns reads the
    answer. `parts` are all that the result depends on beside the rows and who sees what: the
    question, who listens, the active model, its parameters, and the day if times are meant. Asks
    nothing of the database."""
    name = _name([owner_id, *parts])
    marks = _marks([owner_id, None], _key(name))
    return lambda: Look(name, *marks())


def _name(parts: Sequence[object]) -> str:
    said = repr(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=20).hexdigest()


def _key(name: str) -> str:
    return redis_store.full_key("recalled", SHAPE, name)


def recalled(look: Look, view: str, compute: Callable[[], Result]) -> Result:
    """What `compute` finds, or found for the same question under the same view (`View.key`) while
    nothing that its owner may know has changed. Safe within a view; a transaction doesn't see its
    own writes here before they are committed."""
    if look.marks is None:
        return compute()
    marks, name = (view, *look.marks), f"{look.name}|{view}"
    kept = _true_now(_kept_here(name), marks)
    count(IN_PROCESS, int(kept is not None), int(kept is None))
    if kept is not None:
        return kept[2]
    kept = _true_now(_read(look.shared), marks)
    count(IN_REDIS, int(kept is not None), int(kept is None))
    if kept is None:
        began = time.perf_counter()
        lifetime_s = redis_store.jittered_ms(KEPT_FOR_S) / 1000
        kept = (time.time() + lifetime_s, marks, compute())
        if time.perf_counter() - began >= SHARED_FROM_S:
            redis_store.set_many({_key(look.name): json.dumps(kept).encode()}, KEPT_FOR_S)
    _keep_here(name, kept)
    return kept[2]


def _true_now(kept: Kept | None, marks: tuple[str, ...]) -> Kept | None:
    """What was kept, None where it holds no more."""
    return kept if kept and kept[0] > time.time() and kept[1] == marks else None


def _read(shared: bytes | None) -> Kept | None:
    """What Redis kept."""
    return None if shared is None else _unchanging(json.loads(shared))


def _unchanging(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(map(_unchanging, value)) if isinstance(value, list) else value


def touch(owner_ids: Iterable[int | None]) -> None:
    """Have everybody forget what these owners' memories brought up, once the transaction has
    committed. None stands for the lore that all share."""
    owners = set(owner_ids)
    if owners:
        transaction.on_commit(lambda: _mark_anew(owners))


def forget_in_process() -> None:
    """Drop what this process keeps."""
    with _lock:
        _kept.clear()
        _owed.clear()


def _marks(
    owner_ids: Sequence[int | None], key: str
) -> Callable[[], tuple[list[str] | None, bytes | None]]:
    """Ask for the marks of what owners know, new ones where there are none, and what stands under
    `key`, in one journey; what this returns reads them, None without Redis. A mark is drawn, not
    counted, so that one lost with all of Redis never comes again."""
    if _owed and not _mark_anew(()):
        return lambda: (None, None)
    keys = [*map(_mark_key, owner_ids), key]
    answer = redis_store.asked_many(keys)

    def read() -> tuple[list[str] | None, bytes | None]:
        found = answer()
        if found is not None and None in found[:-1]:
            pairs = zip(owner_ids, found, strict=False)
            _draw([owner for owner, mark in pairs if mark is None], True)
            found = redis_store.get_many(keys)
        if found is None:
            return None, None
        known = [mark.decode() for mark in found[:-1] if mark is not None]
        return (known, found[-1]) if len(known) == len(owner_ids) else (None, None)

    return read


def _mark_anew(owners: Iterable[int | None]) -> bool:
    """Draw new marks for owners. A Redis that doesn't answer gets them later: until then others
    that reach it may miss what is new, for as long as a result is kept."""
    with _lock:
        _owed.update(owners)
        owed = set(_owed)
    if not _draw(owed, False):
        return False
    with _lock:
        _owed.difference_update(owed)
    return True


def _draw(owners: Iterable[int | None], only_missing: bool) -> bool:
    def mark(client: redis.Redis) -> bool:
        with client.pipeline(transaction=False) as pipe:
            for owner in owners:
                lifetime = redis_store.jittered_ms(MARKS_FOR_S)
                pipe.set(_mark_key(owner), secrets.token_hex(8), px=lifetime, nx=only_missing)
            pipe.execute()
        return True

    return bool(redis_store.ask(mark))


def _mark_key(owner_id: int | None) -> str:
    return redis_store.full_key("mark", "lore" if owner_id is None else owner_id)


def _kept_here(name: str) -> Kept | None:
    with _lock:
        kept = _kept.get(name)
        if kept is not None:
            _kept.move_to_end(name)
        return kept


def _keep_here(name: str, kept: Kept) -> None:
    with _lock:
        _kept[name] = kept
        _kept.move_to_end(name)
        while len(_kept) > MOST_IN_PROCESS:
            _kept.popitem(last=False)


def _after_fork() -> None:
    """A forked worker shares no lock that its parent held."""
    global _lock
    _lock = threading.Lock()
    forget_in_process()


os.register_at_fork(after_in_child=_after_fork)
