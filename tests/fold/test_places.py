"""Rows of customers, looked up: beside what sorting says."""

from __future__ import annotations

import numpy as np
import pytest

from limner.fold.places import look_up, note_places, order_ascending

chance = np.random.default_rng(3)


@pytest.mark.parametrize("numbers", [range(50), range(0, 90, 3), [*range(20), 1_000_000], [7]])
def test_the_order_is_that_of_sorting(numbers: object) -> None:
    customers = chance.permutation(np.array(numbers, np.int32))
    order = order_ascending(customers)
    told = customers if order is None else customers[order]
    assert told.tolist() == sorted(customers.tolist())
    assert order is None or order.dtype == np.int64


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_two_runs_are_merged(share: float) -> None:
    customers = np.arange(0, 600, 2, dtype=np.int32)
    late = chance.random(len(customers)) < share
    runs = np.concatenate([customers[~late], customers[late]])
    order = order_ascending(runs)
    assert (runs if order is None else runs[order]).tolist() == customers.tolist()


def test_what_is_in_order_is_left() -> None:
    assert order_ascending(np.array([2, 5, 9], np.int32)) is None
    assert order_ascending(np.zeros(0, np.int32)) is None


def test_a_customer_is_found_in_its_row_or_not_at_all() -> None:
    places = note_places(np.array([4, 0, 7], np.int32), room=20)
    assert look_up(places, np.array([7, 4, 1, 0], np.int32)).tolist() == [2, 0, -1, 1]
    assert look_up(places, np.array([4, 19, 20, 1000], np.int32)).tolist() == [0, -1, -1, -1]
    assert look_up(note_places(np.zeros(0, np.int32)), np.array([0, 3], np.int32)).tolist() == [-1, -1]
