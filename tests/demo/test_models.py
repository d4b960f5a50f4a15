"""The demo shop's models find what was planted in it: who left, whom a gender belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import limner
from limner.demo.build import read_starter
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
    (folder / "tags" / "retail.yaml").write_text(read_template("retail"), encoding="utf-8")
    (folder / "tags" / "predictions.yaml").write_text(read_starter("predictions.yaml"), encoding="utf-8")
    with limner.open(folder) as opened:
        opened.tags_apply()
        for data, mapping in shop_files(shop.folder):
            opened.import_files(data, mapping)
        yield opened


def test_the_starter_models_are_well_formed(workspace: Workspace) -> None:
    assert workspace.models_check() == {"models": 5}
    assert all(model["tags"] for model in workspace.models_list())


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
