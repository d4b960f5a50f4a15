"""How good predictions are: numbers and curves, of outcomes that are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from limner.learn.contract import Curve

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
BINS = 10
POINTS = 20
MEASURES = ("auc", "log_loss", "brier", "calibration_error", "lift_at_10", "base_rate")
"""Of chances; see `measure_chances`."""
TITLES: Mapping[str, Mapping[str, str]] = {
    "confidence": {"zh": "校准曲线：置信度与实际正确率", "en": "Calibration: confidence and share that is right"},
    "calibration": {"zh": "校准曲线：预测概率与实际比例", "en": "Calibration: predicted and actual share"},
    "gain": {"zh": "增益曲线：按预测排序能找到多少", "en": "Gain: how many are found from the top"},
}


def auc(truth: Array, scores: Array) -> float:
    """The chance that one who did it is scored above one who did not; ties count half. NaN without both.

    >>> auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    positive = np.asarray(truth) > 0
    hits, misses = int(positive.sum()), int((~positive).sum())
    if not hits or not misses:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))


def log_loss(truth: Array, chances: Array) -> float:
    """Mean, natural logarithm."""
    sure = np.clip(chances, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(truth > 0, np.log(sure), np.log1p(-sure))))


def calibrate(truth: Array, chances: Array, bins: int = BINS) -> tuple[Floats, Floats, Floats]:
    """Bins of equally many, from the least likely: mean chance, share that did it, how many."""
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    means = np.array([np.mean(chances[part]) for part in parts])
    shares = np.array([np.mean(truth[part] > 0) for part in parts])
    return means, shares, np.array([float(len(part)) for part in parts])


def calibration_error(truth: Array, chances: Array) -> float:
    """Mean distance between chance and share over the bins, weighted by how many are in each (ECE)."""
    means, shares, sizes = calibrate(truth, chances)
    return float(np.average(np.abs(means - shares), weights=sizes)) if len(sizes) else float("nan")


def gain(truth: Array, scores: Array, points: int = POINTS) -> list[tuple[float, float]]:
    """(share of customers from the top, share of those who did it among them)."""
    found = np.cumsum((truth > 0)[np.argsort(-scores, kind="stable")])
    if not len(found) or not found[-1]:
        return []
    places = np.unique(np.ceil(np.linspace(0, 1, points + 1) * len(found)).astype(int))
    return [(float(place / len(found)), float(found[place - 1] / found[-1]) if place else 0.0) for place in places]


def lift_at(truth: Array, scores: Array, share: float = 0.1) -> float:
    """How many times as often it was done among the top scored as among all."""
    top = np.argsort(-scores, kind="stable")[: max(1, round(share * len(scores)))]
    base = float(np.mean(truth > 0))
    return float(np.mean(truth[top] > 0) / base) if base else float("nan")


def measure_chances(truth: Array, chances: Array) -> dict[str, float]:
    """What there is to say of predicted chances of one outcome."""
    base = float(np.mean(truth > 0)) if len(truth) else float("nan")
    return {
        "auc": auc(truth, chances),
        "log_loss": log_loss(truth, chances),
        "brier": float(np.mean((chances - (truth > 0)) ** 2)),
        "calibration_error": calibration_error(truth, chances),
        "lift_at_10": lift_at(truth, chances),
        "base_rate": base,
    }


def curves_of(truth: Array, chances: Array) -> dict[str, Curve]:
    means, shares, _ = calibrate(truth, chances)
    found = gain(truth, chances)
    return {
        "calibration": Curve(
            TITLES["calibration"],
            ("predicted probability", "share that did it"),
            {"model": list(zip(means.tolist(), shares.tolist(), strict=True)), "perfect": [(0.0, 0.0), (1.0, 1.0)]},
        ),
        "gain": Curve(
            TITLES["gain"],
            ("share of customers", "share of those who did it"),
            {"model": found, "random": [(0.0, 0.0), (1.0, 1.0)]},
        ),
    }
