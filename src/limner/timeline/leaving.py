"""A base that others have taken the place of, let go of by a thread of its own, file by file.

A mapped file without a name is removed by whoever lets go of it last. Of gigabytes that takes half a second and more,
in which he keeps Python's lock: most often it was a tick, and every event waited.
"""

from __future__ import annotations

import time
from threading import Lock, Thread
from weakref import finalize

from limner.timeline.base import Base
from limner.timeline.shard import Shard

BREATH = 0.02
"""Seconds between two files: others go on meanwhile."""


def let_go(base: Base) -> None:
    """As soon as nobody else has it."""
    others = Lock()  # a finaliser may run anywhere, inside of what waits for it too: it may do no more than release one
    others.acquire()
    finalize(base, others.release).atexit = False
    Thread(target=_drop, args=(others, [*base.shards]), name="letting go", daemon=True).start()


def _drop(others: Lock, shards: list[Shard]) -> None:
    others.acquire()
    while shards:
        shards.pop()
        time.sleep(BREATH)
