"""Tables with what is personal in them masked, as `limner.govern.masking` masks portraits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from limner.fold.export import CUSTOMER_ID, Roster
from limner.fold.formats import is_list, replace_items
from limner.govern.masking import is_personal, mask_document

LONG = 1e10
"""Numbers below it are no phone numbers."""
Hide = Callable[[Any], Any]


class MaskedRoster:
    """A `Roster` as those see it who may not see identifiers.

    What a column holds stays of its type, apart from numbers that are personal: they become texts. A number of another
    tag that could be a phone number is null, and so are instants that are personal.
    """

    def __init__(self, roster: Roster, hidden: Collection[str], given: Collection[str] = ()) -> None:
        """``hidden``: tags that repeat something personal; ``given``: tags whose values come from lists and queries."""
        self._roster, self._hidden, self._given = roster, hidden, given
        self.schema = self._mask(roster.cut(0, 0)).schema

    def __len__(self) -> int:
        return len(self._roster)

    def cuts(self, size: int) -> Iterator[pa.RecordBatch]:
        return map(self._mask, self._roster.cuts(size))

    def _mask(self, piece: pa.RecordBatch) -> pa.RecordBatch:
        columns = [self._mask_column(name, column) for name, column in zip(piece.schema.names, piece.columns)]
        return pa.RecordBatch.from_arrays(columns, piece.schema.names)

    def _mask_column(self, name: str, column: pa.Array) -> pa.Array:
        if name == CUSTOMER_ID:
            return column
        if (type := self._roster.identifiers.get(name)) is not None:
            return mask_column(column, lambda value: mask_document({"type": type, "value": value})["value"], True)
        tag = self._roster.tags[name]
        personal = tag in self._hidden or is_personal(tag)

        def hide(value: Any) -> Any:
            return mask_document({tag: {"value": value}}, self._hidden, self._given)[tag]["value"]

        return mask_column(column, hide, personal)


def mask_column(column: pa.Array, hide: Hide, personal: bool) -> pa.Array:
    kind = column.type
    if is_list(kind):
        return replace_items(column, mask_column(column.values, hide, personal))
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(column.indices, mask_column(column.dictionary, hide, personal))
    if pa.types.is_boolean(kind) or (pa.types.is_timestamp(kind) and not personal):
        return column
    if pa.types.is_timestamp(kind):
        return pa.nulls(len(column), kind)
    if personal or pa.types.is_string(kind):
        return pa.array([None if value is None else hide(spell(value)) for value in column.to_pylist()], pa.string())
    return hide_phones(column, hide)


def spell(value: str | float) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def hide_phones(numbers: pa.Array, hide: Hide) -> pa.Array:
    """Null for numbers that would be masked."""
    long = pc.fill_null(pc.greater_equal(pc.abs(numbers), LONG), False)
    if not pc.any(long).as_py():
        return numbers
    kept = [number if hide(number) == number else None for number in numbers.filter(long).to_pylist()]
    return pc.replace_with_mask(numbers, long, pa.array(kept, numbers.type))
