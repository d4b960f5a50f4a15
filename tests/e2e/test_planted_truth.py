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
    with limner.open(folder) as workspace:
        yield Truth(workspace, written.people.to_pylist())


def right(pairs: list[tuple[Any, Any]]) -> float:
    said = [(so, told) for so, told in pairs if told is not None]
    return sum(so == told for so, told in said) / len(said)


def test_stages(truth: Truth) -> None:
    assert right(truth.compare("lifecycle_stage", "stage")) > 0.9
    truth.workspace.models_fit("stages")
    truth.workspace.models_publish("stages")
    assert right(truth.compare("own_stage", "stage")) > 0.85


def said(pairs: list[tuple[Any, Any]]) -> float:
    """Of how many anything is said."""
    return sum(told is not None for _, told in pairs) / len(pairs)


def test_tastes(truth: Truth) -> None:
    for tag, planted in (("favourite_category", "favourite_category"), ("favourite_brand", "favourite_brand"),
                         ("order_channel", "preferred_channel")):  # fmt: skip
        pairs = truth.compare(tag, planted)
        assert right(pairs) > 0.8
        assert said(pairs) > 0.25
    truth.workspace.models_fit("tastes")
    truth.workspace.models_publish("tastes")
    pairs = truth.compare("category_taste", "favourite_category")
    assert right(pairs) > 0.9
    assert said(pairs) > 0.85, "views and orders together say it of nearly everybody"


def purity(pairs: list[tuple[Any, Any]]) -> float:
    own: dict[Any, Counter[Any]] = {}
    for so, told in pairs:
        own.setdefault(told, Counter())[so] += 1
    return sum(counts.most_common(1)[0][1] for counts in own.values()) / len(pairs)


@pytest.mark.parametrize("tags", [(), TAGS], ids=["chosen by itself", "named"])
def test_personas(truth: Truth, tags: tuple[str, ...]) -> None:
    figures = truth.workspace.personas_fit(tags, count=6)["fit"]
    assert any({one, *also} >= {"favourite_category", "viewed_category"} for one, also in figures["joined"].items())
    truth.workspace.personas_publish(force=True)
    assert purity(truth.compare("persona", "persona")) > 0.6
