"""Values of promoted properties, read out of a batch's JSON without the engine, which plans its query for every lot.

What a value is, `extraction` says. This reads numbers, texts and words that leave no doubt about it, wherever they lie
in objects (not in lists); rows with any others it leaves (tests/parity/test_scalars.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.codes import one_chunk
from limner.adapters.duckdb.extraction import split_document
from limner.collect.enrichment.scan import (
    BACKSLASH,
    DOT,
    LAST_CONTROL,
    MINUS,
    NINE,
    ODD,
    OPEN_OBJECT,
    QUOTE,
    ZERO,
    NameTable,
    scan_objects,
)
from limner.collect.enrichment.texts import Bytes, Spans, Texts
from limner.collect.usual.spans import build_texts, copy_texts
from limner.compiled import inner, kernel
from limner.model.timeline import Column, Kind

Path = tuple[str, ...]
Mask = npt.NDArray[np.bool_]
States = npt.NDArray[np.uint8]
MISSING, READ, DOUBTFUL = 0, 1, 2
DOCUMENTS = ("properties", "traits")
MOST_DIGITS, MOST_WHOLE = 15, 13
"""Of a number."""
NOTHING: Bytes = np.zeros(1, np.uint8)
FIVE, LETTER_T, LETTER_F = ord("5"), ord("t"), ord("f")


def is_simple(column: Column) -> bool:
    document, path = split_document(column.path)
    named = path.isprintable() and not any(letter in path for letter in '"\\') and all(path.split("."))
    return document in DOCUMENTS and not column.grain and column.kind is not Kind.TIME and named


def read_scalars(batch: pa.Table, columns: Sequence[Column]) -> tuple[dict[str, pa.Array], Mask]:
    """The values of simple columns, by their names, and the rows of which that is not certain."""
    values: dict[str, pa.Array] = {}
    odd = np.zeros(batch.num_rows, np.bool_)
    for document in DOCUMENTS:
        paths = {column: path_of(column) for column in columns if split_document(column.path)[0] == document}
        if not paths:
            continue
        texts = Texts.of(one_chunk(batch.column(document)).cast(pa.string()))
        data = texts.data if len(texts.data) else NOTHING
        whole = np.stack([texts.offsets[:-1], texts.offsets[1:]], axis=1)
        whole[~texts.valid] = 0
        spans, unsure = locate(data, whole, list(paths.values()))
        odd |= unsure
        for column, path in paths.items():
            read = read_numbers if column.kind is Kind.NUMBER else read_texts
            values[column.name], states = read(data, spans[path], column.scale)
            odd |= states == DOUBTFUL
    return values, odd


def path_of(column: Column) -> Path:
    return tuple(split_document(column.path)[1].split("."))


def locate(data: Bytes, objects: Spans, paths: Sequence[Path]) -> tuple[Mapping[Path, Spans], Mask]:
    """Where the values of these paths lie in each object; and the objects of which that is not certain."""
    heads = list(dict.fromkeys(path[0] for path in paths))
    begins, ends = objects[:, 0].copy(), objects[:, 1].copy()
    scanned, spans, _ = scan_objects(data, begins, ends, ends > begins, NameTable.of(heads), len(heads))
    odd: Mask = scanned == ODD
    found: dict[Path, Spans] = {}
    for head, values in zip(heads, spans, strict=True):
        found[(head,)] = values
        deeper = [path[1:] for path in paths if path[0] == head and len(path) > 1]
        if deeper:
            inner_objects = np.where((data[values[:, 0]] == OPEN_OBJECT)[:, None], values, 0)
            below, unsure = locate(data, inner_objects, deeper)
            found |= {(head, *path): there for path, there in below.items()}
            odd |= unsure
    return found, odd


def read_numbers(data: Bytes, spans: Spans, scale: int) -> tuple[pa.Array, States]:
    values, states = scan_numbers(data, spans, scale)
    return pa.array(values, pa.int64(), mask=states != READ), states


def read_texts(data: Bytes, spans: Spans, scale: int) -> tuple[pa.Array, States]:
    begins, lengths, states = scan_texts(data, spans)
    offsets = np.zeros(len(spans) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    taken = np.empty(offsets[-1], np.uint8)
    copy_texts(data, begins, offsets, taken)
    return build_texts(offsets, taken, states == READ), states


@kernel
def scan_numbers(data: Bytes, spans: Spans, scale: int) -> tuple[npt.NDArray[np.int64], States]:
    """As decimals of so many places, rounded half away from zero."""
    values, states = np.zeros(len(spans), np.int64), np.full(len(spans), MISSING, np.uint8)
    for row in range(len(spans)):
        at, end = spans[row, 0], spans[row, 1]
        if at == end:
            continue
        if data[at] == QUOTE:
            states[row] = DOUBTFUL
            continue
        negative = data[at] == MINUS
        at += negative
        if not ZERO <= data[at] <= NINE:
            continue
        states[row] = READ
        value, whole, decimals, dotted = 0, 0, 0, False
        for place in range(at, end):
            if data[place] == DOT:
                dotted = True
                continue
            if dotted and decimals > scale:
                states[row] = DOUBTFUL  # more than one more than what is kept
                break
            if dotted and decimals == scale:
                value += data[place] >= FIVE
            else:
                value = value * 10 + (int(data[place]) - ZERO)
            whole += not dotted
            decimals += dotted
        for _ in range(scale - decimals):
            value *= 10
        if whole > MOST_WHOLE or whole + decimals > MOST_DIGITS:
            states[row] = DOUBTFUL
        values[row] = -value if negative else value
    return values, states


@kernel
def scan_texts(data: Bytes, spans: Spans) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], States]:
    """Where each text begins, and its bytes; whole numbers and truths are texts, too."""
    begins, lengths = np.zeros(len(spans), np.int32), np.zeros(len(spans), np.int32)
    states = np.full(len(spans), MISSING, np.uint8)
    for row in range(len(spans)):
        begin, end = spans[row, 0], spans[row, 1]
        if begin == end:
            continue
        first = data[begin]
        quoted = first == QUOTE
        if quoted:
            begin, end = begin + 1, end - 1
        elif first not in (LETTER_T, LETTER_F) and not (first == MINUS or ZERO <= first <= NINE):
            continue
        begins[row], lengths[row] = begin, end - begin
        states[row] = READ if is_written_so(data, begin, end, quoted, first) else DOUBTFUL
    return begins, lengths, states


@inner
def is_written_so(data: Bytes, begin: int, end: int, quoted: bool, first: int) -> bool:
    """Is it the text that stands there?"""
    if quoted:
        odd = False
        for place in range(begin, end):
            odd |= data[place] == BACKSLASH or data[place] <= LAST_CONTROL
        return not odd
    if first in (LETTER_T, LETTER_F):
        return True
    for place in range(begin, end):
        if data[place] == DOT:
            return False
    return end - begin <= MOST_DIGITS and not (first == MINUS and data[begin + 1] == ZERO)
