"""The starter tags for retail: complete, well formed, and about things the demo shop has."""

from __future__ import annotations

import json
from collections import Counter

import pyarrow.compute as pc
import pytest
import yaml

from limner.demo.writing import shop_files
from limner.model.check import check_tags, warn_tags
from limner.model.fold import Evidence, Fold, Measure
from limner.model.parse import parse_tags
from limner.model.tag import Layer, Tag
from limner.tags.starters import read_template

GROUPS = {"人口属性", "消费", "偏好", "行为", "渠道与时段", "价值", "生命周期", "业务"}


@pytest.fixture(scope="module")
def tags() -> list[Tag]:
    found, problems = parse_tags(yaml.safe_load(read_template("retail"))["tags"], "retail.yaml")
    assert not problems
    return found


def test_no_mistakes(tags: list[Tag]) -> None:
    assert not check_tags(tags)
    assert not warn_tags(tags)


def test_breadth(tags: list[Tag]) -> None:
    assert len(tags) >= 60
    assert {tag.group for tag in tags} == GROUPS
    assert min(Counter(tag.group for tag in tags).values()) >= 5
    assert {tag.layer for tag in tags} == set(Layer)
    measures = {tag.definition.measure for tag in tags if isinstance(tag.definition, Fold)}
    assert measures >= set(Measure) - {Measure.MIN}


def test_named_in_both_languages(tags: list[Tag]) -> None:
    for tag in tags:
        assert set(tag.title) == {"zh", "en"}
        assert tag.owner
        assert tag.group
    for language in ("zh", "en"):
        titles = Counter(tag.title[language] for tag in tags)
        assert titles.most_common(1)[0][1] == 1


def test_preferences_need_evidence(tags: list[Tag]) -> None:
    folds = [tag.definition for tag in tags if isinstance(tag.definition, Fold)]
    tops = [fold for fold in folds if fold.measure is Measure.TOP]
    assert len(tops) >= 8
    assert {top.evidence for top in tops} == {Evidence(times=3, share=0.3, lift=1.2)}


def test_predictions_by_rule_say_so(tags: list[Tag]) -> None:
    for tag in tags:
        if tag.layer is Layer.PREDICTION:
            assert "规则估算" in tag.title["zh"]
            assert "by rule" in tag.title["en"]


def test_about_what_the_shop_has(tags: list[Tag], shop) -> None:  # type: ignore[no-untyped-def]
    """Every event and property the tags name is in the files; a word more or less would be a warning."""
    events, properties = {"identify", "time"}, {"time"}
    for path, mapping in shop_files(shop.folder):
        if mapping is None:
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.startswith("{") and '"event":"register"' in line and line.endswith("}"):
                    message = json.loads(line)
                    events.add(message["event"])
                    properties |= set(message["properties"])
            continue
        fields = yaml.safe_load(mapping.read_text(encoding="utf-8"))
        if isinstance(fields.get("event"), str):
            events.add(fields["event"])
        properties |= set(fields.get("properties", {})) | {f"traits.{name}" for name in fields.get("traits", {})}
    events |= set(pc.unique(shop.parquet("behaviour.parquet")["event"]).to_pylist())
    product = shop.parquet("orders.parquet").schema.field("products").type.value_type
    properties |= {f"products[].{field.name}" for field in product}
    assert not [str(warning) for warning in warn_tags(tags, events, properties)]
    named = {fold.path for fold in (tag.definition for tag in tags) if isinstance(fold, Fold) and fold.path}
    items = {path.removeprefix("item.") for path in named if path.startswith("item.")}
    assert items
    assert items <= set(shop.parquet("items.parquet").column_names)
