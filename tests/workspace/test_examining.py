"""Lineage and health of a small shop's tags."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import limner
from limner.errors import Conflict, NotFound
from limner.tags.health import MOST_COMPARED, choose_pairs
from limner.workspace import Workspace

TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  twice: {layer: fact, expr: spend * 2}
  tier: {layer: model, when: [{if: {spend: {gte: 200}}, then: high}, {else: low}]}
  refunds: {layer: fact, fold: {last: reason, of: refund}}
  city: {layer: fact, fold: {last: city, of: visit}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "shop"
    limner.init(folder)
    with (folder / "limner.toml").open("a") as settings:
        settings.write('goals = ["tier"]\n')
    (folder / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    lines = []
    for user in range(40):
        common = {"userId": f"u{user}", "timestamp": f"2026-11-0{1 + user % 9}T10:00:00+08:00", "type": "track"}
        lines.append(common | {"event": "order_paid", "messageId": f"o{user}", "properties": {"amount": user * 10}})
        if user % 2:
            lines.append(
                common | {"event": "visit", "messageId": f"v{user}", "properties": {"city": "x" if user < 20 else "y"}}
            )
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(map(json.dumps, lines)))
    with limner.open(folder) as workspace:
        workspace.import_files(events)
        workspace.tags_apply()
        workspace.fold(as_of="2026-11-20")
        yield workspace


def test_health_says_how_tags_are(shop: Workspace) -> None:
    found = {each.finding.name: each.as_dict() for each in shop.tags_health()}
    assert {name: each["coverage"] for name, each in found.items()} == {
        "spend": 1.0,
        "twice": 1.0,
        "tier": 1.0,
        "refunds": 0.0,
        "city": 0.5,
    }
    assert found["spend"]["newest_event"] == "2026-11-09T10:00:00+08:00"
    assert found["twice"]["freshness"] == 10 * 86400 + 14 * 3600
    assert found["refunds"]["newest_event"] is None
    assert found["refunds"]["zombie"] == "nobody has a value"
    [city] = shop.tags_health("city")
    assert city.zombie is None, "nobody had the time to use it yet"
    assert replace(city, published_at=0).zombie == "nobody used it for 30 days"
    assert found["spend"]["zombie"] is None
    assert [twin["tag"] for twin in found["spend"]["twins"]] == ["twice"]
    assert found["spend"]["power"]["tier"]["share"] > 0.9
    assert found["city"]["power"]["tier"]["share"] < 0.7
    assert "cells" not in found["city"]


def test_stability_is_measured_against_a_week_ago(shop: Workspace) -> None:
    [first] = [each.finding for each in shop.tags_health("spend")]
    assert first.found["stability"] is None
    moved = {**first.found, "counts": first.found["counts"][::-1]}
    shop.parts.findings.keep([replace(first, day=first.day - 8, found=moved)], 0)
    shop.tags_examine()
    assert shop.tags_health("spend")[0].finding.found["stability"] > 0
    other = {**moved, "digest": "of another definition"}
    shop.parts.findings.keep([replace(first, day=first.day - 8, found=other)], 0)
    shop.tags_examine()
    assert shop.tags_health("spend")[0].finding.found["stability"] is None


def test_lineage_goes_through_other_tags(shop: Workspace) -> None:
    shop.audience_save("big", {"tier": "high"}, live=False)
    shop.reads.note("crm (key 7)", ["spend", "tier"], 3)
    assert shop.tags_lineage("tier")["needs"] == {"tags": ["spend"], "events": ["order_paid"], "properties": ["amount"]}
    users = shop.tags_lineage("spend")["used_by"]
    assert (users.tags, users.audiences, users.readers) == (["twice", "tier"], ["big"], {"crm (key 7)": 3})
    with pytest.raises(Conflict, match=r"readers: crm \(key 7\) \(3 times\)"):
        shop.tags_retire("tier", reason="over")
    assert replace(shop.tags_health("city")[0], published_at=0).zombie
    shop.reads.note("crm (key 7)", ["city"])
    assert replace(shop.tags_health("city")[0], published_at=0).zombie is None


def test_tags_that_are_not_there(shop: Workspace) -> None:
    with pytest.raises(NotFound, match="There is no tag 'spned'"):
        shop.tags_health("spned")
    shop.tags_retire("city", reason="over")
    with pytest.raises(NotFound, match="city is not in use"):
        shop.tags_health("city")


def test_of_a_thousand_tags_all_pairs_are_looked_at_of_more_those_that_part_customers_alike() -> None:
    codes = {name: np.array(given) for name, given in {"a": [0, 1], "b": [1, 0], "c": [0, 1], "d": [1, 0]}.items()}
    assert list(choose_pairs(list("abcd"), codes)) == list(combinations("abcd", 2))
    many = {str(n): np.array([n % 2, 1, n % 3]) for n in range(MOST_COMPARED + 6)}
    pairs = list(choose_pairs(list(many), many))
    assert len(pairs) == len(set(pairs)) < 6 * len(many)
    near = [(left, right) for left, right in pairs if np.array_equal(many[left], many[right])]
    assert {name for pair in near for name in pair} == set(many)
    assert len(pairs) - len(near) == 15  # of six kinds, each with each
