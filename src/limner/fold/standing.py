"""The tag columns as they stand: in memory, row by row replaced as customers are folded again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from limner.fold.cells import Cells, ListCells, enlarge
from limner.fold.places import Places, look_up, note_places
from limner.fold.portrait import spell_stored
from limner.fold.texts import Texts
from limner.model.column import Folded, TagColumn
from limner.model.on_demand import OnDemand
from limner.model.portrait import TagValue

S = TypeVar("S")
"""A way to write rows, such as `limner.fold.sheet.Sheet`."""
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int32]
Instants = npt.NDArray[np.int64]
MOST_SHEETS = 32
"""Choices of tags that are asked for again and again."""
SPARE = 1024
"""Room for so many more customers, and half as many again as there are, is made at once: to make it later copies what
there is of a million customers for half a second, in which nobody is told anything."""


class Standing:
    """A row per customer, in no order; not safe to share between threads while it is changed."""

    def __init__(self, folded: Folded, due: Instants) -> None:
        """``due``: see `limner.fold.due.next_due`."""
        self.size = len(folded.customers)
        self.as_of = folded.as_of
        self.events = folded.events
        self._customers, self._due = folded.customers, due
        self._folded: Folded | None = folded
        """As it came, until `make_ready`."""
        self._cells: dict[str, Cells | ListCells] = {}
        self._places: Places = np.zeros(0, np.int32)
        self._spelt: dict[str, Callable[[Any, int], TagValue]] = {}
        self.texts = Texts()
        self._sheets: dict[tuple[tuple[str, ...] | None, type], Any] = {}
        self.replaced: list[list[Rows]] = []
        """Lists in which rows are noted as they are replaced: of those who copy meanwhile."""

    def make_ready(self) -> None:
        """For single rows, to be found and replaced, and for those who are to come; whoever reads whole columns needs
        nothing of it. Of millions it takes a while: it is done when it is first needed, or before others wait."""
        if self._folded is None:
            return
        rows = make_spare(self.size)
        self._cells = {
            name: Cells(column, rows) if column.offsets is None else ListCells(column, rows)
            for name, column in self._folded.columns.items()
        }
        self._places = note_places(self.customers, make_spare(int(self.customers.max(initial=0)) + 1))
        self._customers, self._due = enlarge(self._customers, rows), enlarge(self._due, rows)
        self._folded = None

    @property
    def _columns(self) -> dict[str, Cells | ListCells]:
        self.make_ready()
        return self._cells

    @property
    def customers(self) -> Numbers:
        """Their numbers, by row."""
        return self._customers[: self.size]

    @property
    def due(self) -> Instants:
        """When their values may differ by themselves, by row."""
        return self._due[: self.size]

    @property
    def first_due(self) -> int:
        """The least of these; the greatest number there is where there is nobody."""
        due = self.due if any(self.due.strides) else self.due[:1]  # one number for all takes no memory, and one look
        return int(due.min(initial=np.iinfo(np.int64).max))

    def copy_column(self, name: str) -> Cells | ListCells:
        """As it stands."""
        return self._columns[name].copy(self.size)

    def take(self, rows: Rows, names: Sequence[str] | None = None) -> Folded:
        """A copy of these rows, of all columns or of these."""
        columns = {name: self._columns[name].take(rows) for name in (self._columns if names is None else names)}
        return Folded(self.customers[rows], columns, self.as_of, 0)

    @property
    def folded(self) -> Folded:
        """Everybody as a fold gives it, though in no order. It shows what is replaced later."""
        columns = Reading(self._cells, self.size) if self._folded is None else self._folded.columns
        return Folded(self.customers, columns, self.as_of, self.events)

    def count_true(self, name: str) -> int:
        """Of how many customers a truth is true, without looking at them."""
        return self._columns[name].count_true()

    def sheet(
        self, names: tuple[str, ...] | None, kind: type[S], make: Callable[[Mapping[str, Cells | ListCells]], S]
    ) -> S:
        """How rows are written as portraits of these tags (None = all there are), made when it is first asked for."""
        if (names, kind) not in self._sheets:
            if len(self._sheets) >= MOST_SHEETS:
                self._sheets.clear()
            self._sheets[names, kind] = make(self._columns)
        sheet: S = self._sheets[names, kind]
        return sheet

    def row(self, row: int, as_of: int, zone: str) -> StandingRow:
        """One customer's, read at an instant at which it is not yet due."""
        if not self._spelt:
            self._spelt = {name: spell_stored(column.kind, zone) for name, column in self._columns.items()}
        return StandingRow(self._columns, self._spelt, row, self._customers.item(row), as_of)

    def row_of(self, customer: int) -> int:
        """The row of one; -1 for who has none."""
        self.make_ready()
        return self._places.item(customer) - 1 if customer < len(self._places) else -1

    def due_of(self, row: int) -> int:
        """When the values of one row may differ by themselves."""
        due: int = self._due.item(row)
        return due

    def find(self, customers: Numbers) -> Rows:
        """The rows of these customers; -1 for who has none."""
        self.make_ready()
        return look_up(self._places, customers).astype(np.int64)

    def compare(self, folded: Folded, rows: Rows, tags: Sequence[str]) -> dict[str, Mask]:
        """Per tag, which of the fold's customers have another value there than in these rows; a row of -1 has none.
        A confidence that moved is no other value."""
        here = np.flatnonzero(rows >= 0)
        found = {}
        for name in tags:
            changed = np.ones(len(rows), np.bool_)
            changed[here] = self._columns[name].differs(rows[here], folded.columns[name].take(here))
            found[name] = changed
        return found

    def put(self, folded: Folded, due: Instants) -> None:
        """Replace the rows of these customers by their fold, and add who has none."""
        rows = self.find(folded.customers)
        fresh = np.flatnonzero(rows < 0)
        if len(fresh):
            self._make_room(self.size + len(fresh), int(folded.customers.max()))
            rows[fresh] = np.arange(self.size, self.size + len(fresh))
            self._customers[rows[fresh]] = folded.customers[fresh]
            self._places[folded.customers[fresh]] = rows[fresh] + 1
            self.size += len(fresh)
        self._due[rows] = due
        self.texts.forget(folded.customers.tolist())
        for replaced in self.replaced:
            replaced.append(rows)
        for name, column in folded.columns.items():
            self._columns[name].put(rows, column)

    def remove(self, customers: Numbers) -> None:
        """Take customers out; the last row moves into each gap."""
        self.texts.forget(customers.tolist())
        for row in sorted((int(row) for row in self.find(customers) if row >= 0), reverse=True):
            last = self.size - 1
            self._places[self._customers[row]] = 0
            if row != last:
                self._customers[row] = self._customers[last]
                self._places[self._customers[row]] = row + 1
                self._due[row] = self._due[last]
                for column in self._columns.values():
                    column.move(last, row)
                for replaced in self.replaced:
                    replaced.append(np.array([row]))
            for column in self._columns.values():
                column.clear(last)
            self.size = last

    def renew(self, dictionaries: Mapping[str, tuple[str, ...]]) -> None:
        """Dictionaries of tags that have grown: the codes stay."""
        self._spelt = {}
        self._sheets.clear()
        for name, words in dictionaries.items():
            self._columns[name].kind = replace(self._columns[name].kind, dictionary=words)

    def _make_room(self, rows: int, customer: int) -> None:
        if customer >= len(self._places):
            self._places = enlarge(self._places, make_spare(customer + 1))
        if rows > len(self._customers):
            wanted = make_spare(rows)
            self._sheets.clear()
            self._customers, self._due = enlarge(self._customers, wanted), enlarge(self._due, wanted)
            for column in self._columns.values():
                column.enlarge(wanted)


