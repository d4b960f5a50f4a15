"""A package's file: its columns chosen, identifiers disclosed, values labelled, written in its form.

The same snapshot gives the same bytes. A text that a spreadsheet would take for a formula has a ' before it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.audiences.disclosure import Disclosure, PhoneForm, disclose
from limner.audiences.package import Encoding, Form, Header, Package
from limner.fold.export import CUSTOMER_ID, Roster
from limner.fold.formats import Format, is_list, stream, write_file
from limner.model.column import Folded
from limner.model.tag import Tag
from limner.ports.packages import Targets
from limner.timeline.zone import local_micros

CHANGE = "change"
FORMULA = r"^[=@＝＠＋－\t\r\n]|^[+-](?:[^\d.]|.*[^\d.])"
"""What a spreadsheet takes for a formula, one in Chinese or Japanese by its wide signs too; a number with its sign is
none."""
AT_ONCE = 50_000
"""Customers who are folded and written together."""
Changes = Mapping[int, str]
"""By customer number: added, removed."""
Numbers = npt.NDArray[np.int32]


def write_parcel(
    package: Package, pieces: Iterable[pa.RecordBatch], path: Path, targets: Targets, zone: str, made_at: int
) -> int:
    """The file, whole or not at all; how many rows it has. ``made_at``: µs UTC."""
    rows = 0

    def counted() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for piece in everything:
            rows += len(piece)
            yield piece

    readable = package.format in (Form.CSV, Form.XLSX)
    shaped = (make_readable(piece, zone) for piece in pieces) if readable else iter(pieces)
    first = next(shaped)
    everything = chain([first], shaped)
    if package.format == Form.XLSX:
        targets.write_sheet(counted(), first.schema, path, made_at)
    else:
        blocks = stream(counted(), first.schema, Format(package.format), zone)
        write_file(encode(blocks, Encoding(package.encoding)) if package.format == Form.CSV else blocks, path)
    return rows


def shape_pieces(
    package: Package,
    customers: Numbers,
    fold_them: Callable[[Numbers], Folded],
    identifiers: pa.Table,
    tags: Mapping[str, Tag],
    zone: str,
    changes: Changes | None,
) -> Iterator[pa.RecordBatch]:
    """The rows of these ascending customers; one empty piece where there is nobody."""
    for begin in range(0, max(len(customers), 1), AT_ONCE):
        folded = fold_them(customers[begin : begin + AT_ONCE])
        yield shape_piece(package, folded, identifiers, tags, zone, changes)


def shape_piece(
    package: Package, folded: Folded, identifiers: pa.Table, tags: Mapping[str, Tag], zone: str, changes: Changes | None
) -> pa.RecordBatch:
    """The rows of these customers; with ``changes`` the column ``change`` too."""
    roster = Roster(folded, package.columns, identifiers, zone)
    piece = roster.cut(0, len(roster))
    columns = {CUSTOMER_ID: piece.column(0)}
    if changes is not None:
        columns[CHANGE] = pa.array([changes[one] for one in folded.customers.tolist()], pa.string())
    first = {type: name for name, type in reversed(roster.identifiers.items()) if not name.endswith("_all")}
    for type, how in (package.identifiers or {}).items():
        values = piece.column(first[type]) if type in first else pa.nulls(len(piece), pa.string())
        columns[_title(f"id.{type}", type, columns)] = disclose_column(type, values, package, Disclosure(how))
    for title, name in roster.tags.items():
        column = label(plain_text(piece.column(title)), (package.labels or {}).get(name))
        columns[_title(f"tag.{name}", _head(tags[name], package), columns)] = column
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _head(tag: Tag, package: Package) -> str:
    if package.header == Header.NAME:
        return tag.name
    return tag.title.get(package.header) or next(iter(tag.title.values()), tag.name)


def _title(otherwise: str, wanted: str, taken: Mapping[str, pa.Array]) -> str:
    return otherwise if wanted in taken else wanted


def plain_text(column: pa.Array) -> pa.Array:
    """Without a dictionary, which would differ from piece to piece."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def label(column: pa.Array, labels: Mapping[str, str] | None) -> pa.Array:
    """What is written in the place of values; others stay as they are, as texts."""
    if not labels or is_list(column.type):
        return column
    texts = pc.cast(column, pa.string()).to_pylist()
    return pa.array([None if text is None else labels.get(text, text) for text in texts], pa.string())


def disclose_column(type: str, values: pa.Array, package: Package, how: Disclosure) -> pa.Array:
    phone = PhoneForm(package.phone)
    texts = values.to_pylist()
    return pa.array([None if text is None else disclose(type, text, how, phone) for text in texts], pa.string())


def make_readable(piece: pa.RecordBatch, zone: str) -> pa.RecordBatch:
    """For spreadsheets: local times, lists joined, and no text that would be a formula."""
    columns = [_readable(column, zone) for column in piece.columns]
    return pa.RecordBatch.from_arrays(columns, [harmless(pa.array([name]))[0].as_py() for name in piece.schema.names])


def _readable(column: pa.Array, zone: str) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        instants: npt.NDArray[np.int64] = pc.fill_null(column.view(pa.int64()), 0).to_numpy()
        local = pa.array(local_micros(instants, zone)).view(pa.timestamp("us")).cast(pa.timestamp("s"), safe=False)
        return pc.if_else(column.is_valid(), pc.cast(local, pa.string()), None)
    if is_list(column.type):
        column = pc.binary_join(pc.cast(column, pa.list_(pa.string())), "|")
    return harmless(column) if pa.types.is_string(column.type) else column


def harmless(texts: pa.Array) -> pa.Array:
    """
    >>> harmless(pa.array(["=1+1", "+8613800000000", "-2.5", "+cmd|x", "＝1+1", "tea"])).to_pylist()
    ["'=1+1", '+8613800000000', '-2.5', "'+cmd|x", "'＝1+1", 'tea']
    """
    odd = pc.fill_null(pc.match_substring_regex(texts, FORMULA), False)
    return pc.if_else(odd, pc.binary_join_element_wise("'", texts, ""), texts)


def encode(blocks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    """A file of UTF-8 in another encoding."""
    if encoding is Encoding.UTF8_BOM:
        yield codecs.BOM_UTF8
    if encoding is not Encoding.GB18030:
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for block in blocks:
        yield decoder.decode(block).encode("gb18030")
    yield decoder.decode(b"", final=True).encode("gb18030")
