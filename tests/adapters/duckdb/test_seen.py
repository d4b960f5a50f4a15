"""What properties were seen as: values of each type, not the 1 that unsets a trait; and what that makes them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.log.batches import make_batch, open_log, row

from limner.adapters.duckdb.seen import DuckDBSeen
from limner.model.sighting import Unreadable

JSON_TYPES = {int: "number", float: "number", str: "string", bool: "boolean"}


def test_the_one_that_unsets_a_trait_is_no_value_of_it(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    seen = DuckDBSeen(file)
    unset = {"name": "profile_unset", "traits": {"city": 1, "vip": True, "points": True}, "properties": {"city": 1}}
    log.append(make_batch([row("1", **unset)]))
    assert seen.look(["traits.city", "traits.vip", "city"]) == {
        "traits.city": frozenset(), "traits.vip": frozenset(), "city": {"number"},
    }  # fmt: skip
    log.append(make_batch([row("2", traits={"city": "x", "points": 3}), row("3", **unset)]))
    assert seen.look(["traits.city", "traits.points"]) == {"traits.city": {"string"}, "traits.points": {"number"}}
    file.close()


def test_elements_of_what_was_appended_are_seen(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row("1", name="profile_append", traits={"hobbies": ["tea"]})]))
    log.append(make_batch([row("2", name="profile_unset", traits={"hobbies": 1})]))
    assert DuckDBSeen(file).look(["traits.hobbies", "traits.hobbies[]"]) == {
        "traits.hobbies": frozenset(), "traits.hobbies[]": {"string"},
    }  # fmt: skip
    file.close()


def test_a_stray_text_makes_no_text_of_a_number(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row(str(i), properties={"n": i, "m": i}) for i in range(9)]))
    seen = DuckDBSeen(file)
    assert seen.look(["n", "m"]) == {"n": {"number"}, "m": {"number"}}
    log.append(make_batch([row("a", properties={"n": "n/a", "m": "7.5"})]))
    assert seen.look(["n", "m"]) == {"n": {"number"}, "m": {"number"}}
    assert seen.count(["n"]) == {"n": {"number": 9, "string": 1}}
    # The text 7.5 is read as the number it is.
    assert seen.unreadable(["m", "n", "unknown"]) == [Unreadable("n", 1, 10, "n/a")]
    log.append(make_batch([row("b", properties={"n": True})]))
    assert seen("n") == {"number", "string", "boolean"}
    assert seen.unreadable(["n"]) == [Unreadable("n", 2, 11, "n/a")]
    file.close()


def test_what_the_plan_declares_decides(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row("1", properties={"n": "one", "sku": 7}, traits={"n": "one"})]))
    seen = DuckDBSeen(file, {"n": "number", "sku": "string", "unsent": "number"})
    assert seen.look(["n", "sku", "unsent", "traits.n"]) == {
        "n": {"number"}, "sku": {"string"}, "unsent": {"number"}, "traits.n": {"string"},
    }  # fmt: skip
    assert seen.count(["unsent"]) == {"unsent": {}}
    assert seen.unreadable(["n"]) == [Unreadable("n", 1, 1, "one")]
    file.close()


def test_unreadable_values_of_elements_and_traits(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    properties = {"products": [{"p": 1}, {"p": "li@example.com"}, {"p": {"deep": 1}}, {}], "tags": [1, "y"]}
    log.append(make_batch([row("1", properties=properties, traits={"age": "old"})]))
    assert DuckDBSeen(file).unreadable(["products[].p", "tags[]", "traits.age"]) == [
        Unreadable("products[].p", 1, 2, ""),
        Unreadable("tags[]", 1, 2, "y"),
        Unreadable("traits.age", 1, 1, "old"),
    ]
    file.close()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    values=st.lists(st.sampled_from([1, 2.5, "3", "x", True, None, [], {}]), max_size=30),
    cuts=st.lists(st.integers(0, 30)),
    seed=st.randoms(use_true_random=False),
)
def test_neither_order_nor_lots_of_arrival_matter(
    tmp_path_factory: pytest.TempPathFactory, values: list[object], cuts: list[int], seed: Random
) -> None:
    """Asked after each lot, by one who remembers and by one who starts anew: as counted in one go."""
    expected = Counter(name for value in values if (name := JSON_TYPES.get(type(value))))
    numbers = expected["number"]
    own = {"number"} if numbers and 10 * numbers >= 9 * expected.total() else set(expected)
    shuffled = values.copy()
    seed.shuffle(shuffled)
    file, log = open_log(tmp_path_factory.mktemp("seen"))
    seen = DuckDBSeen(file)
    edges = sorted({0, len(values), *(cut for cut in cuts if cut < len(values))})
    for begin, end in pairwise(edges):
        log.append(make_batch([row(str(i), properties={"n": shuffled[i]}) for i in range(begin, end)]))
        seen.count(["n"])
    for each in (seen, DuckDBSeen(file)):
        assert each.count(["n"]) == {"n": expected}
        assert each("n") == own
        unreadable = sum(value is True or value == "x" for value in values)
        assert sum(found.values for found in each.unreadable(["n"])) == unreadable
    file.close()


def test_a_log_of_an_earlier_schema_is_upgraded(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row("1", properties={"n": 1})]))
    with file.transaction() as cursor:
        cursor.execute("DROP TABLE seen; CREATE TABLE seen (path VARCHAR, until BIGINT, types VARCHAR[])")
        cursor.execute("INSERT INTO seen VALUES ('n', 1, ['string']); UPDATE meta SET value = '1' WHERE key = 'schema'")
    file.close()
    for _ in range(2):
        file, log = open_log(tmp_path)
        assert DuckDBSeen(file)("n") == {"number"}
        file.close()
