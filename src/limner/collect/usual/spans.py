"""Values in a lot's bytes, as where each begins and ends; both 0 where a row has none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.collect.enrichment.scan import CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE, SPACE
from limner.collect.enrichment.texts import Bytes, Spans
from limner.compiled import kernel

Mask = npt.NDArray[np.bool_]
LETTER_N = ord("n")


@kernel
def drop_nulls(data: Bytes, spans: Spans) -> None:
    """A member that is null is none."""
    for member in range(len(spans)):
        for row in range(spans.shape[1]):
            if data[spans[member, row, 0]] == LETTER_N:
                spans[member, row] = 0


@kernel
def are_texts(data: Bytes, spans: Spans, longest: int) -> Mask:
    """Are all of them texts, where they are there? Not blank, nor looking like that; with a ``longest``, not longer nor
    looking like an object or list."""
    fine = np.ones(spans.shape[1], np.bool_)
    for member in range(len(spans)):
        for row in range(len(fine)):
            begin, end = spans[member, row, 0], spans[member, row, 1]
            if begin == end:
                continue
            first = data[begin + 1]
            blank = data[begin] != QUOTE or end - begin < 3 or first <= SPACE
            if blank or (longest and (end - begin - 2 > longest or first in (OPEN_OBJECT, OPEN_LIST))):
                fine[row] = False
    return fine


def take_texts(data: Bytes, spans: Spans, inside: int = 1) -> pa.StringArray:
    """Of one member, without so many bytes at both ends; null where there is none."""
    there = spans[:, 1] > spans[:, 0]
    begins, lengths = spans[:, 0] + inside, np.where(there, spans[:, 1] - spans[:, 0] - 2 * inside, 0).clip(0)
    offsets = np.zeros(len(spans) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    taken = np.empty(offsets[-1], np.uint8)
    copy_texts(data, begins, offsets, taken)
    return build_texts(offsets, taken, there)


def build_texts(offsets: npt.NDArray[np.int32], data: Bytes, there: Mask) -> pa.StringArray:
    nulls = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.StringArray.from_buffers(len(there), pa.py_buffer(offsets), pa.py_buffer(data), nulls)


@kernel
def copy_texts(data: Bytes, begins: npt.NDArray[np.int32], offsets: npt.NDArray[np.int32], taken: Bytes) -> None:
    for row in range(len(begins)):
        for place in range(offsets[row + 1] - offsets[row]):
            taken[offsets[row] + place] = data[begins[row] + place]


def put_members(data: Bytes, objects: Spans, members: Spans, names: list[str]) -> pa.StringArray:
    """The objects with these members before their own. Null where there is neither."""
    heads = [f'"{name}":'.encode() for name in names]
    places = np.cumsum([0, *map(len, heads)]).astype(np.int32)
    letters = np.frombuffer(b"".join(heads), np.uint8)
    there = (objects[:, 1] > objects[:, 0]) | (members[:, :, 1] > members[:, :, 0]).any(axis=0)
    offsets = np.zeros(len(objects) + 1, np.int32)
    # Room for all: of every member its head, its value and a comma, and two brackets.
    sizes = members[:, :, 1] - members[:, :, 0]
    most = np.where(sizes > 0, sizes + (np.diff(places) + 1)[:, None], 0).sum() + (objects[:, 1] - objects[:, 0]).sum()
    written = np.empty(int(most) + 2 * len(objects), np.uint8)
    write_objects(data, objects, members, letters, places, offsets, written)
    return build_texts(offsets, written[: offsets[-1]], there)


@kernel
def write_objects(
    data: Bytes,
    objects: Spans,
    members: Spans,
    letters: Bytes,
    places: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int32],
    written: Bytes,
) -> None:
    at = 0
    for row in range(len(objects)):
        begin, end = objects[row, 0], objects[row, 1]
        first = at
        for member in range(len(members)):
            value, behind = members[member, row, 0], members[member, row, 1]
            if value == behind:
                continue
            written[at] = OPEN_OBJECT if at == first else COMMA
            at += 1
            for place in range(places[member], places[member + 1]):
                written[at] = letters[place]
                at += 1
            for place in range(value, behind):
                written[at] = data[place]
                at += 1
        if at > first and end - begin <= 2:  # it has no members of its own
            written[at] = CLOSE_OBJECT
            at += 1
        else:
            if at > first:
                written[at] = COMMA
                at += 1
                begin += 1
            for place in range(begin, end):
                written[at] = data[place]
                at += 1
        offsets[row + 1] = at
