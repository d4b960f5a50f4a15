"""One client under one fault, and what became of every event it sent."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from tests.clients.clients import Client
from tests.clients.faults import Fault
from tests.clients.proxy import Proxy, Seen
from tests.clients.server import Server
from tests.clients.wire import Event, read_events

import limner
from limner.errors import NotFound

ORDERED_AT = 1_793_520_000_000_000
"""2026-11-01T08:00:00Z in µs, when the story's order says it was made."""
VIEWS, ORDERS = ("浏览商品", "ViewProduct"), ("下单", "PayOrder")
"""What the story calls them: 神策's clients refuse names that are no ASCII words."""
ITEM: Event = ("item", None)
SPLIT = "limner.split"
"""The row of the log that an unbinding makes besides its own."""
SLACK = 10_000_000
"""µs by which times may lie outside the run: correction of clocks, rounding."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the log."""

    name: str
    source: str
    number: int | None
    time: int
    """µs UTC."""
    properties: dict[str, Any]
    traits: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    client: Client
    fault: Fault
    sent: Counter[Event]
    stored: Counter[Event]
    acknowledged: set[Event]
    """What the client was told is safe."""
    heard: int
    """Errors the client told its program of."""
    seen: list[Seen]
    rows: list[Stored]
    customers: int
    parted: list[str]
    """Identifiers that should be the one customer's and are not, or the reverse."""
    rejects: list[dict[str, Any]]
    decisions: int
    """Splits that were made."""
    began: int
    ended: int
    said: str

    @property
    def duplicated(self) -> int:
        return (self.stored - self.sent).total()

    @property
    def lost(self) -> int:
        return (self.sent - self.stored).total()

    def complaints(self) -> list[str]:
        """What is not as it must be; of a client that drops events, only what is the server's part."""
        found = []
        if self.duplicated:
            found.append(f"stored twice: {self.stored - self.sent}")
        if self.client.keeps(self.fault) and self.lost:
            found.append(f"lost: {self.sent - self.stored}; the client heard {self.heard} errors")
        carried = Counter(event for seen in self.seen for event in read_events(seen.head, seen.body))
        if not self.fault.acts and carried != self.sent:
            found.append(f"sent again though it was answered 200, or not at all: {carried - self.sent or self.sent}")
        if missing := self.acknowledged - set(self.stored):
            found.append(f"acknowledged and not stored: {missing}")
        if not self.lost and self.customers != 1:
            found.append(f"{self.customers} customers instead of one")
        if not self.lost and self.parted:
            found.append(f"not joined, or not parted: {self.parted}")
        if (unbound := self.stored["$UnbindID", None]) and self.decisions != unbound:
            found.append(f"{self.decisions} splits")
        found += [f"rejected: {reject}" for reject in self.rejects]
        if "Traceback" in self.said:
            found.append(self.said)
        return found + [complaint for row in self.rows if (complaint := self._judge(row))]

    def _judge(self, row: Stored) -> str | None:
        if row.name in VIEWS and row.properties.get("goods") != "轮胎 225/45R17":
            return f"properties: {row}"
        if row.name == "identify" and row.traits.get("city") != "杭州":
            return f"traits: {row}"
        if row.name in ORDERS and (row.properties.get("amount") != 399.5 or row.time != ORDERED_AT):
            return f"an order of 399.5 on 2026-11-01: {row}"
        if row.name not in ORDERS and not self.began - SLACK <= row.time <= self.ended + SLACK:
            return f"time: {row}"
        return None


def try_client(client: Client, fault: Fault, folder: Path) -> Outcome:
    """``folder``: where the workspace is made."""
    [outcome] = try_clients([(client, fault)], folder)
    return outcome


def try_clients(trials: Sequence[tuple[Client, Fault]], folder: Path) -> list[Outcome]:
    """One after the other with the same server, each with a key and source of its own. Their people are the same."""
    server = Server(folder)
    names = [f"client {number}" for number in range(len(trials))]
    with limner.open(folder) as workspace:
        keys = [str(workspace.keys_create(name).secret) for name in names]
    runs = []
    with server:
        for (client, fault), key in zip(trials, keys, strict=True):
            began = time.time_ns() // 1000
            with Proxy(server, fault) as proxy:
                told = client.run(proxy, key)
            runs.append((client, fault, told, proxy.seen, began, time.time_ns() // 1000))
        server.stop()
    log, items = read_log(folder), count_items(folder)
    outcomes = []
    for name, (client, fault, told, seen, began, ended) in zip(names, runs, strict=True):
        sent = Counter((event, number) for event, number in told["events"])
        rows = [row for row in log if row.source == name]
        customers, parted, rejects = look_up(folder, client)
        stored = Counter((row.name, row.number) for row in rows) + (items if ITEM in sent else Counter())
        outcomes.append(
            Outcome(
                client,
                fault,
                sent,
                stored,
                read_acknowledged(seen),
                len(told["heard"]),
                seen,
                rows,
                customers,
                parted,
                rejects,
                sum(row.name == SPLIT for row in log),
                began,
                ended,
                server.said,
            )
        )
    return outcomes


def read_acknowledged(seen: Sequence[Seen]) -> set[Event]:
    """The events of all requests whose client was answered 200."""
    return {event for request in seen if request.status == 200 for event in read_events(request.head, request.body)}


def look_up(folder: Path, client: Client) -> tuple[int, list[str], list[dict[str, Any]]]:
    """Customers, the identifiers that are wrongly or wrongly not the one customer's, and rejects."""
    with limner.open(folder) as workspace:
        found: dict[str, str | None] = {}
        for key in (*client.joined, *client.apart):
            try:
                found[key] = workspace.identity_show(key).customer_id
            except NotFound:
                found[key] = None
        one = found[client.joined[0]] or "nobody"
        wrong = [key for key, customer in found.items() if (customer != one) != (key in client.apart)]
        return len(workspace.moment().view.customers), wrong, workspace.rejects_list()


def read_log(folder: Path) -> list[Stored]:
    """All rows, in their order, with what a server that stopped had still in its journal."""
    limner.open(folder).close()
    query = """SELECT name.name, source.name, properties, traits, time FROM event
        JOIN name ON event.name = name.code JOIN source ON event.source = source.code ORDER BY seq"""
    with duckdb.connect(str(folder / "log.duckdb"), read_only=True) as log:
        rows = log.execute(query).fetchall()
    found = []
    for name, source, properties, traits, at in rows:
        document = json.loads(properties or "{}")
        found.append(Stored(name, source, document.get("n"), at, document, json.loads(traits or "{}")))
    return found


def count_items(folder: Path) -> Counter[Event]:
    """Versions of items."""
    with duckdb.connect(str(folder / "log.duckdb"), read_only=True) as log:
        [(versions,)] = log.execute("SELECT count(*) FROM item").fetchall()
    return Counter({ITEM: versions})
