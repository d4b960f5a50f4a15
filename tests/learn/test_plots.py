"""Curves are drawn as pictures, the same ones each time."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from limner.learn.lifecycle import STAGES
from limner.learn.metrics import curves_of
from limner.learn.plots import draw_curves, find_chinese
from limner.learn.rfm import SEGMENTS


@pytest.mark.parametrize(("format", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_curves_are_drawn(format: str, begins: bytes) -> None:
    chance = np.random.default_rng(1).random(200)
    truth = (np.random.default_rng(2).random(200) < chance).astype(float)
    curves = {name: asdict(curve) for name, curve in curves_of(truth, chance).items()}
    first, second = draw_curves(curves, format), draw_curves(curves, format)
    assert set(first) == {"calibration", "gain"}
    assert all(drawn.startswith(begins) for drawn in first.values())
    assert first == second
    if format == "svg":
        assert b"predicted probability" in first["calibration"]


STAGED = {
    "title": {"zh": "各阶段之后的购买率", "en": "Who of each stage bought later"},
    "axes": ("stage", "share that bought in the horizon"),
    "lines": {stage.en: ((float(place), 0.1 * place),) for place, stage in enumerate(STAGES)},
}
MAPPED = {
    "title": {"zh": "分群地图", "en": "Segment map"},
    "axes": ("share of the customers", "mean spend in the horizon"),
    "lines": {segment.en: ((0.1 + place / 50, 100.0 * place),) for place, segment in enumerate(SEGMENTS)},
}


@pytest.mark.parametrize(("curve", "words"), [(STAGED, STAGES), (MAPPED, SEGMENTS)])
def test_points_are_called_by_their_names(curve: dict[str, object], words: tuple[object, ...]) -> None:
    for language in ("zh", "en"):
        drawn = draw_curves({"it": curve}, "svg", language)["it"].decode()
        assert all(f">{getattr(word, language)}<" in drawn for word in words)
    chinese = draw_curves({"it": curve}, "png", "zh")["it"]
    assert (chinese != draw_curves({"it": curve}, "png")["it"]) is bool(find_chinese())


def test_what_came_stands_beside_what_was_foretold() -> None:
    lines = {name: [(0.0, 1.0), (10.0, 0.4)] for name in ("soon", "soon, actual", "late", "late, actual")}
    curve = {"title": {"zh": "生存曲线", "en": "Survival"}, "axes": ("days", "share"), "lines": lines}
    drawn = draw_curves({"survival": curve}, "svg", "zh")["survival"].decode()
    assert drawn.count("#0072b2") > 1
    assert "较早，实际" in drawn
