"""What was acknowledged and is not in the live state yet, so that only who may be changed by it has to be waited for.

It is added before it is acknowledged, and kept until the state has all its rows: first it lies in the journal, then in
the log. Rows of the log that came otherwise (imports, decisions, values entered by hand) may concern anybody.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from limner.collect.enrich import PROPERTIES, TRAITS
from limner.identity.foresight import is_seen, may_share
from limner.identity.naming import Identifier, Named, read_named
from limner.pipeline import Moment
from limner.ports.journal import Delivery
from limner.ports.log import Appended

MOST_KEPT = 32 << 20
"""Bytes; when more is pending, anybody may be concerned."""
LINES_AT_ONCE = 1_000
"""Lines looked at while others wait, some 10 µs each; a delivery that has more may be anybody's."""
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
    seq: int | None = None
    """The log has all its rows, up to this one at most; None = not yet."""


class Pending:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lots: deque[Lot] = deque()
        self._rows: deque[tuple[int, int]] = deque(maxlen=1_000)
        """First and last seq of rows that lots became."""
        self._named: Counter[Identifier] = Counter()
        """In how many deliveries that were looked at."""
        self._seen: dict[frozenset[Identifier], None] = {}
        self._judged: tuple[Moment, Lot, bool] | None = None
        """Whether all up to a lot changes nobody but those it names, at a moment."""

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

    def note_rows(self, appended: Appended) -> None:
        """Lots have become these rows of the log."""
        first, last = appended.first_seq, appended.first_seq + appended.accepted - 1
        with self._lock:
            if self._rows and self._rows[-1][1] == first - 1:
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

    def forget(self, seq: int) -> None:
        """The live state has all rows up to this one."""
        with self._lock:
            self._forget(seq)

    def forget_people(self) -> None:
        """Somebody was erased: what was seen before need not be known any more."""
        with self._lock:
            self._seen.clear()
            self._judged = None

    def name(self, moment: Moment, watermark: int) -> Collection[Identifier] | None:
        """Who may be another than a state of this moment says, as long as that stands; None = anybody. ``watermark``:
        of the log."""
        with self._lock:
            self._forget(moment.seq)
            if not self._accounts_for(moment.seq, watermark) or not self._look():
                return None
            return self._named if self._changes_no_others(moment) else None

    def _forget(self, seq: int) -> None:
        while self._lots and (until := self._lots[0].seq) is not None and until <= seq:
            for named in self._lots.popleft().named:
                self._count(named, -1)
        while self._rows and self._rows[0][1] <= seq:
            self._rows.popleft()

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
        if not self._lots:
            return True
        last = self._lots[-1]
        if self._judged is None or self._judged[0] is not moment or self._judged[1] is not last:
            self._judged = moment, last, self._keeps_kinds(moment) and not self._shares(moment)
        return self._judged[2]

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
        keys = {key for named in self._all_named() for key in named.keys}
        return tight.isdisjoint(keys) and tight.isdisjoint(GIVEN)

    def _shares(self, moment: Moment) -> bool:
        def residents(customer: int) -> Sequence[int]:
            return moment.view.residence.fragments_of_one(customer, moment.view.placement)

        fresh = set()
        for together in {together for named in self._all_named() for together in named.sets if len(together) > 1}:
            if together not in self._seen:
                if is_seen(moment.snapshot, together, residents):
                    self._seen[together] = None
                else:
                    fresh.add(together)
        while len(self._seen) > MOST_SETS:
            del self._seen[next(iter(self._seen))]
        return may_share(moment.snapshot, fresh, residents)

    def _all_named(self) -> Iterator[Named]:
        return (named for lot in self._lots for named in lot.named if named is not None)


def name_of(path: str) -> str:
    """The member a property is the value of.

    >>> [name_of(path) for path in ("amount", "page.path", "products[].sku", "products[]")]
    ['amount', 'path', 'sku', 'products']
    """
    return path.removesuffix("[]").rpartition(".")[2]
