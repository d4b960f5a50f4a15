"""Recommendations beside implicit's own loop: 200,000 customers, 20,000 items, 5 million interactions.

Both are given the same arrays. Ours builds the histories, fits item to item, and finds ten items for everybody without
what they have; the peer is what one writes with implicit by hand. The limit is one pass of its kernel alone.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from implicit.nearest_neighbours import CosineRecommender
from scipy.sparse import csr_matrix

from limner.learn.recommend import Factors, Interactions, ItemToItem


def draw(customers: int, items: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Customers with tastes: each prefers some of 200 groups of items; a few items are popular."""
    chance = np.random.default_rng(11)
    who = chance.integers(0, customers, rows)
    group = (who * 7 + (chance.random(rows) < 0.3) * chance.integers(0, 200, rows)) % 200
    size = items // 200
    place = np.minimum((chance.pareto(1.1, rows) * size / 20).astype(np.int64), size - 1)
    return who, group * size + place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--als", action="store_true", help="factors too")
    asked = parser.parse_args()
    who, item = draw(asked.customers, asked.items, asked.rows)
    names = [f"i{n}" for n in range(asked.items)]

    started = time.perf_counter()
    seen = Interactions.of_codes(who, item, names, times=np.zeros(len(who)), now=0, half_life=30)
    built = time.perf_counter()
    model = ItemToItem().fit(seen.matrix)
    fit = time.perf_counter()
    ranked = model.top(seen.matrix, 10, seen.matrix)
    done = time.perf_counter()
    ours = done - started
    print(f"{seen.matrix.shape[0]:,} customers, {seen.matrix.shape[1]:,} items, {seen.matrix.nnz:,} pairs")
    print(f"ours: histories {built - started:.1f} s, fit {fit - built:.1f} s, all {done - fit:.1f} s = {ours:.1f} s")
    if asked.als:
        begun = time.perf_counter()
        factors = Factors().fit(seen.matrix)
        middle = time.perf_counter()
        factors.top(seen.matrix, 10, seen.matrix)
        print(f"als: fit {middle - begun:.1f} s, all {time.perf_counter() - middle:.1f} s")

    begun = time.perf_counter()
    matrix = csr_matrix((np.ones(len(who), np.float32), (who, item)), shape=(asked.customers, asked.items))
    peer = CosineRecommender(K=51)
    peer.fit(csr_matrix(np.log1p(matrix)), show_progress=False)
    theirs, _ = peer.recommend(np.arange(asked.customers), matrix, N=10)
    spent = time.perf_counter() - begun
    same = np.mean([len(set(a) & set(b)) for a, b in zip(ranked.items[:2000].tolist(), theirs[:2000].tolist())]) / 10
    print(f"implicit by hand: {spent:.1f} s; ours takes {ours / spent:.2f} of it; {same:.0%} of the items are the same")


if __name__ == "__main__":
    main()
