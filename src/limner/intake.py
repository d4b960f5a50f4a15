"""The intake: what clients deliver becomes durable at once, and events of the log soon after.

Two threads. One writes what has been offered since it last looked, all of it with one sync to the disk (group commit):
then the offers are answered. The other reads the journal in order and has it stored; it falls behind when it must,
and no offer waits for it until it is very far behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from threading import Condition, Thread

from limner.errors import Closed, LimnerError, Unavailable
from limner.model.clock import now
from limner.pending import Pending
from limner.ports.journal import Delivery, Journal
from limner.watch.delays import Delays, Station

MOST_WAITING = 64 << 20
"""Bytes offered and not yet in the journal; more are refused for now."""
MOST_BEHIND = 1 << 30
"""Bytes in the journal and not yet in the log; beyond this, offers are refused for now."""
LINES_AT_ONCE = 4_000
BYTES_AT_ONCE = 32 << 20
"""Stored together, or as much as one delivery has; it bounds memory, and how long a reader may wait."""
BREATH = 0.02
"""Seconds before a round of storing, unless a reader waits: a round has costs of its own, whatever its size."""
PAUSE = 1.0
"""Seconds before storing is tried again when the disk is full."""

log = logging.getLogger(__name__)
Store = Callable[[Sequence[Delivery]], int]
"""Puts deliveries into the log, and tells the last seq there is then; doing it twice changes nothing. Unavailable: not
now."""
Tidy = Callable[[], None]
"""Does what storing has left to be done: nobody waits for it but what comes next."""


def nothing_left() -> None:
    """All is done at once."""


class Intake:
    """Safe to use from many threads. Until `start`, only `catch_up` does anything."""

    def __init__(
        self,
        journal: Journal,
        store: Store,
        pending: Pending | None = None,
        delays: Delays | None = None,
        tidy: Tidy = nothing_left,
    ) -> None:
        self._journal = journal
        self._store = store
        self._tidy = tidy
        self._pending = pending or Pending()
        self._delays = delays or Delays()
        self._changed = Condition()
        self._waiting: list[tuple[Delivery, Future[int]]] = []
        self._waiting_bytes = 0
        self._consumed = journal.consumed()
        self._stopping = False
        self._readers = 0
        self._threads: list[Thread] = []

    def start(self) -> None:
        self._threads = [
            Thread(target=self._write_offers, name="journal", daemon=True),
            Thread(target=self._store_deliveries, name="intake", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Write what was offered, and let the rest wait in the journal for the next start. Nothing is settled then."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def offer(self, delivery: Delivery) -> Future[int]:
        """Done with the journal's position once the delivery is durable. Unavailable: too much is waiting."""
        size = sum(map(len, delivery.lines))
        answer: Future[int] = Future()
        with self._changed:
            if self._stopping:
                raise Unavailable("Limner is stopping.", hint="Send it again in some seconds.")
            # One that is larger than that by itself must pass when nothing waits, or its sender comes back for ever.
            crowded = self._waiting and self._waiting_bytes + size > MOST_WAITING
            if crowded or self.behind > MOST_BEHIND:
                raise Unavailable("More comes in than can be stored now.", hint="Send it again in some seconds.")
            self._waiting.append((delivery, answer))
            self._waiting_bytes += size
            self._changed.notify_all()
        return answer

    @property
    def behind(self) -> int:
        """Bytes of the journal that are not yet in the log."""
        return self._journal.end() - self._consumed

    def settle(self, timeout: float = 10.0, until: int | None = None) -> None:
        """Return when the log has everything that was answered before this call, or up to a position of the journal.
        Unavailable after the timeout, and once it is stopped."""
        if self._stopping:
            raise Closed
        wanted = self._journal.end() if until is None else until
        if self._consumed >= wanted:
            return
        if not self._threads:
            self.catch_up()
            return
        with self._changed:
            self._readers += 1
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: self._consumed >= wanted or self._stopping, timeout)
            finally:
                self._readers -= 1
        if self._consumed < wanted:
            raise Unavailable("The log is behind what has come in.", hint="Ask again in some seconds.")

    def let_pass(self, patience: float) -> None:
        """Return when the log has what was answered before this call, or after so many seconds: nobody hurries."""
        wanted = self._journal.end()
        with self._changed:
            self._changed.wait_for(lambda: self._consumed >= wanted or self._stopping, patience)

    def catch_up(self) -> None:
        """Store what is in the journal, here and now: what a server that died had confirmed and not yet stored."""
        for deliveries, position in cut_batches(self._journal.read(self._consumed)):
            seq = self._store(deliveries)
            self._note(position)
            self._pending.note_stored(position, seq)
            self._tidy()
            if self._stopping:
                return

    def forget(self) -> None:
        """Leave nothing on the disk of what the log has."""
        self._journal.forget()

    def _write_offers(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if not self._waiting:
                    return
                offers, self._waiting, self._waiting_bytes = self._waiting, [], 0
            for _, answer in offers:
                answer.set_running_or_notify_cancel()  # from here on nobody can withdraw it
            try:
                deliveries = [delivery for delivery, _ in offers]
                position = self._journal.write(deliveries)
                self._pending.add(deliveries, position)
            except Exception as error:  # whatever it is, those who wait must hear of it, and the thread go on
                if not isinstance(error, LimnerError):
                    log.exception("The journal could not be written.")
                for _, answer in offers:
                    if not answer.cancelled():
                        answer.set_exception(error)
                continue
            with self._changed:
                self._changed.notify_all()
            for _, answer in offers:
                if not answer.cancelled():
                    answer.set_result(position)
            durable = now()
            for delivery in deliveries:
                took = (durable - delivery.received_at) / 1_000_000
                self._delays.note(Station.JOURNAL, took, len(delivery.lines))

    def _store_deliveries(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.behind or self._stopping)
                self._changed.wait_for(lambda: self._readers or self._stopping, BREATH)
                if self._stopping:
                    return
            try:
                self.catch_up()
            except Exception as error:  # nothing is lost: it stays in the journal and is tried again
                log.log(
                    logging.WARNING if isinstance(error, LimnerError) else logging.ERROR,
                    "What came in is not stored yet: %s",
                    error,
                    exc_info=not isinstance(error, LimnerError),
                )
                with self._changed:
                    self._changed.wait_for(lambda: self._stopping, PAUSE)

    def _note(self, position: int) -> None:
        self._journal.note(position)
        with self._changed:
            self._consumed = position
            self._changed.notify_all()


def cut_batches(deliveries: Iterator[tuple[Delivery, int]]) -> Iterator[tuple[list[Delivery], int]]:
    """Deliveries in lots of about `LINES_AT_ONCE` lines or `BYTES_AT_ONCE`, each with the position after it."""
    lot: list[Delivery] = []
    lines, size, last = 0, 0, 0
    for delivery, position in deliveries:
        lot.append(delivery)
        lines, size, last = lines + len(delivery.lines), size + sum(map(len, delivery.lines)), position
        if lines >= LINES_AT_ONCE or size >= BYTES_AT_ONCE:
            yield lot, last
            lot, lines, size = [], 0, 0
    if lot:
        yield lot, last
