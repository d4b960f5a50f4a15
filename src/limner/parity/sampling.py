"""Whom to look at: some by lot, those touched last, and those with the longest timelines."""

from __future__ import annotations

import numpy as np

from limner.parity.afresh import Ledger, Numbers

LATEST = 50
LARGEST = 10


def choose_customers(ledger: Ledger, instant: int, size: int) -> Numbers:
    """Ascending. The same log gives the same choice, a longer one another."""
    there = ledger.present(instant)
    by_lot = np.random.default_rng(ledger.tally.seq).choice(there, min(size, len(there)), replace=False)
    latest = there[np.argsort(ledger.latest(there), kind="stable")[-LATEST:]]
    largest = there[np.argsort(ledger.sizes(there), kind="stable")[-LARGEST:]]
    return np.unique(np.concatenate([by_lot, latest, largest]))
