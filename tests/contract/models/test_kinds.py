"""What every kind of model promises (`limner.learn.contract`). A new kind is done when it has an example here and all
of this passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.learn.shop import make_shop

import limner
from limner.errors import DataError
from limner.learn.contract import Fitted
from limner.learn.declaration import Declaration, parse_model
from limner.learn.kinds import KINDS
from limner.learn.shelf import read_asks, read_model, write_model
from limner.study import FoldedStudy
from limner.workspace import Workspace
from limner.workspace.opened import silent

LEAST = {"customers": 40, "positives": 8}
ASKED = {"horizon": "30d", "dates": 2, "least": LEAST}
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "churn": {"event": "order_paid", "population": {"did": "order_paid", "within": "90d"}, **ASKED},
    "recommendation": {
        "interactions": {"order_paid": {"item": "channel", "weight": 3}, "page_view": "channel"},
        "exclude": {"order_paid": "3d"},
        **ASKED,
    },
    "uplift": {
        "trial": {
            "event": "order_paid",
            "arm": "channel",
            "treated": "app",
            "control": "web",
            "at": "2026-06-01",
        },
        "outcome": {"did": "order_paid", "sum": "amount", "is": {"gte": 200}},
        **ASKED,
    },
    "rfm": {"event": "order_paid", **ASKED},
    "lifecycle": {"event": "order_paid", "joined": "page_view", **ASKED},
    "value": {"event": "order_paid", "discount": 0.1, **ASKED},
    "propensity": {"label": {"did": "order_paid", "sum": "amount", "is": {"gte": 100}}, **ASKED},
    "attribute": {"label": "gender", "abstain": 0.5, **ASKED, "least": {"customers": 20}},
    "survival": {"event": "order_paid", "population": {"did": "order_paid", "within": "90d"}, **ASKED},
    "taste": {
        "tastes": {
            "channel": {"order_paid": {"read": "channel", "weight": 3}, "page_view": "channel"},
            "spending": {"read": {"order_paid": "amount"}, "bands": [60, 120]},
            "time_of_day": ["order_paid"],
            "weekday": ["page_view", "order_paid"],
        },
        "evidence": {"times": 2},
        **ASKED,
    },
    "interest": {
        "read": {"page_view": "channel", "order_paid": {"read": ["channel"], "weight": 2}},
        "interests": {"mobile": {"app": 1, "store": 0.25}, "desktop": ["web"]},
        **ASKED,
    },
    "lookalike": {"seeds": {"orders_90d": {"gte": 3}}, **ASKED},
}
"""A declaration of each kind over the small shop."""
EARLY = "2026-08-01T00:00:00+00:00"
DATA = {".json", ".txt", ".npz", ".npy", ".arrow", ".svg"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with limner.open(make_shop(tmp_path_factory.mktemp("kinds") / "shop", customers=100)) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The same shop, without what came later than `EARLY`."""
    with limner.open(make_shop(tmp_path_factory.mktemp("cut") / "shop", customers=100, until=EARLY)) as workspace:
        yield workspace


class Learned:
    """A kind that was fitted on the shop."""

    def __init__(self, shop: Workspace, kind: str) -> None:
        self.shop, self.kind = shop, KINDS[kind]
        self.declaration: Declaration = parse_model("tried", {"kind": kind, **EXAMPLES[kind]}, KINDS)
        self.asks = list(self.kind.asks(self.declaration, shop._known()))
        self.study = self.look("fit")
        self.fitted: Fitted = self.kind.fit(self.declaration, self.study)

    def look(self, action: str, as_of: str | None = None) -> FoldedStudy:
        with self.shop._settled():
            return self.shop._study(self.declaration, self.asks, action, as_of, silent)


@pytest.fixture(scope="module", params=KINDS)
def learned(request: pytest.FixtureRequest, shop: Workspace) -> Learned:
    return Learned(shop, request.param)


def test_every_kind_has_an_example_and_says_what_it_is() -> None:
    assert set(EXAMPLES) == set(KINDS)
    for name, kind in KINDS.items():
        assert kind.name == name
        assert set(kind.title) == {"zh", "en"}


