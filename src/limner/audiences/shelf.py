"""Snapshots of audiences: who was in one at an instant, as roaring bitmaps of customer numbers, a file each.

A file has a line of JSON, then the bitmap. It appears whole or not at all, and never changes but for an erasure.
Numbers stay what they are through merges: the graph of identifiers knows the customer of today (``root``).
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from limner.audiences.sets import as_array, as_set
from limner.errors import DataError, NotFound
from limner.model.clock import iso_time

KEPT = 400
"""Snapshots per audience: the oldest goes when there are more. A year of days and a month of reserve."""
ENDING = ".snapshot"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at an audience."""

    audience: str
    number: int
    """1, 2, ... per audience; never given twice."""
    as_of: int
    """µs UTC, as is ``taken_at``."""
    taken_at: int
    seq: int
    """The last row of the log that was known."""
    version: int
    """Of the audience's rule."""
    size: int

    def show(self, zone: str) -> dict[str, Any]:
        times = {"as_of": iso_time(self.as_of, zone), "taken_at": iso_time(self.taken_at, zone)}
        return {"number": self.number, **times, "seq": self.seq, "version": self.version, "size": self.size}


class Shelf:
    """``folder`` is its own. Whoever writes holds the workspace's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, audience: str, members: BitMap, as_of: int, taken_at: int, seq: int, version: int) -> Snapshot:
        """Keep who is in it; the oldest beyond `KEPT` go."""
        kept = self.list(audience)
        number = max((snapshot.number for snapshot in kept), default=0) + 1
        snapshot = Snapshot(audience, number, as_of, taken_at, seq, version, len(members))
        self._write(snapshot, members)
        for old in kept[: len(kept) + 1 - KEPT]:
            self._path(old).unlink(missing_ok=True)
        return snapshot

    def list(self, audience: str) -> list[Snapshot]:
        """All of an audience, first taken first. What cannot be read is not listed."""
        found = []
        for path in (self._folder / audience).glob(f"*{ENDING}"):
            with suppress(ValueError, TypeError, KeyError), path.open("rb") as file:
                head = json.loads(file.readline())
                found.append(Snapshot(**{name: head[name] for name in Snapshot.__slots__}))
        return sorted(found, key=lambda snapshot: snapshot.number)

    def get(self, audience: str, number: int) -> Snapshot:
        """Raises NotFound."""
        kept = self.list(audience)
        found = next((snapshot for snapshot in kept if snapshot.number == number), None)
        if found is None:
            there = f"There are {kept[0].number} to {kept[-1].number}." if kept else "None has been taken yet."
            raise NotFound(f"The audience {audience} has no snapshot {number}.", hint=there)
        return found

    def last(self, audience: str, until: int | None = None) -> Snapshot | None:
        """The one with the latest ``as_of``, not past ``until``."""
        kept = [each for each in self.list(audience) if until is None or each.as_of <= until]
        return max(kept, key=lambda each: (each.as_of, each.number), default=None)

    def read(self, snapshot: Snapshot, root: npt.NDArray[np.int32] | None = None) -> BitMap:
        """Its members; with ``root`` (customer number of every number there is) as the customers of today."""
        head, _, body = self._path(snapshot).read_bytes().partition(b"\n")
        if zlib.crc32(body) != json.loads(head)["crc32"]:
            raise DataError(f"Snapshot {snapshot.number} of {snapshot.audience} is damaged.", hint="Take another.")
        members = BitMap.deserialize(body)
        return members if root is None else follow(members, root)

    def drop(self, audience: str) -> None:
        """All of an audience."""
        shutil.rmtree(self._folder / audience, ignore_errors=True)

    def forget(self, customers: Iterable[int]) -> None:
        """Take people out of all snapshots."""
        gone = BitMap(customers)
        for folder in self._folder.glob("*"):
            for snapshot in self.list(folder.name):
                members = self.read(snapshot)
                if members & gone:
                    self._write(replace(snapshot, size=len(members - gone)), members - gone)

    def _write(self, snapshot: Snapshot, members: BitMap) -> None:
        path, body = self._path(snapshot), members.serialize()
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            head = {**asdict(snapshot), "crc32": zlib.crc32(body)}
            file.write(json.dumps(head, ensure_ascii=False).encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _path(self, snapshot: Snapshot) -> Path:
        return self._folder / snapshot.audience / f"{snapshot.number:08}{ENDING}"


def follow(members: BitMap, root: npt.NDArray[np.int32]) -> BitMap:
    """The customers that these numbers are now, after merges."""
    numbers = as_array(members)
    return as_set(np.unique(root[numbers[numbers < len(root)]]))
