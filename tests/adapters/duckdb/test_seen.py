"""The types a trait was seen with: those of its values, not of the 1 that unsets it."""

from __future__ import annotations

from pathlib import Path

from tests.contract.log.batches import make_batch, open_log, row

from limner.adapters.duckdb.seen import DuckDBSeen


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
