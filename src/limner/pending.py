"""What was acknowledged and is not in the live state yet, so that only who may be changed by it has to be waited for.

It is added before it is acknowledged, and kept until the state has all its rows: first it lies in the journal, then in
the log. Rows of the log that came otherwise (imports, decisions, values entered by hand) may concern anybody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from time import monotonic

from limner.collect.enrich import PROPERTIES, TRAITS
from limner.identity.foresight import Foresight
from limner.identity.mentions import Identifier
from limner.identity.naming import Named, read_named
from limner.pipeline import Moment
from limner.ports.journal import Delivery
from limner.watch.delays import Delays, Station

MOST_KEPT = 32 << 20
"""Bytes; when more is pending, anybody may be concerned."""
LONGEST = 20_000
"""Lines of a lot; one that has more may be anybody's."""
LINES_AT_ONCE = 1_000
"""Lines looked at while others wait, some 5 µs each; those that are left are looked at by who asks next."""
LATELY = 10.0
"""Seconds after a question in which the next one is expected."""
MOST_MET = 20_000
"""Identifiers that were seen with others for the first time; beyond this the graph that has them is taken."""
GIVEN = frozenset({"ip", "userAgent", "group_id", *PROPERTIES, *TRAITS})
"""Properties that events have without being sent."""


@dataclass(slots=True)
class Lot:
    """What became durable with one sync."""

    position: int
    """Of the journal, after it."""
    deliveries: Sequence[Delivery]
    lines: int
    size: int
    """Bytes."""
    looked_at: bool = False
    named: Named | None = None
    """Whom it names, once it was looked at; None = anybody."""
    names: frozenset[Identifier] = frozenset()
    """All of these."""
    judged: Foresight | None = None
    """What has taken all of these in."""
    seq: int | None = None
    """The log has all its rows, up to this one at most; None = not yet."""
    at: float = field(default_factory=monotonic)
    """When that was."""

    def look_at(self) -> None:
        self.named = read_named(self.deliveries) if self.lines <= LONGEST else None
        self.names = frozenset(self.named.mentions.people) if self.named is not None else frozenset()
        self.looked_at = True


