"""Bodies that webhooks post, cut into rows; and whether a mapping fits such rows."""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa

from limner.collect.bind import bind, columns_named
from limner.collect.lines import Lines
from limner.collect.mapping import parse_mapping
from limner.collect.objects import ObjectReader
from limner.collect.rowfile import RowFile
from limner.errors import DataError
from limner.model.place import Place
from limner.ports.rows import Rows

OF_FILES = ("join", "fill", "encoding", "delimiter", "sheet", "table")
"""Fields of a mapping that only files and databases have a use for."""


def cut_rows(body: bytes, path: str | None) -> tuple[bytes, ...]:
    """The rows of a body, each as it was written: the list under the dotted ``path``, or the body itself; one object is
    a list of one. DataError when it is no JSON or there is neither.

    >>> cut_rows(b'{"data": {"answers": [{"q": 1}, {"q": 2}]}}', "data.answers")
    (b'{"q": 1}', b'{"q": 2}')
    """
    try:
        value = bytes(msgspec.json.decode(body, type=msgspec.Raw))
        for name in path.split(".") if path else ():
            members = msgspec.json.decode(value, type=dict[str, msgspec.Raw]) if value[:1] == b"{" else {}
            value = bytes(members.get(name, msgspec.Raw(b"null")))
        rows = msgspec.json.decode(value, type=list[msgspec.Raw]) if value[:1] == b"[" else [msgspec.Raw(value)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"The body is no JSON: {error}.") from None
    if value[:1] not in (b"[", b"{"):
        where = f"at {path}" if path else "in it"
        raise DataError(
            f"The body has no list or object {where}.", hint="The webhook's --rows says where its rows are."
        )
    return tuple(bytes(row).replace(b"\r", b" ").replace(b"\n", b" ") for row in rows)


def check_mapping(text: str, rows: Rows) -> None:
    """Raises DefinitionError with everything that is wrong with a mapping for a webhook."""
    mapping = parse_mapping(text, "the mapping")
    place = Place("the mapping")
    given = {"join": mapping.joins, **{name: getattr(mapping, name) for name in OF_FILES[1:]}}
    for name, value in given.items():
        if value:
            place.at(name).wrong("only files have a use for it, and a webhook posts objects.", "Leave it out.")
    place.raise_problems()
    nothing = Lines(pa.array([], pa.string()), np.empty(0, np.int64), [], 0)
    table = ObjectReader(rows, "the mapping", tuple(columns_named(mapping, rows))).read(nothing).table
    bind(mapping, RowFile("the mapping", tuple(table.column_names), iter(())), table, rows)
