"""The registry: plan, apply, versions, lineage."""

import pytest

from limner.adapters.catalog import SqlCatalog, SqlRegistry
from limner.errors import Conflict, DefinitionError, NotFound
from limner.model.dump import dump_tag
from limner.ports.catalog import AuditEntry
from limner.ports.registry import Status
from limner.tags.changes import Changes, FieldChange
from limner.tags.files import TagFiles, read_tag_text
from limner.tags.filing import apply_changes, plan_changes
from limner.tags.registry import current_tags, list_tags, show_tag

FIRST = """
tags:
  spend:
    {title: {zh: 消费}, layer: fact, group: 消费, fold: {sum: amount, of: order_paid, within: 30d}}
  orders: {layer: fact, fold: {count: '*', of: order_paid}}
  order_value: {layer: fact, expr: spend / orders}
"""


def files(text: str) -> TagFiles:
    return read_tag_text(text, "tags/all.yaml")


def publish(registry: SqlRegistry, text: str, at: int = 1, prune: bool = False) -> Changes:
    changes = plan_changes(files(text), registry, prune)
    apply_changes(changes, registry, "ada", "trial", at)
    return changes


def test_a_first_apply_publishes_everything(registry: SqlRegistry, catalog: SqlCatalog) -> None:
    changes = publish(registry, FIRST)
    assert [tag.name for tag in changes.added] == ["spend", "orders", "order_value"]
    assert tuple(current_tags(registry)) == files(FIRST).tags
    assert catalog.audit()[-1] == AuditEntry(1, "ada", "tag.publish", "spend", "trial")


def test_a_second_apply_of_the_same_changes_nothing(registry: SqlRegistry, catalog: SqlCatalog) -> None:
    publish(registry, FIRST)
    again = publish(registry, FIRST.replace("{count: '*', of: order_paid}", "{of: [order_paid], count: '*'}"), at=2)
    assert not again
    assert again.unchanged == ("spend", "orders", "order_value")
    assert len(catalog.audit()) == 3


def test_a_change_is_told_field_by_field_and_makes_a_version(registry: SqlRegistry) -> None:
    publish(registry, FIRST)
    second = FIRST.replace("30d", "90d").replace("group: 消费", "owner: ada, group: 消费")
    changes = publish(registry, second, at=2)
    (changed,) = changes.changed
    assert (changed.tag.name, changed.version) == ("spend", 1)
    assert changed.fields == (FieldChange("fold.within", "30d", "90d"), FieldChange("owner", None, "ada"))
    assert changes.as_dict() == {
        "added": [],
        "restored": [],
        "changed": ["spend"],
        "removed": [],
        "absent": [],
        "behind": [],
        "conflicting": [],
        "unchanged": 2,
        "affected": {},
        "elsewhere": {},
        "fields": {
            "spend": [
                {"field": "fold.within", "before": "30d", "after": "90d"},
                {"field": "owner", "before": None, "after": "ada"},
            ]
        },
    }
    assert [version.version for version in registry.versions("spend")] == [1, 2]
    assert list_tags(registry)[0].version == 2


def test_what_is_absent_stays_unless_pruned(registry: SqlRegistry, catalog: SqlCatalog) -> None:
    publish(registry, FIRST)
    only = "tags: {ratio: {layer: fact, expr: order_value * 2}}"
    kept = publish(registry, only, at=2)
    assert (kept.absent, kept.removed) == (("spend", "orders", "order_value"), ())
    with pytest.raises(DefinitionError, match="ratio: expr: there is no tag 'order_value'"):
        plan_changes(files(only), registry, prune=True)
    alone = "tags: {orders: {layer: fact, fold: {count: '*', of: order_paid}}}"
    pruned = publish(registry, alone, at=3, prune=True)
    assert (pruned.absent, pruned.removed) == ((), ("spend", "order_value", "ratio"))
    assert [tag.name for tag in current_tags(registry)] == ["orders"]
    assert catalog.audit("ratio")[0] == AuditEntry(3, "ada", "tag.retire", "ratio", "trial")


def test_a_removed_tag_comes_back_as_a_new_version(registry: SqlRegistry) -> None:
    publish(registry, FIRST)
    publish(registry, "", at=2, prune=True)
    assert current_tags(registry) == []
    changes = publish(registry, FIRST, at=3)
    assert changes.as_dict()["restored"] == ["spend", "orders", "order_value"]
    assert show_tag("spend", registry).version == 2
    assert tuple(current_tags(registry)) == files(FIRST).tags


def test_a_wrong_file_publishes_nothing(registry: SqlRegistry) -> None:
    with pytest.raises(DefinitionError) as caught:
        plan_changes(files(FIRST + "  bad: {layer: fact, expr: spned}\n  worse: {layer: x}\n"), registry)
    assert len(caught.value.problems) == 3
    assert registry.tags() == []


def test_a_plan_made_before_somebody_elses_apply_is_refused(registry: SqlRegistry) -> None:
    publish(registry, FIRST)
    late = plan_changes(files(FIRST.replace("30d", "7d")), registry)
    publish(registry, FIRST.replace("30d", "90d"), at=2)
    with pytest.raises(Conflict, match="spend was published by somebody else"):
        apply_changes(late, registry, "bob", "", 3)


def test_a_list_calls_groups_and_units_what_people_call_them(registry: SqlRegistry) -> None:
    publish(registry, FIRST)
    publish(
        registry,
        FIRST.replace("orders: {layer: fact,", "orders: {layer: fact, unit: 次, group: {消费: {en: Spending}},"),
        at=2,
    )
    spend, orders, value = list_tags(registry)
    assert (spend.group, spend.group_title) == (orders.group, orders.group_title) == ("消费", {"en": "Spending"})
    assert (value.group, value.group_title) == (None, {})
    assert orders.unit_title == {"zh": "次", "en": ""}
    assert value.unit_title == {"zh": "", "en": ""}


def test_show(registry: SqlRegistry) -> None:
    publish(registry, FIRST)
    publish(registry, FIRST.replace("30d", "90d"), at=2)
    shown = show_tag("spend", registry)
    assert (shown.name, shown.status, shown.version) == ("spend", Status.PUBLISHED, 2)
    assert shown.definition == dump_tag(current_tags(registry)[0])
    assert shown.says["zh"] == "近90天订单支付的金额之和"
    assert shown.needs == {"tags": [], "events": ["order_paid"], "properties": ["amount"]}
    assert shown.used_by == ["order_value"]
    assert [(past.version, past.published_at, len(past.fields)) for past in shown.history] == [(1, 1, 0), (2, 2, 1)]
    value = show_tag("order_value", registry)
    assert value.says["zh"] == "「消费」 ÷ orders"
    assert value.needs["tags"] == ["spend", "orders"]
    with pytest.raises(NotFound, match=r"There is no tag 'spned'. Did you mean spend"):
        show_tag("spned", registry)