def make_spare(size: int) -> int:
    """Room for so many, and those who are to come."""
    return size + size // 2 + SPARE


@dataclass(frozen=True, slots=True)
class StandingRow:
    """`limner.fold.portrait.Row`."""

    columns: Mapping[str, Cells | ListCells]
    spelt: Mapping[str, Callable[[Any, int], TagValue]]
    row: int
    customer: int
    as_of: int

    def value(self, name: str) -> TagValue:
        return self.spelt[name](self.columns[name].stored(self.row), self.as_of)

    def confidence(self, name: str) -> float | None:
        return self.columns[name].confidence(self.row)

    def code(self, name: str) -> int:
        return int(self.columns[name].stored(self.row))

    def spell(self, name: str, stored: int) -> TagValue:
        return self.spelt[name](stored, self.as_of)


def read_rows(folded: Folded, as_of: int, zone: str) -> tuple[Mapping[str, Cells | ListCells], list[StandingRow]]:
    """The columns and rows of a fold, or of a copy, read at an instant."""
    columns: dict[str, Cells | ListCells] = {
        name: Cells(column) if column.offsets is None else ListCells(column) for name, column in folded.columns.items()
    }
    spelt = {name: spell_stored(column, zone) for name, column in folded.columns.items()}
    numbers = folded.customers.tolist()
    return columns, [StandingRow(columns, spelt, row, customer, as_of) for row, customer in enumerate(numbers)]


class Reading(OnDemand[TagColumn]):
    """Columns, each read when it is asked for: to put a list column together costs a look at all rows."""

    def __init__(self, columns: Mapping[str, Cells | ListCells], size: int) -> None:
        super().__init__(columns)
        self._columns, self._size = columns, size

    def __getitem__(self, name: str) -> TagColumn:
        return self._columns[name].read(self._size)


class Chosen(OnDemand[TagColumn]):
    """Some of the columns, without reading them."""

    def __init__(self, columns: Mapping[str, TagColumn], names: Sequence[str]) -> None:
        super().__init__(dict.fromkeys(names))
        self._columns = columns

    def __getitem__(self, name: str) -> TagColumn:
        if name not in self._names:
            raise KeyError(name)
        return self._columns[name]
