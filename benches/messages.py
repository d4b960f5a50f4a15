"""Lots of messages as events: those that clients write, read without the engine's query and with it.

    python benches/messages.py [--lots 1 100 500 2000]

A round of the gateway's intake reads a few hundred messages of some 420 bytes; the engine plans its query anew for each
lot. Figures are processor time, the least of five; the events are compared.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
from gateway import make_body

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.batches import cut_batch
from limner.collect.chunk import Chunk
from limner.collect.messages import read_by_engine, read_messages
from limner.model.clock import now
from limner.ports.journal import Delivery, Kind

ZONE = "Asia/Shanghai"
Read = Callable[[Sequence[Delivery], DuckDBRows, str], Chunk]


def measure(read: Read, deliveries: Sequence[Delivery], rows: DuckDBRows) -> float:
    """Milliseconds of processor."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        read(deliveries, rows, ZONE)
        spent.append(time.process_time() - began)
    return 1e3 * min(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lots", type=int, nargs="+", default=[1, 100, 500, 2_000])
    chance, rows = np.random.default_rng(1), DuckDBRows(threads=1)
    for size in parser.parse_args().lots:
        deliveries = [Delivery(Kind.MESSAGES, "shop", now(), cut_batch(make_body(size, chance)).lines)]
        plain, engine = (read(deliveries, rows, ZONE) for read in (read_messages, read_by_engine))
        assert plain.events.equals(engine.events), "they differ"
        mine, its = (measure(read, deliveries, rows) for read in (read_messages, read_by_engine))
        print(f"{size:6,} messages: plain {mine:6.2f} ms, by the engine {its:6.2f} ms   {its / mine:6.1f}x", flush=True)


if __name__ == "__main__":
    main()
