"""Why somebody's prediction is what it is, in the words of business people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.learn.contract import Reason
from limner.learn.features import LANGUAGES
from limner.learn.table import Feature

Array = npt.NDArray[Any]
MOST = 5
WAYS: Mapping[str, Mapping[bool, str]] = {
    "zh": {True: "推高", False: "拉低"},
    "en": {True: "raises it", False: "lowers it"},
}
UNKNOWN: Mapping[str, str] = {"zh": "未知", "en": "not known"}
SAYS: Mapping[str, str] = {
    "zh": "{title}为{value}（一般为{usual}），{way}",
    "en": "{title} is {value} (usually {usual}): {way}",
}


def usual_values(matrix: Array) -> list[float | None]:
    """The median of each column; of words the most frequent one is told apart by `tell`."""
    with np.errstate(all="ignore"):
        return [None if np.isnan(column).all() else float(np.nanmedian(column)) for column in matrix.T]


def rank_reasons(
    contributions: Array,
    row: Array,
    features: Sequence[Feature],
    usual: Sequence[float | None],
    titles: Mapping[str, Mapping[str, str]],
    most: int = MOST,
) -> list[Reason]:
    """The features that move one customer's value most. Of parts of one tag only the strongest is told."""
    reasons: list[Reason] = []
    told: set[str] = set()
    for place in np.argsort(-np.abs(contributions), kind="stable").tolist():
        feature, weight = features[place], float(contributions[place])
        if weight == 0 or len(reasons) >= most:
            break
        if feature.tag in told:
            continue
        told.add(feature.tag)
        words = {
            language: SAYS[language].format(
                title=title_of(feature, titles, language),
                value=spell(feature, float(row[place]), language),
                usual=spell(feature, usual[place], language),
                way=WAYS[language][weight > 0],
            )
            for language in LANGUAGES
        }
        reasons.append(Reason(feature.name, weight, words))
    return reasons


def title_of(feature: Feature, titles: Mapping[str, Mapping[str, str]], language: str) -> str:
    title = titles.get(feature.tag, {}).get(language, feature.tag)
    return f"{title} {feature.part}" if feature.part else title


def spell(feature: Feature, value: float | None, language: str) -> str:
    if value is None or np.isnan(value):
        return UNKNOWN[language]
    if feature.words is not None:
        code = int(value)
        return feature.words[code] if code < len(feature.words) else "…"
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
