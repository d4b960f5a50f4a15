"""One client under one fault, and what became of every event it sent."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

import limner
from limner.errors import NotFound
from tests.clients.clients import Client
from tests.clients.faults import Fault
from tests.clients.proxy import Proxy, Seen
from tests.clients.server import Server
from tests.clients.wire import Event, read_events

ORDERED_AT = 1_793_520_000_000_000
"""2026-11-01T08:00:00Z in µs, when the story's order says it was made."""
VIEWS, ORDERS = ("浏览商品", "ViewProduct"), ("下单", "PayOrder")
"""What the story calls them: 神策's clients refuse names that are no ASCII words."""
SLACK = 10_000_000
"""µs by which times may lie outside the run: correction of clocks, rounding."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the log."""

    name: str
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
    """Identifiers that should be the one customer's and are not."""
    rejects: list[dict[str, Any]]
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
        if missing := self.acknowledged - set(self.stored):
            found.append(f"acknowledged and not stored: {missing}")
        if not self.lost and self.customers != 1:
            found.append(f"{self.customers} customers instead of one")
        if not self.lost and self.parted:
            found.append(f"not joined: {self.parted}")
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
    server = Server(folder)
    with server:
        began = time.time_ns() // 1000
        with Proxy(server, fault) as proxy:
            told = client.run(proxy, server.write_key)
        ended = time.time_ns() // 1000
        server.stop()
    sent = Counter((name, number) for name, number in told["events"])
    customers, parted, rejects = look_up(folder, client)
    rows = read_log(folder)
    stored = Counter((row.name, row.number) for row in rows) + count_items(folder)
    acknowledged = {event for seen in proxy.seen if seen.status == 200 for event in read_events(seen.head, seen.body)}
    return Outcome(
        client,
        fault,
        sent,
        stored,
        acknowledged,
        len(told["heard"]),
        proxy.seen,
        rows,
        customers,
        parted,
        rejects,
        began,
        ended,
        server.said,
    )


def look_up(folder: Path, client: Client) -> tuple[int, list[str], list[dict[str, Any]]]:
    """Customers, the client's identifiers that are not of the first one's customer, and rejects."""
    with limner.open(folder) as workspace:
        found: dict[str, str | None] = {}
        for key in client.joined:
            try:
                found[key] = workspace.identity_show(key).customer_id
            except NotFound:
                found[key] = None
        parted = [key for key, customer in found.items() if customer is None or customer != found[client.joined[0]]]
        return len(workspace.moment().view.customers), parted, workspace.rejects_list()


def read_log(folder: Path) -> list[Stored]:
    query = """SELECT name.name, properties, traits, time FROM event JOIN name ON event.name = name.code
        WHERE name.name NOT LIKE 'limner.%' ORDER BY seq"""
    with duckdb.connect(str(folder / "log.duckdb"), read_only=True) as log:
        rows = log.execute(query).fetchall()
    documents = [(name, json.loads(more or "{}"), json.loads(traits or "{}"), at) for name, more, traits, at in rows]
    return [Stored(name, more.get("n"), at, more, traits) for name, more, traits, at in documents]


def count_items(folder: Path) -> Counter[Event]:
    with duckdb.connect(str(folder / "log.duckdb"), read_only=True) as log:
        [(versions,)] = log.execute("SELECT count(*) FROM item").fetchall()
    return Counter({("item", None): versions}) if versions else Counter()
