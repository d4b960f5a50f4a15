"""Violations are counted by what is wrong, and senders cannot make up any number of them."""

from __future__ import annotations

import pytest

from limner.watch import violations as module
from limner.watch.violations import Violations


def test_the_most_frequent_come_first() -> None:
    violations = Violations()
    violations.note({("web", "order", "amount", "type"): 2, ("app", "order", "amount", "type"): 1})
    violations.note({("app", "order", "amount", "type"): 5})
    assert [(one.source, one.events) for one in violations.list()] == [("app", 6), ("web", 2)]
    assert [one.as_dict()["property"] for one in violations.list("web")] == ["amount"]


def test_there_are_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    violations = Violations()
    for number in range(10):
        violations.note({("web", f"made up {number}", "*", "unknown event"): 1})
    assert len(violations.list()) <= 4
    assert sum(one.events for one in violations.list()) == 10
