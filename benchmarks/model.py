"""A model server without latency for benchmarks: `python -m benchmarks.model --port 8099`.

It is the tests' stand-in with a larger vocabulary, so that the guard finds no loops to send back: a
turn costs one call, as with a model that talks well.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import threading
from random import Random
from typing import Any

from tests.modelserver import ModelServer, Received, Step, completion

WORDS = """
amber anchor barrel beacon bramble brine candle canvas chapel cinder clover copper cordial cradle
driftwood ember fathom feather fennel ferry flannel gannet gravel harbour heather hollow kettle
lantern lichen linen marrow meadow mooring needle nettle oyster parcel pebble pewter quarry ribbon
rudder saddle saffron shingle skipper sparrow spindle tallow tanner thimble timber tinder trawler
velvet wagon walnut whistle willow winter
"""
VERBS = "carries recalls outlasts mends answers follows troubles forgives measures hides"
ENDS = (".", ", I think.", ", or so they say.", ".", ", as it happens.")


def sentence(rng: Random) -> str:
    """Something that hardly anybody has said before."""
    one, two, three, four = rng.sample(WORDS.split(), 4)
    first, second = rng.choices(VERBS.split(), k=2)
    return f"{one.title()} {first} {two}, and {three} {second} {four}" + rng.choice(ENDS)


class Talker(ModelServer):
    """Says something new each time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(keep_history=False, **options)
        self._numbers = itertools.count()

    def _made_up(self, received: Received) -> Step:
        body = received.body if isinstance(received.body, dict) else {}
        if not received.path.endswith("/chat/completions"):
            return super()._made_up(received)
        text = sentence(Random(next(self._numbers)))
        payload = completion(text, model=body.get("model", self.model))
        return Step(raw=json.dumps(payload).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    with Talker(port=parser.parse_args().port), contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
