"""RFM and life cycle of many customers, from their numbers to scores, segments and stages. Limner beside pandas.

    python benches/segments.py [--customers 1000000]

pandas cuts fifths with qcut, as tutorials do; where it is not installed, only Limner is measured. Scores are compared.
"""

from __future__ import annotations

import argparse
import time
from importlib.util import find_spec

import numpy as np

from limner.learn.cadence import find_cadence
from limner.learn.lifecycle import find_stages
from limner.learn.rfm import cut_by_quantiles, name_segments, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    customers = parser.parse_args().customers
    chance = np.random.default_rng(3)
    often = 1 + chance.poisson(chance.gamma(0.7, 6, customers)).astype(np.float64)
    since = np.floor(chance.exponential(90, customers))
    spent = np.round(often * chance.gamma(2, 80, customers), 2)
    gap = np.where(often > 1, chance.gamma(2, 20, customers), np.nan)
    joined = since + np.nan_to_num(gap) * (often - 1)
    started = time.perf_counter()
    scores = score(cut_by_quantiles(since, often, spent), since, often, spent)
    name_segments(scores)
    between = time.perf_counter()
    find_stages(find_cadence(often, gap), joined, often, gap, since)
    ended = time.perf_counter()
    ours = ended - started
    print(f"{customers:,} customers: {ours:.2f} s (RFM {between - started:.2f}, life cycle {ended - between:.2f})")
    if find_spec("pandas") is None:
        print("pandas: not installed")
        return
    import pandas as pd

    began = time.perf_counter()
    frame = pd.DataFrame({"since": since, "often": often, "spent": spent})
    fifths = pd.qcut(frame["spent"], 5, labels=False) + 1
    for name in ("since", "often"):
        pd.qcut(frame[name].rank(method="first"), 5, labels=False)
    theirs = time.perf_counter() - began
    differ = int((fifths.to_numpy() != scores.money).sum())
    print(f"pandas, RFM alone: {theirs:.2f} s, {theirs / (between - started):.1f}x; {differ} scores of money differ")


if __name__ == "__main__":
    main()
