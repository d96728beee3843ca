"""How often a long-lived process looks for objects that only hold each other.

Django's models, the admin and the offline voice's material are some hundred thousand objects that
stay for good. Python's collector walks through all of them time and again: that took a sixth of a
worker's time, and found nothing.
"""

from __future__ import annotations

import gc

AFTER = 20_000  # objects more than were freed; Python's own default is 700


def look_seldom() -> None:
    """Look less often. Call it before a process loads what it keeps: a fifth of the time that
    loading takes would go into looking through what was loaded."""
    gc.set_threshold(AFTER, 20, 20)


def settle() -> None:
    """Leave all that stands now out of every later look, and look less often. Call it when a
    process has loaded what it keeps."""
    gc.collect()
    gc.freeze()
    look_seldom()
