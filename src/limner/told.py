"""What receivers have been told, across a restart: the columns of what they hear of as they once stood, and the outbox
since then. Together they say what everybody knows, so that after a crash exactly the rest is told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from limner.fold.changes import describe
from limner.fold.columns import StoredColumns, load_columns, save_columns
from limner.fold.portrait import read_value
from limner.fold.standing import Standing
from limner.model.audience import AUDIENCE
from limner.model.change import Changed
from limner.model.column import Folded
from limner.model.dump import digest_tag
from limner.model.portrait import TagValue
from limner.ports.deliveries import Feed
from limner.ports.outbox import Outbox
from limner.state import State
from limner.timeline.roster import list_missing

OFTEN = 3600 * 1_000_000
"""µs after which the columns are kept anew, so that few entries have to be read again."""
PAGE = 10_000
POSITION = "outbox position"
"""Kept beside the digests of the definitions: up to where the columns have what was told."""


class Told:
    """``folder`` is its own; without it everything counts as told."""

    def __init__(self, folder: Path, outbox: Outbox, feed: Feed, zone: str) -> None:
        self._folder = folder
        self._outbox = outbox
        self._feed = feed
        self._zone = zone
        self._kept_at = 0

    def find_missed(self, state: State, names: Sequence[str]) -> list[Changed]:
        """What is different in these columns from what was told last. Of one whose definition is new: nothing."""
        stored = load_columns(self._folder)
        if stored is None:
            return []
        digests = find_digests(state, names)
        lasting = [name for name in names if stored.versions.get(name) == digests[name]]
        later = self._read_later(int(stored.versions.get(POSITION, 0)))
        now = state.standing.folded
        customers = np.unique(
            np.concatenate([find_moved(stored, now, lasting), np.array(list(later), np.int32)]).astype(np.int32)
        )
        before = self._read_rows(stored.folded, customers, lasting)
        after = self._read_rows(now, customers, lasting)
        found = []
        for customer in customers.tolist():
            heard = {**before.get(customer, {}), **later.get(customer, {})}
            is_now = after.get(customer, {})
            found.append(describe(customer, {n: heard.get(n) for n in lasting}, {n: is_now.get(n) for n in lasting}))
        return [one for one in found if one.tags or one.entered or one.exited]

    def keep(self, state: State, names: Sequence[str], at_once: bool = True) -> None:
        """From here on only what comes later has to be told. Call it when the outbox has everything up to the state."""
        if not at_once and state.standing.as_of < self._kept_at + OFTEN:
            return
        self._kept_at = state.standing.as_of
        if not names:
            self.forget()
            return
        standing = state.standing.folded
        order = np.argsort(standing.customers)
        columns = {name: standing.columns[name].take(order) for name in names}
        folded = replace(standing, customers=standing.customers[order], columns=columns)
        position = str(self._feed.span()[1])
        save_columns(self._folder, folded, state.mark.seq, find_digests(state, names) | {POSITION: position})

    def forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read_later(self, position: int) -> dict[int, dict[str, TagValue]]:
        """The last value told of each customer past a position of the outbox, by column."""
        told: dict[int, dict[str, TagValue]] = {}
        while page := self._outbox.read(position, PAGE):
            for entry in page:
                values = told.setdefault(entry.changed.customer, {})
                values |= {name: after for name, (_, after) in entry.changed.tags.items()}
                values |= {AUDIENCE + name: True for name in entry.changed.entered}
                values |= {AUDIENCE + name: False for name in entry.changed.exited}
            position = page[-1].position
        return told

    def _read_rows(
        self, folded: Folded, customers: npt.NDArray[np.int32], names: Sequence[str]
    ) -> dict[int, Mapping[str, TagValue]]:
        order = np.argsort(folded.customers)
        places = np.searchsorted(folded.customers, customers, sorter=order)
        rows = order[np.minimum(places, len(order) - 1)] if len(order) else places[:0]
        columns = {name: folded.columns[name] for name in names}
        return {
            customer: {name: read_value(column, row, folded.as_of, self._zone) for name, column in columns.items()}
            for customer, row in zip(customers.tolist(), rows.tolist())
            if folded.customers[row] == customer
        }


def find_moved(stored: StoredColumns, now: Folded, names: Sequence[str]) -> npt.NDArray[np.int32]:
    """Customers that may have other values than stored, or are not in both."""
    then = Standing(stored.folded, np.zeros(len(stored.folded.customers), np.int64))
    rows = then.find(now.customers)
    changed = np.zeros(len(rows), np.bool_)
    alike = [name for name in names if is_prefix(stored.folded.columns[name].dictionary, now.columns[name].dictionary)]
    for mask in then.compare(now, rows, alike).values():
        changed |= mask
    if len(alike) < len(names):
        changed[:] = True
    return np.concatenate([now.customers[changed], list_missing(stored.folded.customers, now.customers)])


def is_prefix(words: Sequence[str], more: Sequence[str]) -> bool:
    return tuple(more[: len(words)]) == tuple(words)


def find_digests(state: State, names: Sequence[str]) -> dict[str, str]:
    """Of the definitions of columns, audiences' rules among them."""
    return {tag.name: digest_tag(tag) for tag in state.moment.plan.tags if tag.name in names}
