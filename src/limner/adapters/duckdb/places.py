"""Rows of the log by their seqs, found where they lie: to look for seqs among those of all rows is a scan.

They lie in the order of their seqs until somebody is erased or a back-fill writes many of them anew, at the end of the
table. Both leave long runs, which one pass over the log finds. What lies in a place is looked at before it is believed:
where it is another row, the pass is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.file import LogFile, read_table

Numbers = npt.NDArray[np.int64]
T = TypeVar("T", bound=Sized)
KEPT = "places"
AT_ONCE = 1 << 18
"""Rows looked at together."""
MOST_RUNS = 1 << 20
"""Where back-fills left more of them, rows are looked for by their seqs."""


class Runs(NamedTuple):
    """Rows whose seqs and places go up together, until the next run begins."""

    first: Numbers
    """Seq, ascending."""
    shift: Numbers
    """From a seq to its place."""


STORED = Runs(np.zeros(1, np.int64), np.full(1, -1, np.int64))
"""As they are appended."""


class Places:
    """Where the rows of a file's log lie. Shared between threads."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._runs = STORED
        self._looked_at: tuple[int, int] | None = None
        """After which commit."""
        self._looking = Lock()

    @property
    def runs(self) -> Runs:
        return self._runs

    def find(self, runs: Runs, seqs: Numbers) -> Numbers:
        """Where these lie by the runs, if they are there at all."""
        if not len(runs.first):
            with_asked = "SELECT e.rowid AS place FROM event e JOIN asked USING (seq)"
            return np.asarray(read_with(self._file, with_asked, {"seq": seqs}).column("place"), np.int64)
        return seqs + runs.shift[np.searchsorted(runs.first, seqs, side="right") - 1]

    def look_again(self, runs: Runs) -> bool:
        """Find the runs by which somebody looked in vain anew; False = they are as they were."""
        with self._looking:
            if self._runs is not runs:
                return True
            commit = self._file.generation, self._file.commits
            if commit == self._looked_at:
                return False
            rows = self._file.cursor().sql("SELECT seq, rowid AS place FROM event").to_arrow_reader(AT_ONCE)
            self._runs, self._looked_at = find_runs((batch["seq"], batch["place"]) for batch in rows), commit
            return True


def places_of(file: LogFile) -> Places:
    found: Places = file.kept.get(KEPT) or file.kept.setdefault(KEPT, Places(file))
    return found


def find_runs(batches: Iterable[tuple[Any, Any]]) -> Runs:
    """Those of rows given as arrays of seqs and places; none at all where they are too many to be kept."""
    firsts, shifts, count = [STORED.first], [STORED.shift], 0
    last_seq, last_place = 0, -1
    for seq, place in batches:
        seqs, shift = seq.to_numpy(), place.to_numpy() - seq.to_numpy()
        begins = np.flatnonzero(np.concatenate([[True], (np.diff(seqs) != 1) | (np.diff(shift) != 0)]))
        firsts.append(seqs[begins])
        shifts.append(shift[begins])
        last_seq, last_place = max(last_seq, int(seqs.max())), max(last_place, int(place.to_numpy().max()))
        count += len(begins)
        if count > MOST_RUNS:
            return Runs(np.empty(0, np.int64), np.empty(0, np.int64))
    firsts.append(np.array([last_seq + 1]))  # of what is appended from now on
    shifts.append(np.array([last_place - last_seq]))
    first, shift = np.concatenate(firsts), np.concatenate(shifts)
    order = np.argsort(first, kind="stable")
    return Runs(first[order], shift[order])


def read_rows(file: LogFile, seqs: npt.ArrayLike, columns: str) -> pa.Table:
    """``seq`` and these columns of an event e and its name n: in no order, without rows that are not there."""
    query = f"SELECT e.seq, {columns} FROM event e JOIN asked a ON e.rowid = a.place JOIN name n ON n.code = e.name"

    def read(wanted: Numbers, places: Numbers) -> pa.Table:
        rows = read_with(file, query, {"place": np.unique(places)})
        return rows.filter(pc.is_in(rows.column("seq"), value_set=pa.array(wanted)))

    return look_up(file, seqs, read)


def read_few(file: LogFile, seqs: npt.ArrayLike, columns: str) -> dict[int, tuple[Any, ...]]:
    """The same columns of the event alone, by seq. DuckDB plans less for it, and only once: a third of the time."""
    query = f"SELECT seq, {columns} FROM event WHERE rowid IN (SELECT unnest($places::BIGINT[]))"

    def read(wanted: Numbers, places: Numbers) -> dict[int, tuple[Any, ...]]:
        rows = file.cursor().execute(query, {"places": places.tolist()}).fetchall()
        asked = frozenset(wanted.tolist())
        return {row[0]: row[1:] for row in rows if row[0] in asked}

    return look_up(file, seqs, read)


def look_up(file: LogFile, seqs: npt.ArrayLike, read: Callable[[Numbers, Numbers], T]) -> T:
    """What ``read`` finds of these rows in the places they are in."""
    wanted, places = np.unique(np.asarray(seqs, np.int64)), places_of(file)
    runs = places.runs
    found = read(wanted, places.find(runs, wanted))
    if len(found) < len(wanted) and places.look_again(runs):
        found = read(wanted, places.find(places.runs, wanted))
    return found


def read_with(file: LogFile, query: str, asked: dict[str, Numbers]) -> pa.Table:
    cursor = file.cursor()
    cursor.register("asked", pa.table(asked))
    try:
        return read_table(cursor, query)
    finally:
        cursor.unregister("asked")
