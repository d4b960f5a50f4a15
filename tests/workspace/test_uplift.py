"""Uplift through a workspace: learned from a campaign drawn by lot, published as a tag, explained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.learn.uplift.shop import EFFECT, MODEL, make_shop

import limner
from limner.errors import DataError, DefinitionError
from limner.workspace import Workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = make_shop(tmp_path_factory.mktemp("uplift") / "shop")
    with limner.open(folder) as workspace:
        workspace.models_fit("care")
        workspace.models_publish("care")
        yield workspace


def redeclare(shop: Workspace, was: str, becomes: str) -> None:
    assert was in MODEL
    (shop.parts.folder / "models" / "care.yaml").write_text(MODEL.replace(was, becomes), encoding="utf-8")


def test_the_card_has_the_qini_with_its_interval(shop: Workspace) -> None:
    card = shop.models_show("care")["card"]
    metrics = card["metrics"]
    assert card["passed"], card["missing"]
    assert 0 < metrics["qini_low"] < metrics["qini"] < metrics["qini_high"]
    assert metrics["effect"] == pytest.approx(EFFECT / 2, abs=0.1)
    assert card["sizes"]["customers"] == 400
    assert card["curves"]["qini"]["lines"]["random"][-1] == card["curves"]["qini"]["lines"]["model"][-1]


def test_the_planted_effect_is_the_tag_of_everybody(shop: Workspace) -> None:
    rows = shop.table().to_pylist()
    found = {word: [row["care_uplift"] for row in rows if row["sensitivity"] == word] for word in ("high", "low")}
    assert sum(found["high"]) / len(found["high"]) == pytest.approx(EFFECT, abs=0.15)
    assert sum(found["low"]) / len(found["low"]) == pytest.approx(0, abs=0.12)


def test_reasons_name_what_moves_it(shop: Workspace) -> None:
    first = shop.models_explain("care", "user_id:u2")["reasons"][0]
    assert first["feature"] == "sensitivity"
    assert first["weight"] > 0
    assert shop.models_explain("care", "user_id:u3")["reasons"][0]["weight"] < 0


def test_one_arm_only(tmp_path: Path) -> None:
    with limner.open(make_shop(tmp_path / "shop", 120, treated=1.0)) as shop, pytest.raises(DataError) as told:
        shop.models_fit("care")
    assert "everybody was treated" in str(told.value)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("treated: treated", "treated: Treated", "It has control, treated|Nobody was treated"),
        ("campaign: care", "campaign: other", "Nobody has the event"),
        ("at: 2026-06-20", "at: 2020-01-01", "from before the trial"),
        ("horizon: 14d", "horizon: 90d", "not over yet"),
    ],
)
def test_trials_that_are_not_there(shop: Workspace, was: str, becomes: str, says: str) -> None:
    redeclare(shop, was, becomes)
    with pytest.raises(DataError, match=says):
        shop.models_fit("care")


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("control: control", "control: treated", "another than"),
        ("arm: arm, ", "", "arm"),
        ("at: 2026-06-20", "at: soon", "is not a date"),
        ("outcome: {did: order_paid}", "outcome: {did: order_paid, within: 3d}", "lies in the horizon"),
        ("horizon: 14d", "learner: s", "unknown learner"),
    ],
)
def test_wrong_declarations_are_said(shop: Workspace, was: str, becomes: str, says: str) -> None:
    redeclare(shop, was, becomes)
    with pytest.raises(DefinitionError, match=says):
        shop.models_check()
