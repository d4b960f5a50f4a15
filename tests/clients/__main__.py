"""Every client under every fault, as a table: ``python -m tests.clients RESULTS`` prints docs/clients.md.

A trial takes some seconds and there are over a hundred: ``RESULTS`` (JSON lines) keeps those that are done, and a run
goes on where the last one ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from tests.clients.clients import BROWSER, CLIENTS, NODE, Client
from tests.clients.faults import FAULTS, Fault
from tests.clients.npm import Absent, find_chromium
from tests.clients.trial import try_client

HEAD = """# Clients and faults

The real clients, as their registries have them, sent their story to a real `limner serve` through a proxy that made one
thing go wrong; then the log was counted. How to connect each of them: [the guide](guide/en/gateway.md),
[指南](guide/zh/gateway.md).

A cell says **sent · stored · duplicated · lost**, in events, profiles and items. The fault befalls the requests after
the first one, and what comes later passes. Whatever the client, nothing was stored twice, and nothing that was answered
with 200 was missing; with all of it stored, names, times, properties and traits were as they were sent (UTF-8), and all
identifiers of the story were one customer.

Made {day} with `python -m tests.clients` on {runtimes}.
"""
FOOT = """
- **500 × 3**, **429**, **503**: something between client and server answers so, with `Retry-After: 1` where it says so.
- **Cut before the server**: the connection is reset and the server hears nothing. **Cut before the answer**: the server
  has stored it and answered; the client hears nothing, and sends it again.
- **kill -9 while reading**: the server dies once it was sent the request. **kill -9 before the answer**: once it has
  answered, but the client never hears it. It is started again on the same workspace; until then every connection is
  reset.

Losses are the client's: it does not send again what failed.

- SensorsAnalyticsSDK: `DefaultConsumer` and `DebugConsumer` raise an exception in the program and forget the event, and
  all that follow until the server is there again; the sending thread of `AsyncBatchConsumer` dies of its first error,
  and what comes later is never sent. *Patient* is the guide's consumer of some lines; *flushed again* a program that
  calls `flush()` until it succeeds.
- sa-sdk-javascript: `image`, `ajax` and `beacon` send once. The page sends all its events in one instant, so a server
  that dies takes all of them with it. `batch_send` keeps what failed.
"""


def main(results: Path) -> None:
    done = read_results(results)
    for client in CLIENTS:
        for fault in FAULTS:
            if (client.title, fault.title) not in done:
                done[client.title, fault.title] = cell = try_one(client, fault)
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([client.title, fault.title, cell], ensure_ascii=False) + "\n")
    print(write_page(done))


def read_results(path: Path) -> dict[tuple[str, str], str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {(client, fault): cell for client, fault, cell in map(json.loads, lines)}


def try_one(client: Client, fault: Fault) -> str:
    """The table's cell."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            outcome = try_client(client, fault, Path(folder) / "shop")
        except Absent as reason:
            cell = f"not here: {reason}"
        else:
            counts = (outcome.sent.total(), outcome.stored.total(), outcome.duplicated, outcome.lost)
            cell = " · ".join(map(str, counts))
            complaints = outcome.complaints()
            cell += " (!)" if complaints else ""
            for complaint in complaints[:3]:
                print(f"{client.title}, {fault.title}: {complaint[:1000]}", file=sys.stderr, flush=True)
    print(f"{client.title}, {fault.title}: {cell}", file=sys.stderr, flush=True)
    return cell


def write_page(done: dict[tuple[str, str], str]) -> str:
    rows: list[list[Any]] = [["client", *(fault.title for fault in FAULTS)], ["---"] * (len(FAULTS) + 1)]
    rows += [[client.title, *(done[client.title, fault.title] for fault in FAULTS)] for client in CLIENTS]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    head = HEAD.format(day=date.today().isoformat(), runtimes=", ".join(tell_runtimes()))
    return f"{head}\n{table}\n{FOOT}"


def tell_runtimes() -> list[str]:
    found = [f"Python {sys.version.split()[0]}"]
    if NODE:
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
        found.append(f"Node {node.removeprefix('v')}")
    if BROWSER:
        browser = subprocess.run([find_chromium(), "--version"], capture_output=True, text=True, check=False).stdout
        found.append(" ".join(browser.split()[:2]))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
