"""Event ids for rows that have none: a hash of the row, and its occurrence number among equal rows of the file.

So the same file read twice gives the same ids, and two equal rows of one file stay two events.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]

_DIGEST_BYTES = 32
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64)


class Occurrences:
    """Counts keys over the chunks of one file, in sorted runs that are merged like a log-structured store's.

    Keys are 64 bits of the rows' hashes. Should two different rows share them, one is numbered 2 instead of 1: its id
    stays unique and the same at the next reading.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Keys, Counts]] = []

    def number(self, keys: Keys) -> Counts:
        """The occurrence number, from 1, of each key among all keys given so far."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.flatnonzero(np.concatenate([np.ones(min(1, len(keys)), np.bool_), ordered[1:] != ordered[:-1]]))
        counts = np.diff(np.append(starts, len(keys)))
        distinct = ordered[starts]
        before = self._count(distinct)
        within = np.arange(len(keys)) - np.repeat(starts, counts)
        numbers = np.empty(len(keys), np.int64)
        numbers[order] = within + 1 + np.repeat(before, counts)
        self._add(distinct, counts.astype(np.int64))
        return numbers

    def _count(self, distinct: Keys) -> Counts:
        total = np.zeros(len(distinct), np.int64)
        for keys, counts in self._runs:
            place = np.minimum(np.searchsorted(keys, distinct), len(keys) - 1)
            total += np.where(keys[place] == distinct, counts[place], 0)
        return total

    def _add(self, keys: Keys, counts: Counts) -> None:
        """Append a run; while the one before is not much longer, merge the two."""
        if not len(keys):
            return
        self._runs.append((keys, counts))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            (left, left_counts), (right, right_counts) = self._runs.pop(-2), self._runs.pop()
            both = np.concatenate([left, right])
            order = np.argsort(both, kind="stable")
            both, summed = both[order], np.concatenate([left_counts, right_counts])[order]
            starts = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), both[1:] != both[:-1]]))
            self._runs.append((both[starts], np.add.reduceat(summed, starts)))


def identify_rows(event_ids: pa.ChunkedArray, digests: pa.ChunkedArray, occurrences: Occurrences) -> pa.Array:
    """``event_ids`` with ``DIGEST-NUMBER`` where they are null. ``digests`` (32 hex digits) may be null elsewhere."""
    missing = pc.is_null(event_ids).to_numpy()
    if not missing.any():
        return event_ids
    wanted = digests.filter(pa.array(missing)).combine_chunks()
    numbers = pa.array(occurrences.number(_keys(wanted))).cast(pa.string())
    made = pc.binary_join_element_wise(wanted, numbers, "-")
    return made if missing.all() else pc.replace_with_mask(event_ids.combine_chunks(), pa.array(missing), made)


def _keys(digests: pa.StringArray) -> Keys:
    """64 bits of each digest, mixed from all its hex digits."""
    texts = np.frombuffer(digests.buffers()[2], np.uint8)
    start = digests.offset * _DIGEST_BYTES
    words = texts[start : start + len(digests) * _DIGEST_BYTES].view(np.uint64).reshape(-1, 4)
    mixed = np.zeros(len(words), np.uint64)
    for column, factor in enumerate(_MIX):
        mixed = (mixed ^ words[:, column]) * factor
        mixed ^= mixed >> np.uint64(29)
    return mixed
