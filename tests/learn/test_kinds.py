"""What only one kind of model promises: attributes, survival, look-alikes, on the small shop with its planted truth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.learn.shop import declare, make_shop

import limner
from limner.errors import DataError, DefinitionError
from limner.learn.metrics import auc
from limner.learn.survival import concordance, cut_steps, expand
from limner.learn.table import Table
from limner.workspace import Workspace

TAGS = """
tags:
  orders_90d: {layer: fact, fold: {count: '*', of: order_paid, within: 90d}}
  channel: {layer: fact, fold: {top: channel, of: order_paid}}
  channel_seen: {layer: fact, fold: {top: channel, of: page_view}}
  gender: {layer: fact, fold: {trait: gender}}
  probable_gender: {layer: prediction, model: {name: gender, type: text}}
  wrong_gender: {layer: prediction, model: lost}
  next_order: {layer: prediction, model: next}
  order_soon: {layer: prediction, model: {name: next, output: within}}
  like_regulars: {layer: prediction, model: alike}
"""
LEAST = "least: {customers: 30, positives: 10}"
MODELS = f"""
models:
  gender: {{kind: attribute, label: gender, horizon: 60d, trust: [channel, channel_seen], {LEAST}}}
  next: {{kind: survival, event: order_paid, horizon: 30d, dates: 2, population: {{did: page_view}}, {LEAST}}}
  alike: {{kind: lookalike, seeds: {{orders_90d: {{gte: 8}}}}, {LEAST}}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = make_shop(tmp_path_factory.mktemp("kinds") / "shop", customers=240, models=MODELS, tags=TAGS)
    with limner.open(folder) as workspace:
        yield workspace


def test_an_attribute_is_told_of_those_who_never_said_it(shop: Workspace) -> None:
    card = shop.models_fit("gender")
    assert card["passed"], card["missing"]
    shop.models_publish("gender")
    rows = shop.table().to_pylist()
    assert all(row["probable_gender"] == row["gender"] for row in rows if row["gender"] is not None)
    guessed = [row for row in rows if row["gender"] is None and row["probable_gender"] is not None]
    assert len(guessed) > 60
    women = {"app": "女", "web": "男"}
    right = [row["probable_gender"] == women[row["channel"]] for row in guessed if row["channel"] in women]
    assert np.mean(right) > 0.85
    someone = shop.profile(guessed[0]["customer_id"]).tags["probable_gender"]
    assert someone.confidence is not None
    assert 0.6 <= someone.confidence < 1
    first = shop.models_explain("gender", guessed[0]["customer_id"])["reasons"][0]
    assert first["words"]["zh"].endswith(f"更像“{someone.value}”")
    assert first["words"]["en"].endswith(f"speaks for {someone.value}")


def test_where_it_is_not_sure_it_abstains(shop: Workspace) -> None:
    declare(shop, MODELS.replace("label: gender", "label: gender, abstain: 0.999, quality: {accuracy_said: 0}"))
    shop.models_fit("gender")
    card = shop.models_show("gender")["card"]
    assert card["metrics"]["coverage"] < 0.5
    declare(shop, MODELS)


def test_the_answer_is_no_feature(shop: Workspace) -> None:
    declare(shop, MODELS.replace("label: gender", "label: gender, features: [gender, channel]"))
    with pytest.raises(DefinitionError, match="gender is the answer, and no feature"):
        shop.models_fit("gender")
    declare(shop, MODELS)


def test_the_next_order_is_expected_and_comes(shop: Workspace) -> None:
    card = shop.models_fit("next")
    assert card["metrics"]["concordance"] > 0.6
    assert {"survival", "calibration"} <= set(card["curves"])
    assert set(shop.models_publish("next")["tags"]) == {"next_order", "order_soon"}
    rows = [row for row in shop.table().to_pylist() if row["order_soon"] is not None]
    assert all(0 < row["next_order"] <= 30 for row in rows if row["next_order"] is not None)
    late = [row["order_soon"] for row in rows if row["next_order"] is None]
    assert late
    assert max(late) <= 0.5 + 1e-6


def test_those_alike_are_found_and_the_seeds_own_tags_are_no_features(shop: Workspace) -> None:
    card = shop.models_fit("alike")
    assert card["passed"], card["missing"]
    read = [feature["feature"] for feature in card["about"]["features"]]
    assert not {"orders_90d", "auto.order_paid.count_90d"} & {*read}, "the second counts the same"
    points = card["curves"]["expansion"]["lines"]["held-out seeds as alike"]
    assert [share for _, share in points] == sorted(share for _, share in points)
    shop.models_publish("alike")
    rows = shop.table().to_pylist()
    few = [row for row in rows if row["orders_90d"] < 8]
    busy = np.array([row["orders_90d"] >= 4 for row in few], float)
    assert len({row["like_regulars"] for row in few}) > 30, "those below all seeds are told apart too"
    assert auc(busy, np.array([row["like_regulars"] for row in few])) > 0.8


def test_too_few_seeds_are_a_sentence(shop: Workspace) -> None:
    declare(shop, MODELS.replace("gte: 8", "gte: 800"))
    with pytest.raises(DataError, match="too few to learn from: there are 0 seeds"):
        shop.models_fit("alike")
    declare(shop, MODELS)


def test_each_customer_counts_once_a_step_until_it_comes() -> None:
    table = Table.of({"x": [1.0, 2.0, 3.0]})
    waits = np.array([2.0, 7.0, 11.0])
    expanded, label, rows = expand(table, waits, [3, 6, 10])
    assert rows.tolist() == [0, 1, 1, 1, 2, 2, 2]
    assert label.tolist() == [1, 0, 0, 1, 0, 0, 0]
    assert expanded.matrix[:, 1].tolist() == [0, 0, 1, 2, 0, 1, 2]
    assert cut_steps(np.arange(1.0, 11.0), 10)[-1] == 10


def test_concordance_against_all_pairs() -> None:
    chance = np.random.default_rng(2)
    waits, scores = chance.integers(1, 12, 40).astype(float), chance.integers(0, 9, 40).astype(float)
    agree = pairs = 0.0
    for i in range(40):
        for j in range(40):
            if waits[i] <= 10 and waits[i] < waits[j]:
                pairs += 1
                agree += 1 if scores[i] < scores[j] else 0.5 if scores[i] == scores[j] else 0
    assert concordance(waits, scores, 10) == pytest.approx(agree / pairs)
