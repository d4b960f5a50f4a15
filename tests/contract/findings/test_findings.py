"""What `ports.findings.Findings` promises. A new adapter is done when it is added to `findings`."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from limner.adapters.catalog import SqlCatalog, SqlFindings
from limner.ports.findings import Finding


@pytest.fixture
def findings(store: SqlCatalog) -> SqlFindings:
    return SqlFindings(store)


def finding(name: str, day: int, coverage: float = 0.5) -> Finding:
    return Finding(
        name, day, day * 10, {"coverage": coverage, "newest": None, "cells": {"words": ["文"], "edges": [0.5]}}
    )


def test_one_a_day_is_kept_for_as_long_as_asked(findings: SqlFindings) -> None:
    findings.keep([finding("b", 1), finding("a", 1)], 0)
    findings.keep([finding("a", 2), finding("a", 1, 0.9)], 0)
    assert findings.findings() == [finding("a", 1, 0.9), finding("b", 1), finding("a", 2)]
    assert findings.findings("a") == [finding("a", 1, 0.9), finding("a", 2)]
    findings.keep([finding("a", 3)], 2)
    assert findings.findings() == [finding("a", 2), finding("a", 3)]


def test_ten_thousand_tags_are_a_few_statements(findings: SqlFindings, store: SqlCatalog) -> None:
    """Nobody else writes meanwhile: one by one that took ten seconds, and others were refused after five."""
    asked: list[str] = []
    with store.transaction() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    names = [f"t{n}" for n in range(50)]
    for _ in range(2):
        findings.keep([finding(name, 1) for name in names], 0)
        findings.add_reads(5, {(name, "shop"): 2 for name in names}, 0)
    assert len(asked) <= 16, asked
    assert findings.reads(0) == {name: {"shop": 4} for name in names}


def test_reads_add_up_by_tag_and_reader(findings: SqlFindings) -> None:
    findings.add_reads(5, {("a", "shop"): 2, ("b", "shop"): 1}, 0)
    findings.add_reads(5, {("a", "shop"): 3}, 0)
    findings.add_reads(6, {("a", "shop"): 1, ("a", "app"): 7}, 0)
    assert findings.reads(0) == {"a": {"app": 7, "shop": 6}, "b": {"shop": 1}}
    assert findings.reads(6) == {"a": {"app": 7, "shop": 1}}
    findings.add_reads(8, {}, 6)
    assert findings.reads(0) == {"a": {"app": 7, "shop": 1}}
