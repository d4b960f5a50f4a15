"""The demo shop's models find what was planted in it: who left, what they like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import limner
from limner.demo.build import read_starter, write_campaign_model
from limner.demo.writing import shop_files
from limner.learn.metrics import auc
from limner.tags.starters import read_template
from limner.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(shop: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("demo") / "shop"
    limner.init(folder)
    (folder / "models").mkdir()
    (folder / "models" / "retail.yaml").write_text(read_starter("models.yaml"), encoding="utf-8")
    (folder / "models" / "campaign.yaml").write_text(write_campaign_model(shop.folder), encoding="utf-8")
    (folder / "tags" / "retail.yaml").write_text(read_template("retail"), encoding="utf-8")
    (folder / "tags" / "predictions.yaml").write_text(read_starter("predictions.yaml"), encoding="utf-8")
    with limner.open(folder) as opened:
        opened.tags_apply()
        for data, mapping in shop_files(shop.folder):
            opened.import_files(data, mapping)
        yield opened


def test_the_starter_models_are_well_formed(workspace: Workspace) -> None:
    assert workspace.models_check() == {"models": 12}
    assert all(model["tags"] for model in workspace.models_list())


def test_the_starter_actions_are_well_formed(workspace: Workspace) -> None:
    (workspace.parts.folder / "actions.yaml").write_text(read_starter("actions.yaml"), encoding="utf-8")
    assert len(workspace.actions_policy()["actions"]) == 4
    assert workspace.actions_decide({"all": []})["actions"]


@pytest.mark.slow
def test_those_who_left_are_found(workspace: Workspace, shop: Any) -> None:
    card = workspace.models_fit("churn")
    assert card["passed"], card["missing"]
    assert card["about"]["leaks"] == []
    workspace.models_publish("churn")
    stages = {user: person["stage"] for person in shop.people for user in person["user_ids"]}
    rows = [row for row in workspace.table().to_pylist() if row["churn_chance"] is not None]
    known = [(stages[user] == "流失", row["churn_chance"]) for row in rows if (user := row["user_id"]) in stages]
    assert len(known) > 200
    lost, chances = np.array(known, float).T
    assert auc(lost, chances) > 0.8


def test_tastes_and_interests_planted_are_found(workspace: Workspace, shop: Any) -> None:
    for name, metric in (("tastes", "category_over_population"), ("interests", "over_population")):
        card = workspace.models_fit(name)
        assert card["passed"], card["missing"]
        assert card["metrics"][metric] > 1.5
        workspace.models_publish(name)
    people = {user: person for person in shop.people for user in person["user_ids"]}
    rows = [row for row in workspace.table().to_pylist() if row["user_id"] in people]
    told = [(people[row["user_id"]]["favourite_category"], row["category_taste"]) for row in rows]
    said = [planted == liked for planted, liked in told if liked is not None]
    assert len(said) > 0.3 * len(told)
    assert np.mean(said) > 0.8
    typical = {"新手爸妈": "亲子家庭", "数码极客": "数码科技", "运动健将": "运动健身", "精致丽人": "美容时尚"}
    named = [(typical.get(people[row["user_id"]]["persona"]), row["main_interest"]) for row in rows]
    assert np.mean([so == interest for so, interest in named if so and interest]) > 0.7
    family = [(people[row["user_id"]]["persona"] == "新手爸妈", row["family_interest"]) for row in rows]
    parents, scores = np.array([one for one in family if one[1] is not None], float).T
    assert auc(parents, scores) > 0.8