class Pending:
    """Safe to share between threads. ``delays``: hears when lots get to the log, the state and the outbox."""

    def __init__(self, delays: Delays | None = None) -> None:
        self._lock = Lock()
        self._delays = delays or Delays()
        self._lots: deque[Lot] = deque()
        self._untold: list[Lot] = []
        """The live state has them since it was last told of changes."""
        self._rows: deque[tuple[int, int]] = deque(maxlen=1_000)
        """First and last seq of rows that lots became."""
        self._foresight: Foresight | None = None
        """Whether others may be changed than those who are named; as long as all that came into the graph since was
        taken in."""
        self._moment: Moment | None = None
        """The last somebody asked about."""
        self._reached = 0
        """The live state has all rows up to this one."""
        self._asked_at = -LATELY
        """When somebody last wanted to know who may be another, by `monotonic`."""
        self._kinds: tuple[Moment, int, bool] | None = None
        """Whether properties keep their kinds, with so many bytes pending."""

    @property
    def size(self) -> int:
        """Lots that the live state does not have for certain."""
        return len(self._lots)

    def add(self, deliveries: Sequence[Delivery], position: int) -> None:
        """These are durable now, up to this position of the journal. Called before anybody hears of it."""
        lines = sum(len(delivery.lines) for delivery in deliveries)
        size = sum(len(line) for delivery in deliveries for line in delivery.lines)
        lot = Lot(position, deliveries, lines, size)
        if monotonic() < self._asked_at + LATELY:  # else whoever asks has to, while others wait
            self._look_ahead(lot)
        with self._lock:
            self._lots.append(lot)
            if sum(lot.size for lot in self._lots) > MOST_KEPT:
                self._lots.clear()
                self._lots.append(Lot(position, (), 0, 0, looked_at=True))

    def note_rows(self, first: int, last: int) -> None:
        """Lots become these rows of the log: told before anybody can see them. If it comes to nothing, ``last`` is the
        one before the first."""
        with self._lock:
            while self._rows and self._rows[-1][0] >= first:
                self._rows.pop()
            if self._rows and self._rows[-1][1] >= first - 1:
                first, _ = self._rows.pop()
            if first <= last:
                self._rows.append((first, last))

    def note_stored(self, position: int, seq: int) -> None:
        """All up to this position is in the log, which goes up to ``seq``."""
        with self._lock:
            for lot in self._lots:
                if lot.position > position:
                    break
                if lot.seq is None:
                    lot.seq = seq
                    self._note(Station.LOG, lot)

    def note_told(self) -> None:
        """The outbox has what the lots changed that the live state has."""
        with self._lock:
            for lot in self._untold:
                self._note(Station.OUTBOX, lot)
            self._untold.clear()

    def forget(self, seq: int) -> None:
        """The live state has all rows up to this one."""
        with self._lock:
            self._forget(seq)

    def forget_people(self) -> None:
        """Somebody was erased: what was seen before need not be known any more."""
        with self._lock:
            self._foresight = self._moment = self._kinds = None

    def name(self, moment: Moment, watermark: int) -> Sequence[Collection[Identifier]] | None:
        """Who may be another than a state of this moment says, as long as that stands, lot by lot; None = anybody.
        ``watermark``: of the log."""
        self._asked_at = monotonic()
        with self._lock:
            if self._is_idle(moment, watermark):
                return ()
            self._forget(moment.seq)
            if not self._accounts_for(moment.seq, watermark):
                return None
            foresight = self._foresee(moment)
            if not self._look(foresight) or foresight.shares or not self._keeps_kinds(moment):
                return None
            return [lot.names for lot in self._lots]

    def find_last(self, identifiers: Collection[Identifier]) -> int | None:
        """The position of the journal after the last that names one of these; None = it may be anywhere."""
        with self._lock:
            if not self._look():
                return None
            naming = (lot.position for lot in reversed(self._lots) if not lot.names.isdisjoint(identifiers))
            return next(naming, None)

    def _is_idle(self, moment: Moment, watermark: int) -> bool:
        """Has nothing come since somebody asked about the same moment?"""
        known = self._moment is moment and self._foresight is not None and not self._foresight.shares
        return known and not self._lots and watermark <= moment.seq <= self._reached

    def _forget(self, seq: int) -> None:
        if not self._accounts_for(self._reached, seq):
            self._foresight = None
        self._reached = max(self._reached, seq)
        if self._moment is not None and self._moment.seq < self._reached:
            self._moment = self._kinds = None  # nobody asks about it any more, and it keeps timelines in memory
        while self._lots and (until := self._lots[0].seq) is not None and until <= seq:
            lot = self._lots.popleft()
            if lot.judged is not self._foresight:
                self._foresight = None
            self._note(Station.STATE, lot)
            self._untold.append(lot)
        while self._rows and self._rows[0][1] <= seq:
            self._rows.popleft()

    def _note(self, station: Station, lot: Lot) -> None:
        self._delays.note(station, monotonic() - lot.at, lot.lines)

    def _accounts_for(self, seq: int, watermark: int) -> bool:
        """Are all rows after ``seq`` of lots?"""
        for first, last in self._rows:
            if first <= seq + 1:
                seq = max(seq, last)
        return seq >= watermark

    def _look(self, foresight: Foresight | None = None) -> bool:
        """At what nobody looked at before, for some milliseconds. Is it known of all whom they name, and were all taken
        in?"""
        room = LINES_AT_ONCE
        for lot in self._lots:
            if not lot.looked_at:
                if room <= 0:
                    return False
                room -= lot.lines
                lot.look_at()
            if lot.named is None:
                return False
            if foresight is not None and lot.judged is not foresight:
                if room <= 0:
                    return False
                room -= lot.lines
                judge(lot, foresight)
        return True

    def _look_ahead(self, lot: Lot) -> None:
        """Whom it names, and what it may change, before anybody hears of it and without keeping others waiting."""
        lot.look_at()
        foresight = self._foresight
        if foresight is not None and foresight.size > MOST_MET:
            foresight = self._foresee_anew()
        if foresight is not None:
            judge(lot, foresight)

    def _foresee_anew(self) -> Foresight | None:
        """From the last moment on, unless more has come into the graph since."""
        with self._lock:
            moment, reached = self._moment, self._reached
            lots = [lot for lot in self._lots if lot.looked_at]
        if moment is None or moment.seq < reached:
            return self._foresight
        foresight = foresee(moment)
        for lot in lots:
            judge(lot, foresight)
        with self._lock:
            if self._reached == reached:
                self._foresight = foresight
            return self._foresight

    def _foresee(self, moment: Moment) -> Foresight:
        if self._foresight is None or (self._foresight.shares and self._moment is not moment):
            self._foresight = foresee(moment)
        self._moment = moment
        return self._foresight

    def _keeps_kinds(self, moment: Moment) -> bool:
        """Does every property that tags read stay a number, or none, whatever the values that come?"""
        lines, size = sum(lot.lines for lot in self._lots), sum(lot.size for lot in self._lots)
        if self._kinds is None or self._kinds[0] is not moment or self._kinds[1] != size:
            self._kinds = moment, size, self._are_kept(moment, lines, size)
        return self._kinds[2]

    def _are_kept(self, moment: Moment, lines: int, size: int) -> bool:
        tight = {
            name_of(path)
            for path, room in moment.room.items()
            if room < (size if "[]" in path else lines) and path != "time" and not path.startswith("item.")
        }
        if not tight:
            return True
        if not tight.isdisjoint(GIVEN):
            return False
        written = [b'"%s"' % name.encode() for name in tight]
        for lot in self._lots:
            if lot.named is not None and not tight.isdisjoint(lot.named.keys):
                return False
            if any(name in line for delivery in lot.deliveries for line in delivery.lines for name in written):
                return False
        return True


def foresee(moment: Moment) -> Foresight:
    """From this moment on, without keeping its timelines: it may be asked for hours."""
    return Foresight(moment.snapshot, partial(moment.view.residence.fragments_of, placement=moment.view.placement))


def judge(lot: Lot, foresight: Foresight) -> None:
    """Nothing is foreseen of what may be anybody's: everybody waits until it is in the graph."""
    if lot.named is not None:
        foresight.take(lot.named)
        lot.judged = foresight


def name_of(path: str) -> str:
    """The member a property is the value of.

    >>> [name_of(path) for path in ("amount", "page.path", "products[].sku", "products[]")]
    ['amount', 'path', 'sku', 'products']
    """
    return path.removesuffix("[]").rpartition(".")[2]
