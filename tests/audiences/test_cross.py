"""Tables of two tags and of several audiences, against SQL and against sets."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from pyroaring import BitMap
from tests.audiences.test_insight import AS_OF, NOBODY, ZONE, crowd, sql_of

from limner.audiences.cross import cross_tags, overlap
from limner.audiences.trend import list_instants, measure_point
from limner.errors import DataError, DefinitionError
from limner.fold.export import export_table

DAY = 86_400_000_000


@pytest.mark.parametrize("tags", [["city", "vip"], ["spend", "city"], ["idle", "orders"], ["ratio", "seen"]])
def test_every_cell_is_what_sql_counts(tags: list[str]) -> None:
    everybody = crowd(8000)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.register("c", export_table(everybody, everybody.columns, NOBODY, ZONE))
    audience = np.asarray(connection.execute("select coalesce(spend > 3000, false) a from c").fetchnumpy()["a"], bool)
    found = cross_tags(everybody, audience, tags, ZONE, smallest_cell=0)
    assert (found.size, found.withheld, found.unlisted) == (audience.sum(), 0, 0)
    for row, line in zip(found.rows, found.counts, strict=True):
        for column, count in zip(found.columns, line, strict=True):
            within = f"({sql_of(tags[0], row)}) and ({sql_of(tags[1], column)})"
            query = f"select count(*) from c where spend > 3000 and {within}"
            assert (count,) == connection.execute(query).fetchone(), (row, column)


def test_what_cannot_be_crossed_is_said() -> None:
    everybody = crowd(100)
    for tags, said in (
        (["city", "skus"], "several values"),
        (["city"], "two tags"),
        (["city", "ctiy"], "Did you mean"),
    ):
        with pytest.raises(DefinitionError, match=said):
            cross_tags(everybody, np.ones(100, bool), tags, ZONE, smallest_cell=10)


def test_overlaps_are_those_of_sets() -> None:
    members = {"a": BitMap(range(100)), "b": BitMap(range(50, 200)), "c": BitMap(range(95, 300))}
    found = overlap(members, "now", smallest_cell=10)
    assert found.sizes == {"a": 100, "b": 150, "c": 205}
    pairs = {each.audiences: (each.both, each.jaccard) for each in found.pairs}
    assert pairs == {("a", "b"): (50, 0.25), ("a", "c"): (None, None), ("b", "c"): (105, 0.42)}
    with pytest.raises(DefinitionError):
        overlap({"a": BitMap()}, "now", smallest_cell=10)


def test_what_is_left_of_one_is_not_small_either() -> None:
    """Both and a size give the rest of it away."""
    found = overlap({"a": BitMap(range(100)), "b": BitMap(range(3, 200))}, "now", smallest_cell=10)
    assert found.pairs[0].both is None


def test_means_of_few_are_withheld() -> None:
    everybody = crowd(200)
    orders = everybody.columns["orders"].values
    known = orders >= 0
    point = measure_point(everybody, np.ones(200, bool), ["orders", "vip"], ZONE, 10)
    assert point.means["orders"] == pytest.approx(orders[known].mean())
    few = np.arange(200) < 9
    assert measure_point(everybody, few, ["orders"], ZONE, 10).means == {"orders": None}
    with pytest.raises(DefinitionError, match="no number"):
        measure_point(everybody, few, ["city"], ZONE, 10)


def test_points_are_midnights() -> None:
    instants = list_instants(AS_OF, AS_OF + 30 * DAY, 7, ZONE)
    assert len(instants) == 5
    assert instants[0] == AS_OF
    assert all((instant + 8 * 3_600_000_000) % DAY == 0 for instant in instants[1:])
    with pytest.raises(DataError, match="more than 60"):
        list_instants(AS_OF, AS_OF + 400 * DAY, 1, ZONE)
    with pytest.raises(DataError):
        list_instants(AS_OF, AS_OF - 1, 1, ZONE)
