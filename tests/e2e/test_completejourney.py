"""Real input: portraits of dunnhumby's households, and the TGI of coupon users against SQL written by hand.

The data is not ours to copy: LIMNER_DATA names the folder it is in, else the tests are skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import limner
from limner.workspace import Workspace

DATA = Path(os.environ.get("LIMNER_DATA", "../shared/data")).absolute() / "completejourney"
EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = "2018-06-01"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}: set LIMNER_DATA")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("journey") / "shop"
    limner.init(folder, timezone="America/New_York")
    shutil.copy(EXAMPLES / "tags" / "completejourney.yaml", folder / "tags")
    with limner.open(folder) as workspace:
        for name, file in (
            ("products", "products"),
            ("transactions", "transactions_sample"),
            ("demographics", "demographics_half"),
            ("campaigns", "campaigns"),
        ):
            mapping = EXAMPLES / "mappings" / f"completejourney_{name}.yaml"
            report = workspace.import_files(DATA / f"{file}.parquet", mapping)
            assert report.rejected == 0
        workspace.tags_apply()
        workspace.fold(as_of=AS_OF)
        yield workspace


SQL = """
with t as (select *, sales_value::decimal(18, 4) amount from '{data}/transactions_sample.parquet'),
weights as (
    select household_id, department, sum(amount) weight, max(transaction_timestamp) last
    from t join '{data}/products.parquet' using (product_id) where department is not null
    group by all having weight > 0), -- what weighs nothing is nobody's favourite
household as (
    select household_id from t union select household_id from '{data}/campaigns.parquet'
    union select household_id from '{data}/demographics_half.parquet')
select h.household_id,
    exists (from t where t.household_id = h.household_id and coupon_disc > 0) as coupon_user,
    (select age from '{data}/demographics_half.parquet' d where d.household_id = h.household_id) as age,
    (select income from '{data}/demographics_half.parquet' d where d.household_id = h.household_id) as income,
    (select count(*) from '{data}/campaigns.parquet' c where c.household_id = h.household_id) as campaigns,
    (select count(distinct basket_id) from t where t.household_id = h.household_id) as baskets,
    (select department from weights w where w.household_id = h.household_id
        order by weight desc, last desc, department limit 1) as favourite_department
from household h
"""


@pytest.fixture(scope="module")
def by_hand() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"create table portrait as {SQL.format(data=DATA)}")
    return connection


def condition_of(tag: str, value: Any) -> str:
    if value is None:
        return f"{tag} is null"
    if isinstance(value, dict):
        words = {"gte": ">=", "gt": ">", "lt": "<"}
        return " and ".join(f"{tag} {words[op]} {edge}" for op, edge in value.items())
    return f"{tag} = {value!r}"


@pytest.mark.parametrize("tag", ["age", "income", "favourite_department", "campaigns", "baskets"])
def test_the_tgi_of_coupon_users_is_that_of_sql(shop: Workspace, by_hand: duckdb.DuckDBPyConnection, tag: str) -> None:
    insight = shop.audience_insight({"coupon_user": True}, tags=[tag], as_of=AS_OF)
    row = by_hand.execute("select count(*) filter (coupon_user), count(*) from portrait").fetchone()
    assert (insight.size, insight.base_size) == row
    assert insight.tags[tag].values
    for share in insight.tags[tag].values:
        within = condition_of(tag, share.value)
        query = f"select count(*) filter (coupon_user), count(*) from portrait where {within}"
        members, of_base = by_hand.execute(query).fetchone() or (0, 0)
        assert share.count == members, (tag, share.value)
        expected = members / insight.size / (of_base / insight.base_size) * 100
        assert share.tgi == pytest.approx(expected, rel=1e-12), (tag, share.value)


def test_what_tells_coupon_users_apart(shop: Workspace) -> None:
    found = shop.audience_differences({"coupon_user": True}, tags=["campaigns", "baskets", "spend", "age"], as_of=AS_OF)
    assert {each.tag for each in found.differences} >= {"campaigns", "baskets", "spend"}
    assert all(each.share > 0.5 for each in found.differences if each.kind == "order")
