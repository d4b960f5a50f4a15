"""Real input: who of a gift shop's customers buys again within 90 days, told on later time than was learned from.

The data is not ours to copy: LIMNER_DATA names the folder it is in, else the tests are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.data_sets import find_data

import limner
from limner.learn.metrics import auc
from limner.workspace import Workspace

FILE = "online_retail/online_retail_to_2011_08.parquet"
EXAMPLES = Path(__file__).parents[2] / "examples"
END = "2011-09-01T00:00:00+01:00"
TEST = "2011-06-02"
TRUTH = """
    select "CustomerID"::bigint::text, bool_or("InvoiceDate" >= '2011-06-03') from '{data}'
    where "CustomerID" is not null and not starts_with("InvoiceNo", 'C')
    group by 1 having min("InvoiceDate") < '2011-06-03'
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    data = find_data(FILE)
    folder = tmp_path_factory.mktemp("retail") / "shop"
    limner.init(folder, timezone="Europe/London")
    (folder / "models").mkdir()
    for part in ("tags", "models"):
        shutil.copy(EXAMPLES / part / "online_retail.yaml", folder / part)
    with limner.open(folder) as workspace:
        assert workspace.import_files(data, EXAMPLES / "mappings" / "online_retail.yaml").rejected == 0
        workspace.tags_apply()
        yield workspace


@pytest.fixture(scope="module")
def card(shop: Workspace) -> dict[str, Any]:
    return shop.models_fit("repurchase", as_of=END)


@pytest.mark.slow
def test_what_is_learned_was_over_before_the_test_begins(card: dict[str, Any]) -> None:
    assert card["dates"]["test"][:10] == TEST
    assert [one[:10] for one in card["dates"]["train"]] == ["2011-02-02", "2011-03-04"], "90 days later is 2 June"
    assert card["about"]["leaks"] == []


@pytest.mark.slow
def test_who_buys_again_is_told_better_than_by_how_lately_or_how_often(shop: Workspace, card: dict[str, Any]) -> None:
    assert card["passed"], card["missing"]
    rows = shop.table(as_of=TEST + "T23:59:59.999999+01:00").to_pylist()
    truth = dict(duckdb.sql(TRUTH.format(data=find_data(FILE))).fetchall())
    known = [row for row in rows if row["customer_no"] in truth]
    again = np.array([truth[row["customer_no"]] for row in known], float)
    assert card["sizes"]["customers"] == len(truth) == len(known)
    assert card["metrics"]["base_rate"] == pytest.approx(again.mean())
    recency = auc(again, -np.array([row["since_purchase"] for row in known], float))
    often = auc(again, np.array([row["buying_days"] for row in known], float))
    assert card["metrics"]["auc"] > max(recency, often) + 0.015
