"""The way in: files and deliveries → events → normalised identifiers → the log.

Nothing is lost: what is no event is a reject, and what was acknowledged is stored or kept among them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from limner.collect.chunk import Chunk, ImportReport
from limner.collect.clean import Cleaned, clean
from limner.collect.deliveries import read_deliveries, refuse_delivery
from limner.collect.piece import Piece
from limner.errors import Unavailable
from limner.identity.binding import follow_bindings
from limner.identity.normalise import normalise_batch
from limner.identity.one_id import OneId
from limner.parts import Parts
from limner.ports.journal import Delivery
from limner.ports.log import Appended, Coming, unheard

T = TypeVar("T")
Told = Callable[[Cleaned, Appended], None]
"""Hears of a chunk after it was stored: what was read, and what the log made of its events."""


def untold(cleaned: Cleaned, appended: Appended) -> None:
    """Nobody asks."""


def store_chunks(parts: Parts, chunks: Iterable[Chunk], stored: Told = untold) -> ImportReport:
    """Store what was read, chunk by chunk, each durable before the next; what became of the rows.

    ``stored`` is told of every chunk afterwards.
    """
    return _store_ready(parts, read_ahead(_make_ready(parts, read_ahead(iter(chunks)))), stored)


def _make_ready(parts: Parts, chunks: Iterable[Chunk]) -> Iterator[tuple[Cleaned, Piece]]:
    """Cleaned, identifiers normalised."""
    for chunk in chunks:
        cleaned = clean(chunk, parts.contract)
        yield cleaned, Piece.of(cleaned, normalise_batch(cleaned.chunk.events))


def _store_ready(
    parts: Parts, ready: Iterable[tuple[Cleaned, Piece]], stored: Told, coming: Coming = unheard
) -> ImportReport:
    total = ImportReport()
    for cleaned, piece in ready:
        report, appended = store_piece(parts, piece, coming)
        total += report
        stored(cleaned, appended)
    return total


def store_piece(parts: Parts, piece: Piece, coming: Coming = unheard) -> tuple[ImportReport, Appended]:
    """Put it into the log, durably. ``coming``: see `limner.ports.log.Log.append`."""
    appended = parts.log.append(piece.events, coming)
    parts.rejects.add(piece.rejects)
    items = parts.items.add(piece.items) if piece.items is not None else 0
    parts.violations.note(piece.violations)
    report = ImportReport(
        read=piece.rows_read,
        accepted=appended.accepted,
        duplicate=appended.duplicate,
        unidentified=appended.unidentified,
        erased=appended.erased,
        rejected=len(piece.rejects),
        violating=piece.violating,
        skipped=piece.skipped,
        items=items,
    )
    return report, appended


def store_deliveries(
    parts: Parts,
    one_id: OneId,
    deliveries: Sequence[Delivery],
    again: bool = False,
    coming: Coming = unheard,
) -> None:
    """Store what clients delivered. A line that cannot be stored, for whatever reason, is kept among the rejects.

    ``again``: some of it may have been stored before a crash, and what follows from it may not have been done.
    ``coming`` hears of the rows it becomes.
    """

    def tell(cleaned: Cleaned, appended: Appended) -> None:
        # What a client sends a second time was followed at the first: since then others may have said otherwise.
        follow_bindings(cleaned.chunk.events if again else appended.events, one_id)
        parts.arrivals.note(cleaned.chunk, cleaned.checked.observed)

    try:
        # All read before any is stored; one after the other, for to hand them between threads takes longer.
        chunks = list(read_deliveries(deliveries, parts.intake_rows, parts.zone))
        _store_ready(parts, _make_ready(parts, chunks), tell, coming)
    except (Unavailable, OSError):  # nothing is wrong with them: the same can be stored later
        raise
    except Exception as error:  # nothing that was acknowledged may be lost, nor stop what comes after it
        halves = halve(deliveries)
        for half in halves:
            store_deliveries(parts, one_id, half, True, coming)
        if not halves:
            logging.getLogger(__name__).exception("A line cannot be stored; it is kept among the rejects.")
            store_chunks(parts, [refuse_delivery(deliveries[0], f"It cannot be read: {type(error).__name__}.")], tell)


def halve(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """The same in two parts, those of a single delivery by its lines; none when there is one line only."""
    if len(deliveries) > 1:
        middle = len(deliveries) // 2
        return [list(deliveries[:middle]), list(deliveries[middle:])]
    (whole,) = deliveries
    middle = len(whole.lines) // 2
    return [
        [msgspec.structs.replace(whole, lines=part)] for part in (whole.lines[:middle], whole.lines[middle:]) if middle
    ]


def read_ahead(chunks: Iterator[T]) -> Iterator[T]:
    """The same, with the next one made in a thread of its own while this one is worked on."""
    with ThreadPoolExecutor(1, "read ahead") as pool:
        following = pool.submit(next, chunks, None)
        while (chunk := following.result()) is not None:
            following = pool.submit(next, chunks, None)
            yield chunk
