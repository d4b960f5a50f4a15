"""What was planted in the demo shop is found again: stages of the life cycle, tastes, personas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import limner
from limner.demo import write_shop
from limner.demo.build import build_demo
from limner.workspace import Workspace

pytestmark = pytest.mark.slow
TAGS = ("gender", "generation", "has_child", "favourite_category", "viewed_category", "order_channel", "visit_platform",
        "price_sensitivity", "values", "buying_motive")  # fmt: skip
OWN = """
tags:
  own_stage: {layer: model, model: {name: stage, type: text}}
"""


@dataclass(frozen=True)
class Truth:
    workspace: Workspace
    people: list[dict[str, Any]]

    def compare(self, tag: str, truth: str) -> list[tuple[Any, Any]]:
        """(what is so, what the tag says) of everybody who can be found."""
        out = self.workspace.parts.folder / "out.parquet"
        self.workspace.export(str(out))
        told: dict[str, Any] = {}
        for row in pq.read_table(out).to_pylist():
            for column in ("user_id", "user_id_all", "customer_no", "customer_no_all"):
                value = row.get(column) or []
                told |= dict.fromkeys([value] if isinstance(value, str) else value, row[tag])
        keys = ((person[truth], [*person["user_ids"], *person["customer_nos"]]) for person in self.people)
        return [(so, told[key]) for so, (key, *_) in ((so, found) for so, found in keys if found) if key in told]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Truth]:
    folder: Path = tmp_path_factory.mktemp("planted") / "shop"
    limner.init(folder)
    written = write_shop(folder / "shop", customers=600, seed=5, until=date(2026, 11, 20))
    build_demo(folder, lambda what, done, total: None)
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / "m.yaml").write_text(
        "models: {stage: {kind: lifecycle, horizon: 60d, joined: register}}", encoding="utf-8"
    )
    (folder / "tags" / "own.yaml").write_text(OWN, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        yield Truth(workspace, written.people.to_pylist())


def right(pairs: list[tuple[Any, Any]]) -> float:
    said = [(so, told) for so, told in pairs if told is not None]
    return sum(so == told for so, told in said) / len(said)


def test_stages(truth: Truth) -> None:
    assert right(truth.compare("lifecycle_stage", "stage")) > 0.9
    truth.workspace.models_fit("stage")
    truth.workspace.models_publish("stage")
    assert right(truth.compare("own_stage", "stage")) > 0.85


def test_tastes(truth: Truth) -> None:
    for tag, planted in (("favourite_category", "favourite_category"), ("favourite_brand", "favourite_brand"),
                         ("order_channel", "preferred_channel")):  # fmt: skip
        pairs = truth.compare(tag, planted)
        assert right(pairs) > 0.8
        assert sum(told is not None for _, told in pairs) > 0.25 * len(pairs)


def test_personas(truth: Truth) -> None:
    truth.workspace.personas_fit(TAGS, count=6)
    truth.workspace.personas_publish(force=True)
    pairs = truth.compare("persona", "persona")
    own: dict[Any, Counter[Any]] = {}
    for so, told in pairs:
        own.setdefault(told, Counter())[so] += 1
    purity = sum(counts.most_common(1)[0][1] for counts in own.values()) / len(pairs)
    assert purity > 0.5
