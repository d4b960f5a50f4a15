"""Uplift of an e-mail campaign by arm: Hillstrom's test (MineThatData, 2008), half of its 64,000 customers.

    python benches/uplift.py hillstrom_half.csv

Each arm against no e-mail. Every customer's uplift comes from a model fitted without it (five folds); the coefficient
with an interval of 90 % by bootstrap. There is no trustworthy published figure: beside it stands an order by lot.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from limner.learn.uplift import LEARNERS, Trial, predict_apart, qini

ARMS = ("Mens E-Mail", "Womens E-Mail")
NUMBERS = ("recency", "history", "mens", "womens", "newbie")
CODES = ("zip_code", "channel")


def read_features(table: pa.Table) -> np.ndarray:
    numbers = [table.column(name).to_numpy().astype(np.float64) for name in NUMBERS]
    codes = [np.unique(table.column(name).to_numpy(zero_copy_only=False), return_inverse=True)[1] for name in CODES]
    return np.column_stack([*numbers, *codes])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--outcomes", nargs="+", default=["visit", "conversion", "spend"])
    asked = parser.parse_args()
    table = csv.read_csv(asked.file)
    features, arm = read_features(table), table.column("segment").to_numpy(zero_copy_only=False)
    categorical = [len(NUMBERS), len(NUMBERS) + 1]
    print("arm | outcome | effect | learner | Qini | interval of 90 % | of the most that q(1)/2 is | s")
    for outcome in asked.outcomes:
        result = table.column(outcome).to_numpy().astype(np.float64)
        for name in ARMS:
            rows = (arm == name) | (arm == "No E-Mail")
            trial = Trial.of(features[rows], arm[rows] == name, result[rows])
            for learner, kind in LEARNERS.items():
                started = time.perf_counter()
                found = qini(predict_apart(kind, trial, categorical), trial.treated, trial.outcome)
                spent = time.perf_counter() - started
                share = found.coefficient / (found.effect / 2)
                print(
                    f"{name} | {outcome} | {found.effect:.4f} | {learner} | {found.coefficient:.5f} | "
                    f"{found.low:.5f} .. {found.high:.5f} | {share:.1%} | {spent:.1f}"
                )
            lot = qini(np.random.default_rng(0).random(len(trial)), trial.treated, trial.outcome)
            print(f"{name} | {outcome} | | by lot | {lot.coefficient:.5f} | {lot.low:.5f} .. {lot.high:.5f} | |")


if __name__ == "__main__":
    main()
