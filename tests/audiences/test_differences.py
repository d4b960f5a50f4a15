"""What tells an audience from the rest: the tests of significance against scipy's, planted differences found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control, mannwhitneyu, norm
from tests.audiences.test_insight import ZONE, crowd, folded, integers

from limner.audiences.differences import Differences, find_differences
from limner.errors import DefinitionError
from limner.model.column import Folded, TagColumn, ValueType


def look(everybody: Folded, audience: Any, base: Any = None, tags: list[str] | None = None) -> Differences:
    names = list(everybody.columns) if tags is None else tags
    return find_differences(everybody, audience, base, names, ZONE, smallest_cell=10)


def test_nothing_tells_chance_from_chance() -> None:
    everybody = crowd(20_000)
    audience = np.random.default_rng(3).random(20_000) < 0.3
    found = look(everybody, audience)
    assert found.tested >= 20
    assert len(found.differences) <= 1


def test_what_was_planted_comes_first() -> None:
    everybody = crowd(20_000)
    spend = everybody.columns["spend"].values
    vip = everybody.columns["vip"].values == 1
    audience = (spend > np.median(spend)) & (vip | (np.random.default_rng(1).random(20_000) < 0.2))
    found = look(everybody, audience)
    assert [each.tag for each in found.differences[:2]] == ["vip", "spend"]
    assert found.differences[1].kind == "order"
    assert found.differences[1].share > 0.7
    assert {each.tag for each in found.differences} <= {"spend", "vip", "city"}


def test_shares_are_tested_as_two_proportions() -> None:
    random = np.random.default_rng(5)
    codes = random.integers(0, 3, 2000).astype(np.int32)
    audience = random.random(2000) < np.where(codes == 0, 0.5, 0.3)
    found = look(folded(city=TagColumn(ValueType.TEXT, codes, dictionary=("a", "b", "c"))), audience)
    expected, values = [], []
    for code in range(3):
        x, n, y, m = (
            ((codes == code) & audience).sum(),
            audience.sum(),
            ((codes == code) & ~audience).sum(),
            (~audience).sum(),
        )
        pooled = (x + y) / (n + m)
        z = (x / n - y / m) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        expected.append(2 * norm.sf(abs(z)))
        values.append((x / n, y / m))
    corrected = false_discovery_control(expected)
    by_value = {each.value: each for each in found.differences}
    assert by_value["a"].p == pytest.approx(expected[0])
    assert by_value["a"].q == pytest.approx(corrected[0])
    assert (by_value["a"].share, by_value["a"].rest_share) == pytest.approx(values[0])
    assert by_value["a"].lift == pytest.approx(values[0][0] / values[0][1])


def test_numbers_are_tested_as_by_mann_and_whitney() -> None:
    random = np.random.default_rng(5)
    numbers = random.poisson(3, 3000)
    audience = random.random(3000) < np.where(numbers > 3, 0.4, 0.3)
    missing = random.random(3000) < 0.1
    found = look(folded(n=integers(*[None if gone else int(x) for gone, x in zip(missing, numbers)])), audience)
    mine, theirs = numbers[audience & ~missing], numbers[~audience & ~missing]
    statistic, p = mannwhitneyu(mine, theirs, method="asymptotic", use_continuity=False)
    [order] = [each for each in found.differences if each.kind == "order"]
    assert order.share == pytest.approx(statistic / (len(mine) * len(theirs)))
    assert order.p == pytest.approx(p)
    assert (order.value, order.rest_value) == (np.median(mine), np.median(theirs))


def test_days_since_are_ordered_as_they_are_read() -> None:
    days = np.arange(400) % 40
    everybody = folded(idle=integers(*(19_676 - days).tolist(), since_last=True))
    [found] = look(everybody, days > 25).differences
    assert found.share > 0.99


def test_a_base_narrows_whom_it_is_compared_with() -> None:
    everybody = crowd(5000)
    audience = everybody.columns["vip"].values == 1
    base = audience | (everybody.columns["vip"].values == 0)
    found = look(everybody, audience, base)
    assert found.rest == (everybody.columns["vip"].values == 0).sum()


def test_empty_audiences_and_unknown_tags() -> None:
    everybody = crowd(500)
    assert look(everybody, np.zeros(500, bool)).differences == ()
    assert look(everybody, np.ones(500, bool)).differences == ()
    with pytest.raises(DefinitionError, match="Did you mean spend"):
        look(everybody, np.ones(500, bool), tags=["spned"])
