"""Timelines on their way to a fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from limner.model.on_demand import Made
from limner.model.timeline import Slice

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some customers' timelines, read by the thread that folds them and forgotten afterwards."""

    read: Callable[[], Slice]
    kept: Mask | None = None
    """Which of its customers are meant: the others' timelines are not as they are here. None = all.

    To fold them as well, and forget what comes of it, costs less than to copy what the others have."""

    others: Callable[[], Iterable[Stretch]] = tuple
    """Of customers between those of the next stretch and of the one before, who are not meant there: each one's
    timeline as it is. As many are read at once as are kept in memory."""

    def read_all(self) -> Iterator[Slice]:
        """All timelines that are meant, each once."""
        yield self.read_kept()
        for other in self.others():
            yield from other.read_all()

    def read_kept(self) -> Slice:
        """The timelines of those alone who are meant."""
        part = self.read()
        return part if self.kept is None else leave_in(part, self.kept)


def whole(part: Slice) -> Stretch:
    """All customers of a slice."""
    return Stretch(lambda: part)


def leave_in(part: Slice, kept: Mask) -> Slice:
    """What is left of a slice when only some of its customers are kept. A column is copied when it is asked for."""
    lengths = np.diff(part.offsets)
    rows = np.repeat(kept, lengths)
    return replace(
        part,
        customers=part.customers[kept],
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[kept])]),
        columns=Made(part.columns, lambda name: part.columns[name][rows]),
        elements=Made(part.elements, lambda grain: leave_in(part.elements[grain], kept)),
    )
