"""The check: a sample of customers, tag by tag, as the live state has them and as the log has them.

Events keep coming in between one reading and the other. So a difference counts when it is still there at a second look
and nothing came in for that customer since before the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

import numpy as np

from limner.audiences.crowd import Crowd
from limner.errors import NotFound
from limner.fold.population import Population
from limner.fold.portrait import read_value
from limner.identity.rules import Rules
from limner.model.clock import now
from limner.model.column import Folded
from limner.model.portrait import Portrait, TagValue
from limner.parity.afresh import Ledger, Numbers, Words, fold_afresh, read_ledger
from limner.parity.sampling import choose_customers
from limner.ports.audit import Audit
from limner.ports.log import Progress

SAMPLE = 200
LOOKS = 4
PAUSE = 1.0
"""Seconds between two looks: what follows the log within a second has caught up."""
MOST_STRANGERS = 100
"""Customers that only one side has are added to the sample, up to so many."""
SHOWN = 20
THERE = "customer_id"
"""Stands where a tag does when the question is whether there is such a customer."""

Values = Mapping[str, TagValue]


class Live(Protocol):
    """Whoever answers from the live state."""

    def crowd(self, as_of: str | None = None) -> Crowd: ...

    def profile(self, key: str, as_of: str | None = None) -> Portrait: ...

    def held(self) -> Sequence[int]:
        """Customers that are not followed event by event."""
        ...


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the log is folded with."""

    audit: Audit
    rules: Rules
    words: Callable[[], Words]
    """As they now are."""
    population: Callable[[int], Population | None]
    """The summary kept for the day of an instant."""


@dataclass(frozen=True, slots=True)
class Difference:
    customer: int
    tag: str
    where: str
    """``columns``: among everybody's; ``portrait``: in the customer's own."""
    live: TagValue
    log: TagValue

    def as_dict(self) -> dict[str, Any]:
        """``customer_id, tag, where, live, log``."""
        return {
            "customer_id": f"c{self.customer}",
            "tag": self.tag,
            "where": self.where,
            "live": self.live,
            "log": self.log,
        }


@dataclass(frozen=True, slots=True)
class Parity:
    as_of: str
    customers: int
    tags: int
    compared: int
    """Values."""
    differing: int
    unsettled: int
    """Customers for whom so much came in that no two looks agreed on what there was to compare."""
    differences: tuple[Difference, ...]
    """The first `SHOWN`."""
    seconds: float
    checked_at: int = field(default_factory=now)
    """µs UTC."""

    def as_dict(self) -> dict[str, Any]:
        """``as_of, customers, tags, compared, differing, unsettled, differences, seconds``."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "checked_at"}
        return plain | {"differences": [difference.as_dict() for difference in self.differences]}


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of both sides."""

    as_of: str
    seq: int
    """Of the log it was compared with."""
    customers: int
    compared: int
    found: Sequence[Difference]

    @property
    def suspects(self) -> Numbers:
        return np.array(sorted({difference.customer for difference in self.found}), np.int32)


def check_parity(live: Live, grounds: Grounds, sample: int, as_of: str | None, progress: Progress) -> Parity:
    """Compare at ``as_of``; None = the instant the columns have."""
    began = time.perf_counter()

    def choose(ledger: Ledger, folded: Folded) -> Numbers:
        chosen = choose_customers(ledger, folded.as_of, sample)
        strangers = np.setxor1d(ledger.present(folded.as_of), folded.customers)[:MOST_STRANGERS]
        return np.union1d(chosen, strangers)

    first = look_at(live, grounds, as_of, choose, progress)
    certain, unsettled = look_again(live, grounds, as_of, first, progress)
    return Parity(
        as_of=first.as_of,
        customers=first.customers,
        tags=len(grounds.words().tags),
        compared=first.compared,
        differing=len({(difference.customer, difference.tag) for difference in certain}),
        unsettled=unsettled,
        differences=tuple(certain[:SHOWN]),
        seconds=round(time.perf_counter() - began, 3),
    )


def look_again(
    live: Live, grounds: Grounds, as_of: str | None, look: Look, progress: Progress
) -> tuple[list[Difference], int]:
    """What of the differences is certain, and for how many customers that could not be told."""
    certain: list[Difference] = []
    suspects = look.suspects
    for _ in range(LOOKS):
        if not len(suspects):
            break
        time.sleep(PAUSE)
        earlier, look = look, look_at(live, grounds, as_of, lambda *_, among=suspects: among, progress)
        touched = read_ledger(grounds.audit, grounds.rules).touched(earlier.seq)
        certain += [difference for difference in look.found if difference.customer not in touched]
        suspects = np.intersect1d(look.suspects, touched)
    return certain, len(suspects)


def look_at(
    live: Live, grounds: Grounds, as_of: str | None, choose: Callable[[Ledger, Folded], Numbers], progress: Progress
) -> Look:
    """The log is read after the columns and for their instant: what happens later is no concern of either."""
    columns = live.crowd(as_of)
    folded, zone = columns.folded, columns.zone
    ledger = read_ledger(grounds.audit, grounds.rules)
    customers = np.setdiff1d(choose(ledger, folded), np.array(live.held(), np.int32))
    words = grounds.words()
    tags = [tag.name for tag in words.tags]
    parts = fold_afresh(grounds.audit, ledger, words, customers, folded.as_of, grounds.population(folded.as_of))
    log = {customer: values for part in parts for customer, values in read_folded(part, zone)}
    known = folded.take(np.flatnonzero(np.isin(folded.customers, customers)))
    sides: dict[str, dict[int, Values]] = {"columns": dict(read_folded(known, zone)), "portrait": {}}
    for done, customer in enumerate(customers.tolist(), 1):
        sides["portrait"] |= read_portrait(live, customer, columns.as_of)
        progress("compare", done, len(customers))
    found = [
        difference
        for customer in customers.tolist()
        for where, side in sides.items()
        for difference in compare(customer, where, tags, side.get(customer), log.get(customer))
    ]
    return Look(columns.as_of, ledger.tally.seq, len(customers), len(customers) * len(tags), found)


def read_folded(folded: Folded, zone: str) -> Iterator[tuple[int, Values]]:
    for row, customer in enumerate(folded.customers.tolist()):
        yield (
            customer,
            {tag: read_value(column, row, folded.as_of, zone) for tag, column in folded.columns.items()},
        )


def read_portrait(live: Live, customer: int, as_of: str) -> dict[int, Values]:
    """Nothing when there is no such customer, or it has become part of another one."""
    key = f"c{customer}"
    try:
        portrait = live.profile(key, as_of)
    except NotFound:
        return {}
    values = {tag: reading.value for tag, reading in portrait.tags.items()}
    return {customer: values} if portrait.customer_id == key else {}


def compare(
    customer: int, where: str, tags: Sequence[str], live: Values | None, log: Values | None
) -> Iterator[Difference]:
    if live is None or log is None:
        if live is not log:
            key = f"c{customer}"
            yield Difference(customer, THERE, where, None if live is None else key, None if log is None else key)
        return
    for tag in tags:
        if live.get(tag) != log.get(tag):
            yield Difference(customer, tag, where, live.get(tag), log.get(tag))
