"""What is published of public data is found again, and what knows the future there is named."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest
from tests.data_sets import find_data

from limner.learn.leaks import find_leaks
from limner.learn.metrics import auc, calibration_error
from limner.learn.table import Table
from limner.learn.trees import grow


def read_telco() -> tuple[Table, npt.NDArray[Any]]:
    with find_data("telco/telco_churn_80.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns: dict[str, list[Any]] = {}
    for name in rows[0].keys() - {"customerID", "Churn"}:
        texts = [row[name].strip() for row in rows]
        try:
            columns[name] = [float(text) if text else None for text in texts]
        except ValueError:
            columns[name] = texts
    ordered = {name: columns[name] for name in sorted(columns)}
    return Table.of(ordered), np.array([row["Churn"] == "true" for row in rows], float)


@pytest.mark.slow
def test_telco_churn_five_folds() -> None:
    table, label = read_telco()
    fold = np.random.default_rng(0).permutation(len(label)) % 5
    chances = np.zeros(len(label))
    found = []
    for number in range(5):
        fit, test = fold != number, fold == number
        chances[test] = grow(table.take(fit), label[fit]).chances(table.take(test))
        found.append(auc(label[test], chances[test]))
    assert np.mean(found) >= 0.845
    assert calibration_error(label, chances) < 0.03
    assert find_leaks(table, label) == []


@pytest.mark.slow
def test_the_length_of_the_call_is_named_as_a_leak() -> None:
    columns = pq.read_table(find_data("bank/bank_additional_80.parquet")).to_pydict()
    label = np.array([str(value) in ("yes", "1", "True") for value in columns.pop("y")], float)
    table = Table.of(columns)
    [leak] = find_leaks(table, label)
    assert leak.feature == "duration"
    assert find_leaks(table.without(["duration"]), label) == []