def test_what_it_says_is_of_the_types_it_declares(learned: Learned) -> None:
    from limner.fold.shape import PREDICTED_SHAPES

    said, outputs = (
        learned.fitted.predict(learned.declaration, learned.study),
        learned.kind.outputs(learned.declaration),
    )
    assert np.all(np.diff(said.customers) > 0)
    assert len(said.customers)
    assert set(said.values) == set(outputs)
    for output, column in said.values.items():
        assert column.type is PREDICTED_SHAPES[outputs[output].given].type
        assert len(column.values) == len(said.customers)
        if column.confidence is not None:
            assert ((column.confidence >= 0) & (column.confidence <= 1)).all()


def test_it_says_the_same_again_and_after_being_put_away(learned: Learned, tmp_path: Path) -> None:
    first = learned.fitted.predict(learned.declaration, learned.study)
    sha256 = write_model(tmp_path, learned.kind, learned.fitted, learned.asks)
    assert {path.suffix for path in tmp_path.iterdir()} <= DATA, "files are data, no pickles"
    assert read_asks(tmp_path) == learned.asks
    again = read_model(tmp_path, learned.kind, sha256)
    assert again.about() == learned.fitted.about()
    for fitted in (learned.fitted, again):
        said = fitted.predict(learned.declaration, learned.study)
        assert np.array_equal(said.customers, first.customers)
        for output, column in said.values.items():
            assert read(column) == read(first.values[output])


def read(column: Any) -> list[Any]:
    if column.dictionary:
        return [column.dictionary[code] if code >= 0 else None for code in column.values.tolist()]
    return [None if value != value else value for value in column.values.tolist()]


def test_it_is_fitted_the_same_way_twice(learned: Learned) -> None:
    again = learned.kind.fit(learned.declaration, learned.study)
    first, second = (one.predict(learned.declaration, learned.study) for one in (learned.fitted, again))
    for output, column in second.values.items():
        assert read(column) == read(first.values[output])


def test_it_is_tested_on_later_time(learned: Learned) -> None:
    found = learned.fitted.evaluate(learned.declaration, learned.study)
    assert found.metrics or found.missing
    for curve in found.curves.values():
        assert set(curve.title) == {"zh", "en"}
        assert all(np.isfinite(point).all() for line in curve.lines.values() for point in line)
    if learned.study.dates.train and learned.study.dates.test is not None:
        assert max(learned.study.dates.train) < learned.study.dates.test <= learned.study.last


def test_the_future_is_not_seen(learned: Learned, cut: Workspace) -> None:
    """What is said as of a day is the same where no later event is there."""
    told = []
    for shop in (learned.shop, cut):
        with shop._settled():
            study = shop._study(learned.declaration, learned.asks, "predict", EARLY, silent)
            said = learned.fitted.predict(learned.declaration, study)
            keys = shop._one_id.refresh().keys(said.customers.tolist())
        told.append({name: dict(zip(keys, read(column), strict=True)) for name, column in said.values.items()})
    assert told[0] == told[1]
    assert all(told[0].values())


def test_reasons_are_sentences_in_both_languages(learned: Learned) -> None:
    said = learned.fitted.predict(learned.declaration, learned.study)
    customer = int(said.customers[0])
    told = learned.fitted.explain(learned.declaration, learned.study.of_one(customer), customer)
    assert all(set(reason.words) == {"zh", "en"} and all(reason.words.values()) for reason in told)
    whole = learned.fitted.explain(learned.declaration, learned.study, customer)
    assert told == whole, "one customer alone is told the same as among all"


def test_what_may_be_demanded_is_measured(learned: Learned) -> None:
    found = learned.fitted.evaluate(learned.declaration, learned.study)
    assert set(learned.kind.quality) <= set(learned.kind.measures)
    assert found.missing or set(learned.kind.measures) <= set(found.metrics)


def test_an_empty_folder_is_no_model(learned: Learned, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        learned.kind.load(tmp_path)
