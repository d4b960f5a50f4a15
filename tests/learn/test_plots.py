"""Curves are drawn as pictures, the same ones each time."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from limner.learn.metrics import curves_of
from limner.learn.plots import draw_curves


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
