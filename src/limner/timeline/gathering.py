"""Those whose timelines no file has as they are, gathered once for whoever asks for everybody again and again.

To find and copy what they have takes twice as long as to fold it. Between two questions few of them change.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from limner.timeline.residence import find_moves
from limner.timeline.roster import list_once
from limner.timeline.shard import Shard

if TYPE_CHECKING:
    from limner.timeline.view import View

Numbers = npt.NDArray[np.int32]
SHARE = 8
"""All are gathered anew when more than one in so many of them have changed."""
NOBODY = np.zeros(0, np.int32)


class Gathering:
    """Of one view: those beside each file of its base, gathered when they are first asked for. A column of theirs is
    copied when it is first read, and kept."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lots: dict[int, Sequence[Shard]] = {}

    def lots_beside(self, file: int) -> Sequence[Shard]:
        """Of the file's number. Threads that ask for one at once gather it each; it is the same."""
        if file not in self._lots:
            self._lots[file] = [*self._view.shards_of(self._view.touched_beside[file])]
        return self._lots[file]

    def find_changed(self, view: View) -> Numbers | None:
        """Those whose timelines are others in a later view, ascending; None where it is no later one of these files."""
        mine = self._view
        rows, known = mine.newer.rows, len(mine.placement)
        if view.base is not mine.base or view.tail is not mine.tail:
            return None
        if view.newer.rows < rows or len(view.placement) < known:
            return None
        _, moved = find_moves(mine.placement, view.placement)
        fragments = view.newer.columns["fragment"][rows:].astype(np.int32)
        return list_once(np.concatenate([moved, view.placement[fragments]]))

    def is_worn(self, changed: Numbers) -> bool:
        """Have so many changed that all should be gathered anew?"""
        return len(changed) * SHARE > len(self._view.touched)


class Gatherings:
    """The last, for whoever asks next."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: Gathering | None = None

    def find(self, view: View) -> tuple[Gathering, Numbers]:
        """One for this view, and those who have changed since, ascending."""
        with self._lock:
            changed = None if self._last is None else self._last.find_changed(view)
            if self._last is None or changed is None or self._last.is_worn(changed):
                self._last, changed = Gathering(view), NOBODY
            return self._last, changed

    def forget(self) -> None:
        with self._lock:
            self._last = None
