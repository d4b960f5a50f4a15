"""Lines of a file as Arrow arrays with their numbers, block by block, without a copy per line."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.errors import DataError
from limner.ports.rejects import Reject

BLOCK_BYTES = 64 << 20
LARGEST_LINE = 1 << 30
"""Bytes; Arrow's text offsets are 32 bit."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEWLINE = 10
_PIECE = 1 << 18
_BLANK = np.frombuffer(b" \t\r\n", np.uint8)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that are UTF-8 and not blank, line ends included, and rejects for those that are not UTF-8."""

    text: pa.StringArray
    numbers: npt.NDArray[np.int64]
    rejects: list[Reject]
    position: int
    """Bytes of the file read so far (compressed ones, if it is compressed)."""


def open_bytes(path: Path) -> io.BufferedReader | gzip.GzipFile:
    """The file's bytes, unpacked when it is gzip."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}.") from error
    if file.read(2) == b"\x1f\x8b":
        file.close()
        return gzip.GzipFile(path, "rb")
    file.seek(0)
    return file


def read_head(path: Path, size: int) -> bytes:
    """The file's first bytes, unpacked; fewer where it is damaged."""
    head = b""
    with open_bytes(path) as file:
        try:
            while len(head) < size and (piece := file.read1(size - len(head))):
                head += piece
        except (OSError, EOFError, zlib.error):
            return head  # whoever reads on tells the damage with its place
    return head


def position_in(file: Any) -> int:
    """Bytes read of a file from `open_bytes`, of the packed ones if it is packed."""
    return int((getattr(file, "fileobj", None) or file).tell())


def read_lines(path: Path, block_bytes: int = BLOCK_BYTES) -> Iterator[Lines]:
    """DataError when the file cannot be opened, or is damaged: what was whole before the damage has been handed out."""
    first, rest = 1, b""
    with open_bytes(path) as file:
        while True:
            buffer = pa.allocate_buffer(len(rest) + block_bytes)
            view = memoryview(buffer).cast("B")
            view[: len(rest)] = rest
            try:
                size = file.readinto(view[len(rest) :])
            except (OSError, EOFError, zlib.error) as error:
                whole = f" The lines before line {first} were read." if first > 1 else ""
                raise DataError(f"{path} is damaged or cut short: {error}.{whole}", hint="Copy it again.") from error
            block = buffer.slice(0, len(rest) + size)
            ends = _line_ends(np.frombuffer(block, np.uint8), complete=size == 0)
            rest = view[int(ends[-1]) if len(ends) else 0 : len(block)].tobytes()
            if len(rest) > LARGEST_LINE:
                raise DataError(f"{path}: line {first} is longer than {LARGEST_LINE:,} bytes. Is it a file of lines?")
            if len(ends):
                yield _lines(str(path), block, ends, first, position_in(file))
                first += len(ends)
            if not size:
                return


def _line_ends(data: npt.NDArray[np.uint8], complete: bool) -> npt.NDArray[np.int32]:
    """Where lines end in ``data``; its own end too when nothing comes after. In pieces that stay in the cache."""
    pieces = [np.flatnonzero(data[at : at + _PIECE] == _NEWLINE) + at + 1 for at in range(0, len(data), _PIECE)]
    if complete and len(data) and data[-1] != _NEWLINE:
        pieces.append(np.array([len(data)]))
    return np.concatenate(pieces).astype(np.int32) if pieces else np.empty(0, np.int32)


def _lines(file: str, block: pa.Buffer, ends: npt.NDArray[np.int32], first: int, position: int) -> Lines:
    """``first`` is the number of the block's first line."""
    data = np.frombuffer(block, np.uint8)
    start = len(BYTE_ORDER_MARK) if first == 1 and data[:3].tobytes() == BYTE_ORDER_MARK else 0
    offsets = np.concatenate([np.array([start], np.int32), ends])
    text = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), block)
    numbers = np.arange(first, first + len(ends), dtype=np.int64)
    keep = _not_blank(data, offsets)
    rejects: list[Reject] = []
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        for i in np.flatnonzero(keep):
            line = data[offsets[i] : offsets[i + 1]].tobytes()
            reason = encoding_fault(line)
            if reason:
                keep[i] = False
                rejects.append(Reject(file, int(numbers[i]), reason, line.decode("utf-8", "backslashreplace").rstrip()))
    if not keep.all():
        text, numbers = text.filter(pa.array(keep)), numbers[keep]
    return Lines(text, numbers, rejects, position)


def encoding_fault(line: bytes) -> str | None:
    """Why these bytes are not UTF-8; None when they are."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1}"
    return None


def _not_blank(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which lines hold more than white space. Few lines begin with any, so those are looked at one by one."""
    keep = np.ones(len(offsets) - 1, np.bool_)
    starts = np.minimum(offsets[:-1], len(data) - 1)  # after a byte order mark there may be nothing
    for i in np.flatnonzero(np.isin(data[starts], _BLANK) | (starts < offsets[:-1])):
        keep[i] = bool(data[offsets[i] : offsets[i + 1]].tobytes().strip())
    return keep
