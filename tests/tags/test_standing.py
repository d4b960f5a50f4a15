"""Deprecating and retiring: who must be told, and what goes with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from limner.adapters.catalog import SqlCatalog, SqlRegistry
from limner.errors import Conflict, DataError, DefinitionError
from limner.model.audience import Audience
from limner.model.parse import parse_condition
from limner.ports.destinations import Destination, Shape
from limner.ports.registry import Status
from limner.tags.files import read_tag_text
from limner.tags.filing import apply_changes, plan_changes
from limner.tags.lineage import Users, find_users
from limner.tags.registry import current_tags
from limner.tags.standing import deprecate_tag, restore_tag, retire_tag

TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount}}
  tier: {layer: model, when: [{if: {spend: {gte: 5}}, then: high}]}
  vip: {layer: business, if: {tier: high}}
  city: {layer: fact, fold: {trait: city}}
"""
CRM = Destination("crm", "https://crm.example.com", Shape.STANDARD, "", ("tier",), (), False, 1)


@pytest.fixture(autouse=True)
def published(registry: SqlRegistry) -> None:
    apply_changes(plan_changes(read_tag_text(TAGS, "tags/a.yaml"), registry), registry, "owner", "", 1)


def users_of(name: str, registry: SqlRegistry) -> Users:
    audiences = [
        Audience("best", parse_condition({"vip": True}), {}),
        Audience("north", parse_condition({"city": "x"}), {}),
    ]
    return find_users(name, current_tags(registry), audiences, [CRM, replace(CRM, name="off", disabled_at=5)], {})


def test_who_is_affected_is_followed_to_the_end(registry: SqlRegistry) -> None:
    assert users_of("spend", registry) == Users(["tier", "vip"], ["best"], ["crm"])
    assert users_of("vip", registry) == Users([], ["best"], [])
    assert users_of("city", registry) == Users([], ["north"], [])


def test_a_destination_that_hears_of_an_audience_is_affected(registry: SqlRegistry) -> None:
    best = Audience("best", parse_condition({"vip": True}), {})
    hearing = replace(CRM, tags=(), audiences=("best",))
    assert find_users("spend", current_tags(registry), [best], [hearing], {}).destinations == ["crm"]


def test_a_tag_in_use_is_retired_by_force_with_a_reason(registry: SqlRegistry, catalog: SqlCatalog) -> None:
    users = users_of("tier", registry)
    with pytest.raises(
        Conflict, match=r"tier is in use: tags: vip; audiences: best; destinations: crm\. To have it retired"
    ):
        retire_tag("tier", users, registry, "bob", 5, "over")
    with pytest.raises(DataError, match="say why it is retired"):
        retire_tag("tier", users, registry, "bob", 5, "", force=True)
    stood = retire_tag("tier", users, registry, "bob", 5, "over", force=True)
    assert (stood.status, stood.with_it) == ("retired", ["vip"])
    assert [tag.name for tag in current_tags(registry)] == ["spend", "city"]
    assert [(entry.subject, entry.why) for entry in catalog.audit()[:2]] == [
        ("vip", "it reads tier: over"),
        ("tier", "over"),
    ]


def test_a_retired_tag_is_restored_where_it_fits(registry: SqlRegistry) -> None:
    retire_tag("tier", users_of("tier", registry), registry, "bob", 5, "over", force=True)
    with pytest.raises(DefinitionError, match="there is no tag 'tier'"):
        restore_tag("vip", registry, "bob", 6)
    restore_tag("tier", registry, "bob", 7)
    restore_tag("vip", registry, "bob", 8)
    assert len(current_tags(registry)) == 4


def test_a_deprecated_tag_is_computed_as_before(registry: SqlRegistry) -> None:
    deprecate_tag("city", Users(), registry, "bob", 5, "")
    assert "city" in [tag.name for tag in current_tags(registry)]
    with pytest.raises(Conflict, match="city is deprecated; for this it must be published"):
        deprecate_tag("city", Users(), registry, "bob", 6, "")
    assert restore_tag("city", registry, "bob", 7).status == Status.PUBLISHED
