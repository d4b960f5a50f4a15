"""What was acknowledged and is not in the live state yet, so that only who may be changed by it has to be waited for.

It is added before it is acknowledged, and kept until the state has all its rows: first it lies in the journal, then in
the log. Rows of the log that came otherwise (imports, decisions, values entered by hand) may concern anybody.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from limner.collect.enrich import PROPERTIES, TRAITS
from limner.identity.foresight import is_seen, may_exceed
from limner.identity.naming import Identifier, Named, read_named
from limner.pipeline import Moment
from limner.ports.journal import Delivery
from limner.watch.delays import Delays, Station

MOST_KEPT = 32 << 20
"""Bytes; when more is pending, anybody may be concerned."""
LINES_AT_ONCE = 5_000
"""Lines looked at while others wait, some 3 µs each; a delivery that has more may be anybody's."""
LATELY = 1.0
"""Seconds after a question in which the next one is expected."""
MOST_SETS = 200_000
"""Sets of identifiers known to have been seen."""
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
    named: list[Named | None] = field(default_factory=list)
    """Of the deliveries looked at so far; None = anybody."""
    judged: int = 0
    """How many of these were."""
    seq: int | None = None
    """The log has all its rows, up to this one at most; None = not yet."""
    at: float = field(default_factory=monotonic)
    """When that was."""


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
        self._named: Counter[Identifier] = Counter()
        """In how many deliveries that were looked at."""
        self._seen: dict[frozenset[Identifier], None] = {}
        self._moment: Moment | None = None
        """At which it is judged whether others may be changed than those who are named."""
        self._asked_at = -LATELY
        """When somebody last wanted to know who may be another, by `monotonic`."""
        self._met: dict[Identifier, set[Identifier]] = {}
        """Whom each was not seen with before."""
        self._shares = False
        """May who is shared be another?"""
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
        with self._lock:
            self._lots.append(Lot(position, deliveries, lines, size))
            if sum(lot.size for lot in self._lots) > MOST_KEPT:
                self._lots.clear()
                self._named.clear()
                self._lots.append(Lot(position, (), 0, 0, [None]))

    def look_ahead(self) -> None:
        """Look whom the last ones name before anybody asks, if somebody did lately: whoever asks keeps others waiting
        for it, and would find too many after a while."""
        if monotonic() < self._asked_at + LATELY:
            with self._lock:
                self._look()

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
            self._seen.clear()
            self._moment = self._kinds = None

    def name(self, moment: Moment, watermark: int) -> Collection[Identifier] | None:
        """Who may be another than a state of this moment says, as long as that stands; None = anybody. ``watermark``:
        of the log."""
        self._asked_at = monotonic()
        with self._lock:
            self._forget(moment.seq)
            if not self._accounts_for(moment.seq, watermark) or not self._look():
                return None
            return self._named if self._changes_no_others(moment) else None

    def find_last(self, identifiers: Collection[Identifier]) -> int | None:
        """The position of the journal after the last that names one of these; None = it may be anywhere."""
        with self._lock:
            if not self._look():
                return None
            naming = (
                lot.position
                for lot in reversed(self._lots)
                if any(not one.isdisjoint(identifiers) for named in lot.named if named for one in named.sets)
            )
            return next(naming, None)

    def _forget(self, seq: int) -> None:
        while self._lots and (until := self._lots[0].seq) is not None and until <= seq:
            lot = self._lots.popleft()
            for named in lot.named:
                self._count(named, -1)
            self._note(Station.STATE, lot)
            self._untold.append(lot)
        while self._rows and self._rows[0][1] <= seq:
            self._rows.popleft()

    def _note(self, station: Station, lot: Lot) -> None:
        self._delays.note(station, monotonic() - lot.at, lot.lines)

    def _count(self, named: Named | None, more: int) -> None:
        for identifier in set() if named is None else {one for together in named.sets for one in together}:
            self._named[identifier] += more
            if not self._named[identifier]:
                del self._named[identifier]

    def _accounts_for(self, seq: int, watermark: int) -> bool:
        """Are all rows after ``seq`` of lots?"""
        for first, last in self._rows:
            if first <= seq + 1:
                seq = max(seq, last)
        return seq >= watermark

    def _look(self) -> bool:
        """At what came last. Is it known of all whom they name?"""
        room = LINES_AT_ONCE
        for lot in self._lots:
            for delivery in lot.deliveries[len(lot.named) :]:
                room -= len(delivery.lines)
                if room < 0 and len(delivery.lines) <= LINES_AT_ONCE:
                    return False
                lot.named.append(read_named(delivery) if len(delivery.lines) <= LINES_AT_ONCE else None)
                self._count(lot.named[-1], 1)
            if None in lot.named:
                return False
        return True

    def _changes_no_others(self, moment: Moment) -> bool:
        if self._moment is not moment:
            self._moment, self._met, self._shares = moment, {}, False
            for lot in self._lots:
                lot.judged = 0
        for lot in self._lots:
            for named in lot.named[lot.judged :]:
                self._shares = self._shares or (named is not None and self._may_share(moment, named))
            lot.judged = len(lot.named)
        size = sum(lot.size for lot in self._lots)
        if self._kinds is None or self._kinds[0] is not moment or self._kinds[1] != size:
            self._kinds = moment, size, self._keeps_kinds(moment)
        return self._kinds[2] and not self._shares

    def _keeps_kinds(self, moment: Moment) -> bool:
        """Does every property that tags read stay a number, or none, whatever the values that come?"""
        lines, size = sum(lot.lines for lot in self._lots), sum(lot.size for lot in self._lots)
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
            if any(named is not None and not tight.isdisjoint(named.keys) for named in lot.named):
                return False
            if any(name in line for delivery in lot.deliveries for line in delivery.lines for name in written):
                return False
        return True

    def _may_share(self, moment: Moment, named: Named) -> bool:
        snapshot, view = moment.snapshot, moment.view

        def residents(customer: int) -> Sequence[int]:
            return view.residence.fragments_of_one(customer, view.placement)

        fresh = [one for one in named.sets if len(one) > 1 and one not in self._seen]
        for together in fresh:
            if is_seen(snapshot, together, residents):
                self._seen[together] = None
                continue
            for one in together:
                others = self._met.setdefault(one, set())
                others |= together - {one}
                if may_exceed(snapshot, one, others, residents):
                    return True
        while len(self._seen) > MOST_SETS:
            del self._seen[next(iter(self._seen))]
        return named.aliases and bool(snapshot.graph.shared.any())


def name_of(path: str) -> str:
    """The member a property is the value of.

    >>> [name_of(path) for path in ("amount", "page.path", "products[].sku", "products[]")]
    ['amount', 'path', 'sku', 'products']
    """
    return path.removesuffix("[]").rpartition(".")[2]
