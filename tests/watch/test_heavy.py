"""Who is folded now, and who later."""

from __future__ import annotations

import numpy as np

from limner.watch.heavy import SECOND, Heavies, find_blocked

EVERY = 60 * SECOND
PEOPLED = np.ones(10, np.bool_)
ZONE = "Asia/Shanghai"


def numbers(*customers: int) -> np.ndarray:
    return np.array(customers, np.int32)


def sizes(**events: int) -> tuple[np.ndarray, np.ndarray]:
    """Customers c1, c2 ... with so many events."""
    return numbers(*(int(name[1:]) for name in events)), np.array(list(events.values()))


def heavies(as_of: int = 0, **events: int) -> Heavies:
    made = Heavies(100, EVERY)
    customers, counts = sizes(**events)
    made.note(customers, customers, counts, as_of)
    return made


def test_only_who_has_more_than_the_bound_is_heavy() -> None:
    found = heavies(c1=100, c2=101)
    assert (found.held(1), found.held(2)) == (None, "heavy")
    assert hold(found, 1, 3) == ([1, 3], [])


def hold(found: Heavies, *customers: int) -> tuple[list[int], list[int]]:
    now, waiting = found.hold(numbers(*customers), PEOPLED)
    return now.tolist(), waiting.tolist()


def test_a_heavy_one_waits_until_its_turn_has_come() -> None:
    found = heavies(as_of=10, c1=5, c2=500)
    assert hold(found, 1, 2) == ([1], [2])
    assert (found.as_of(1, 20), found.as_of(2, 20)) == (20, 10)
    assert found.begin(9 + EVERY) is None
    assert found.begin(10 + EVERY) == 2
    assert found.begin(10 + EVERY) is None, "one at a time"
    assert found.as_of(2, 11 + EVERY) == 10, "its row is still the old one"
    assert found.end(2, 501, 10 + EVERY) is False
    assert found.as_of(2, 11 + EVERY) == 11 + EVERY, "nothing came in since"
    assert found.events == {2: 501}


def test_what_comes_in_during_a_turn_waits_for_the_next() -> None:
    found = heavies(c2=500)
    hold(found, 2)
    found.begin(EVERY)
    hold(found, 2)
    assert found.end(2, 501, EVERY) is True
    assert found.as_of(2, EVERY + 1) == EVERY
    assert found.begin(EVERY + 1) is None
    assert found.begin(2 * EVERY) == 2
    found.give_up(2)
    assert found.begin(2 * EVERY) == 2, "another try"


def test_one_that_has_not_changed_is_of_any_instant() -> None:
    assert heavies(as_of=10, c2=500).as_of(2, 99) == 99


def test_of_several_the_one_that_waited_longest_goes_first() -> None:
    found = heavies(c1=500, c2=500)
    found.note(numbers(2), *sizes(c2=600), -5)
    assert hold(found, 1, 2) == ([], [1, 2])
    assert found.begin(EVERY) == 2


def test_one_that_became_part_of_another_does_not_wait() -> None:
    found = heavies(c2=500)
    now, _ = found.hold(numbers(2), ~PEOPLED)
    assert now.tolist() == [2]


def test_who_was_split_or_taken_away_is_heavy_no_more() -> None:
    found = heavies(c1=500, c2=500, c3=500)
    found.note(numbers(1, 2), *sizes(c1=50), 5)
    assert found.events == {3: 500}
    assert (found.held(1), found.held(2)) == (None, None)


def test_a_blocked_one_is_of_when_it_was_blocked() -> None:
    found = heavies(c1=5, c2=500)
    found.blocked = {1: 7, 2: 8}
    assert hold(found, 1, 2, 3) == ([3], [])
    assert found.begin(9 * EVERY) is None
    assert (found.as_of(1, 99), found.held(1), found.held(2)) == (7, "blocked", "blocked")
    shown = [each.as_dict() for each in found.show(99, ZONE)]
    assert [(each["customer_id"], each["held"], each["events"]) for each in shown] == [
        ("c2", "blocked", 500),
        ("c1", "blocked", None),
    ]
    assert shown[1]["as_of"] == "1970-01-01T08:00:00.000007+08:00"


def test_a_block_follows_its_identifier() -> None:
    root = numbers(0, 0, 2, 2)
    assert find_blocked({1: 50, 0: 40, 3: 60}, root) == {0: 40, 2: 60}
    assert find_blocked({}, root) == {}
