"""What a workspace does all day, done once in one that nobody keeps: so that it is compiled, and loaded, before
somebody waits for it.

Kernels are compiled when they are first called, for the types they are called with, some of them by the thread that
acknowledges. Which these are nobody has to list: here they are met as they are in earnest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from limner.app import init_workspace, open_workspace
from limner.model.clock import iso_time, now
from limner.ports.journal import Delivery, Kind
from limner.workspace import Workspace

SOURCE = "rehearsal"
MEMORY = "256MB"
READ = "user_id:u1"
LONG = 300.0
"""Seconds that compiling may take: readers in earnest wait for less."""
MANY = 20
"""Messages of a lot that is not read one by one."""
ROUNDS = 3
"""Who is met again is found in another way."""
TAGS = """
tags:
  rehearsed_spend: {layer: fact, fold: {sum: amount, of: order_paid, within: 7d}}
  rehearsed_item: {layer: fact, fold: {top: items.title, of: order_paid}}
"""
DRAFT = {"layer": "fact", "fold": {"sum": "amount", "of": "order_paid", "within": "7d"}}
RULE = {"all": [{"did": "order_paid", "is": {"gte": 1}, "within": "7d"}, {"not": {"rehearsed_spend": {"gte": 100}}}]}
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4"


def rehearse() -> None:
    """Take in events of some people, as they come to a server, and read portraits of theirs after each time; after the
    first what the pages of the console ask for: those who wait for the server wait for them."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "workspace"
        init_workspace(place)
        (place / "tags" / "rehearsal.yaml").write_text(TAGS, encoding="utf-8")
        with open_workspace(place, memory=MEMORY, threads=1) as workspace:
            workspace.tags_apply()
            workspace.follow()
            workspace.intake.start()
            workspace.stand()
            for turn, delivery in enumerate(write_deliveries(now())):
                workspace.intake.offer(delivery).result()
                workspace.intake.settle(LONG)
                workspace.profile(READ)
                workspace.profile_at_once(READ)
                if not turn:
                    browse(workspace)


def browse(workspace: Workspace) -> None:
    """What the pages of the console ask for first."""
    workspace.overview()
    workspace.timeline(READ)
    workspace.identity_draw(READ)
    workspace.audience_count(RULE)
    workspace.audience_insight(RULE, tags=["rehearsed_spend", "rehearsed_item"])
    workspace.tags_preview(DRAFT)


def write_deliveries(at: int) -> Iterator[Delivery]:
    """In turns lots for kernels and single messages; then some of them again, and escaped as many clients write."""
    for number in range(ROUNDS):
        many = [write_message(at, number, person) for person in range(MANY)]
        many[0]["properties"]["items"] = None  # what is not as it mostly is has a way of its own
        lines = tuple(map(msgspec.json.encode, many))
        yield Delivery(Kind.MESSAGES, SOURCE, at, lines)
        yield Delivery(Kind.MESSAGES, SOURCE, at, (msgspec.json.encode(write_message(at, number, MANY)),))
    yield Delivery(Kind.MESSAGES, SOURCE, at, lines[:2])
    escaped = tuple(line.replace("é".encode(), b"\\u00e9").replace(b'"2-', b'"3-') for line in lines)
    yield Delivery(Kind.MESSAGES, SOURCE, at, escaped, sent_at=at, ip="192.0.2.1", user_agent=SAFARI)


def write_message(at: int, number: int, person: int) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Order Paid",
        "userId": f"u{person}",
        "anonymousId": f"a{person // 5}",
        "messageId": f"{number}-{person}",
        "timestamp": iso_time(at, "UTC"),
        "context": {"page": {"url": "https://example.org/?utm_source=é"}, "userAgent": SAFARI},
        "properties": {"amount": 3.5, "items": [{"id": "i1", "title": "é"}]},
    }


if __name__ == "__main__":  # after an installation, so that its first server need not
    rehearse()
    os._exit(0)  # at once: what libraries still hold they would complain of
