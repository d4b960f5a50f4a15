"""Good enough to be published? What is demanded, and what is missing, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limner.learn.contract import Evaluation
from limner.learn.declaration import Declaration

LESS_IS_BETTER = frozenset({"log_loss", "brier", "calibration_error", "mae", "rmse", "total_error", "instability"})
"""Metrics of which a bound is the most that is allowed; of all others it is the least."""


def find_missing(declaration: Declaration, about: Mapping[str, Any], evaluation: Evaluation) -> list[str]:
    """What keeps a version from being published; nothing = it may be."""
    missing = list(evaluation.missing)
    for metric, bound in declaration.quality.items():
        if evaluation.missing:
            break
        found = evaluation.metrics.get(metric)
        if found is None or found != found:  # noqa: PLR0124  NaN
            missing.append(f"{metric} could not be measured; at {say_bound(metric, bound)} is demanded.")
        elif found > bound if metric in LESS_IS_BETTER else found < bound:
            missing.append(f"{metric} is {found:.4g}; at {say_bound(metric, bound)} is demanded.")
    leaks = [leak for leak in about.get("leaks", ()) if leak["feature"] not in declaration.trust]
    return [*missing, *map(say_leak, leaks)]


def say_leak(leak: Mapping[str, Any]) -> str:
    name = leak["feature"]
    return f"{leak['words']['en']}. Leave it out with without: [{name}], or say that it is none with trust: [{name}]."


def say_bound(metric: str, bound: float) -> str:
    return f"{'most' if metric in LESS_IS_BETTER else 'least'} {bound:g}"
