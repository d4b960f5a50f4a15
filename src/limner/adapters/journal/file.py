"""`ports.journal.Journal` in a folder: files named by the position they begin at, the last one is written to.

A write is one append and one fdatasync, whatever the number of deliveries. What a crash left half written is cut off
when the folder is opened: nobody was told that it was safe.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from threading import RLock

from limner.adapters.journal.frames import read_frames, write_frame
from limner.errors import Unavailable
from limner.ports.journal import Delivery

LARGEST_FILE = 64 << 20
"""Bytes after which the next write begins a new file."""
ENDING = ".journal"
NOTED = "consumed"

log = logging.getLogger(__name__)


class FileJournal:
    """One writer at a time, any number of readers, from any threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = RLock()
        self._torn = False
        """Behind the end lies what a write that failed has left."""
        folder.mkdir(mode=0o700, exist_ok=True)
        starts = self._starts()
        self._start = starts[-1] if starts else self._read_noted()
        self._handle, whole = self._open(self._start)
        self._end = self._start + whole
        self._noted = os.open(folder / NOTED, os.O_RDWR | os.O_CREAT, 0o600)

    def write(self, deliveries: Sequence[Delivery]) -> int:
        frames = b"".join(map(write_frame, deliveries))
        with self._lock:
            try:
                self._append(frames)
            except OSError as error:
                with suppress(OSError):
                    self._cut_torn()
                raise _explain(error) from error
            self._end += len(frames)
            return self._end

    def read(self, after: int) -> Iterator[tuple[Delivery, int]]:
        with self._lock:
            starts, end = self._starts(), self._end
        for start, following in zip(starts, [*starts[1:], end], strict=True):
            if following <= after:
                continue
            position = max(start, after)
            with (self._folder / f"{start}{ENDING}").open("rb") as file:
                for delivery, place in read_frames(file, position - start, following - start):
                    position = start + place
                    yield delivery, position
            if position < following:
                log.error("The journal is damaged from position %d to %d; that part was skipped.", position, following)

    def end(self) -> int:
        return self._end

    def consumed(self) -> int:
        return min(self._read_noted(), self._end)

    def note(self, position: int) -> None:
        # Not synced, and written over the last one: an older note, or none that can be read, only means that some
        # deliveries are read once more. (To replace the file has the disk write it, milliseconds in every round.)
        with self._lock:
            os.pwrite(self._noted, b"%020d" % position, 0)
            starts = self._starts()
            for start, following in pairwise(starts):
                if following <= position:
                    (self._folder / f"{start}{ENDING}").unlink()

    def forget(self) -> None:
        with self._lock:
            if self._end > self._start:
                self._begin_file()
            self.note(self.consumed())

    def close(self) -> None:
        os.close(self._handle)
        os.close(self._noted)

    def _starts(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob(f"*{ENDING}"))

    def _read_noted(self) -> int:
        try:
            return int((self._folder / NOTED).read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def _append(self, frames: bytes) -> None:
        self._cut_torn()
        if self._end - self._start > LARGEST_FILE:
            self._begin_file()
        self._torn = True
        _write_all(self._handle, frames)
        os.fdatasync(self._handle)
        self._torn = False

    def _cut_torn(self) -> None:
        """Frames written after it would lie where nobody looks for them."""
        if self._torn:
            os.ftruncate(self._handle, self._end - self._start)
            self._torn = False

    def _open(self, start: int) -> tuple[int, int]:
        """Open the file that begins here for appending, without what is not whole at its end; handle and length."""
        path = self._folder / f"{start}{ENDING}"
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            whole = 0
            with path.open("rb") as file:
                for _, place in read_frames(file, 0, size):
                    whole = place
            if whole < size:
                os.ftruncate(handle, whole)
            _sync_folder(self._folder)
        except BaseException:
            os.close(handle)
            raise
        return handle, whole

    def _begin_file(self) -> None:
        try:
            handle, _ = self._open(self._end)
        except OSError:  # the old one is written on: what lies in it must not end where this one begins
            with suppress(OSError):
                (self._folder / f"{self._end}{ENDING}").unlink()
            raise
        os.close(self._handle)
        self._handle, self._start = handle, self._end


def _explain(error: OSError) -> Unavailable:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return Unavailable(
        "The disk is full." if full else f"The journal cannot be written: {error.strerror}.",
        hint=f"Nothing of this was kept: send it again. It goes on as soon as {'there is room' if full else 'it can'}.",
    )


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
