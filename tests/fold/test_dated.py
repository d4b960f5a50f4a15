"""Dated columns: the last run up to an instant, whoever its rows' people are by now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.adapters.catalog import open_catalog
from limner.errors import DataError
from limner.fold.dated import NEVER, DatedColumns, Links
from limner.fold.given import encode_given
from limner.fold.portrait import read_value
from limner.fold.quantiles import cut
from limner.fold.shape import GIVEN_SHAPES
from limner.fold.written import UNSEEN, Rows
from limner.model.column import ValueType
from limner.model.fold import Given, Scalar
from limner.model.run import Run

TEXT = GIVEN_SHAPES[Given.TEXT]
NAMES = [("phone", str(node)) for node in range(10)]


def links(*root: int) -> Links:
    return Links(np.array(root, np.int32), lambda nodes: [NAMES[node] for node in nodes])


@pytest.fixture
def dated(tmp_path: Path) -> DatedColumns:
    return DatedColumns(tmp_path / "runs", open_catalog(tmp_path / "catalog.sqlite"))


def write(dated: DatedColumns, at: int, rows: dict[int, Scalar], keys: Sequence[int] = (), **run: int) -> Run:
    """``rows``: node to value; ``keys``: those of them no event carries yet."""
    nodes = np.array([UNSEEN if node in keys else node for node in rows], np.int32)
    unseen = {place: NAMES[node] for place, node in enumerate(rows) if node in keys}
    column = encode_given(list(rows.values()), Given.TEXT)
    return dated.add(Run(0, "level", at, ValueType.TEXT, len(rows), "ada", "x.csv", **run), Rows(nodes, unseen, column))


def read(dated: DatedColumns, as_of: int, who: Links, tag: str = "level") -> list[object]:
    """Values of customers 0.. of these links."""
    found = dated.read(tag, TEXT, as_of, who)
    customers = np.arange(len(who.root), dtype=np.int32)
    if found is None:
        return [None] * len(customers)
    column = found.read(customers)
    return [read_value(column, place, as_of, "UTC") for place in customers.tolist()]


def test_a_read_takes_the_last_run_up_to_its_instant(dated: DatedColumns) -> None:
    write(dated, 10, {0: "gold", 1: "silver"})
    write(dated, 20, {1: "gold", 2: "bronze"})
    who = links(0, 1, 2)
    assert read(dated, 9, who) == [None, None, None]
    assert read(dated, 10, who) == read(dated, 19, who) == ["gold", "silver", None]
    assert read(dated, 20, who) == [None, "gold", "bronze"]
    assert read(dated, 20, who, "other") == [None, None, None]


def test_two_runs_speak_one_dictionary(dated: DatedColumns) -> None:
    """Rows of both may stand in one column: of customers who are held back."""
    write(dated, 10, {0: "gold"})
    write(dated, 20, {0: "silver", 1: "gold"})
    both = [dated.read("level", TEXT, as_of, links(0, 1)) for as_of in (10, 20)]
    assert all(found is not None for found in both)
    assert {found.column.dictionary for found in both if found} == {("gold", "silver")}


def test_a_run_expires(dated: DatedColumns) -> None:
    write(dated, 10, {0: "gold"}, expires_at=15)
    assert [read(dated, as_of, links(0)) for as_of in (14, 15, 30)] == [["gold"], [None], [None]]
    assert [dated.next_change(["level"], as_of) for as_of in (5, 10, 15)] == [10, 15, NEVER]


def test_merges_and_splits_move_no_row(dated: DatedColumns) -> None:
    write(dated, 10, {0: "gold", 1: "silver"})
    assert read(dated, 10, links(0, 1)) == ["gold", "silver"]
    assert read(dated, 10, links(0, 0)) == ["silver", None], "of one customer's rows the last of the run holds"
    assert read(dated, 10, links(0, 1)) == ["gold", "silver"]


def test_who_turns_up_later_has_the_value_from_then_on(dated: DatedColumns) -> None:
    write(dated, 10, {0: "gold", 2: "silver"}, keys=[2])
    assert read(dated, 10, links(0, 1)) == ["gold", None]
    assert read(dated, 10, links(0, 1, 2)) == ["gold", None, "silver"]
    assert read(dated, 10, links(0, 0, 0)) == ["silver", None, None]
    assert read(dated, 10, links(0, 1)) == ["gold", None], "links of an earlier moment do not know them"


def test_they_are_there_after_a_restart(dated: DatedColumns, tmp_path: Path) -> None:
    write(dated, 10, {0: "gold", 2: "silver"}, keys=[2])
    again = DatedColumns(tmp_path / "runs", open_catalog(tmp_path / "catalog.sqlite"))
    assert again.runs() == dated.runs()
    assert read(again, 10, links(0, 1, 2)) == ["gold", None, "silver"]
    (tmp_path / "runs" / "1.arrow").write_bytes(b"torn")
    torn = DatedColumns(tmp_path / "runs", open_catalog(tmp_path / "catalog.sqlite"))
    with pytest.raises(DataError, match="cannot be read"):
        read(torn, 10, links(0))


def test_a_person_is_forgotten(dated: DatedColumns, tmp_path: Path) -> None:
    write(dated, 10, {0: "gold", 1: "a secret", 2: "hidden"}, keys=[2])
    before = dated.revision
    dated.forget({1}, [NAMES[2]])
    assert dated.revision > before
    assert read(dated, 10, links(0, 1, 2)) == ["gold", None, None]
    content = (tmp_path / "runs" / "1.arrow").read_bytes()
    assert b"gold" in content
    assert b"secret" not in content


def test_a_run_of_another_type_is_none(dated: DatedColumns) -> None:
    write(dated, 10, {0: "gold"})
    assert dated.read("level", GIVEN_SHAPES[Given.NUMBER], 10, links(0)) is None


@given(st.lists(st.integers(-5, 5), max_size=30), st.sampled_from([0.1, 0.25, 0.3, 0.5, 0.9]))
def test_bounds_are_the_smallest_numbers_that_enough_do_not_exceed(numbers: list[int], share: float) -> None:
    found = cut(np.array(numbers, np.float64), [share])
    enough = [n for n in sorted(numbers) if sum(m <= n for m in numbers) * 1000 >= round(share * 1000) * len(numbers)]
    assert found == tuple(enough[:1])
