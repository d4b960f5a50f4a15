"""Registered audiences are checked before they are saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.audiences.registry import drop_audience, read_audience, save_audience, show_audience
from limner.errors import DefinitionError, NotFound
from limner.model.parse import parse_tag

TAGS = [parse_tag("spend", {"layer": "fact", "fold": {"sum": "amount", "of": "order_paid"}})]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqlCatalog]:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


def test_it_is_saved_with_its_trace_and_dropped(catalog: SqlCatalog) -> None:
    audience = read_audience("贵宾", {"spend": {"gte": 5}}, "VIPs", TAGS)
    listed = show_audience(save_audience(audience, catalog, "ada", 7))
    assert (listed.name, listed.title, listed.rule, listed.members) == (
        "贵宾",
        {"en": "VIPs"},
        {"spend": {"gte": 5}},
        None,
    )
    assert catalog.audiences() == [replace(audience, author="ada", saved_at=7)]
    drop_audience("贵宾", catalog, "ben", 8)
    assert [(entry.who, entry.action) for entry in catalog.audit("贵宾")] == [
        ("ben", "audience.drop"),
        ("ada", "audience.save"),
    ]
    with pytest.raises(NotFound):
        drop_audience("贵宾", catalog, "ben", 8)


def test_its_members_may_be_told() -> None:
    assert show_audience(read_audience("vip", {"spend": 1}, None, TAGS), 12).members == 12


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        read_audience("not", {"spent": 5}, {"fr": "x"}, TAGS)
    told = [(problem.where, problem.field) for problem in caught.value.problems]
    assert told == [("audience not", "name"), ("audience not", "title.fr"), ("audience not: rule", "")]
    assert "cannot name an audience. Did you mean not_audience?" in str(caught.value)
    assert "Did you mean spend?" in str(caught.value)


@pytest.mark.parametrize("rule", [None, [], {}, {"any": []}, "vip"])
def test_what_is_no_rule(rule: object) -> None:
    with pytest.raises(DefinitionError):
        read_audience("vip", rule, None, TAGS)
