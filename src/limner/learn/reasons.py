"""Why somebody's prediction is what it is, in the words of business people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.learn.contract import Reason
from limner.learn.features import LANGUAGES
from limner.learn.table import Feature, Form, Table

Array = npt.NDArray[Any]
Ways = Mapping[str, Mapping[bool, str]]
"""By language: what a feature does whose weight is over 0 (True), or under it."""
MOST = 5
WAYS: Ways = {
    "zh": {True: "推高", False: "拉低"},
    "en": {True: "raises it", False: "lowers it"},
}
UNKNOWN: Mapping[str, str] = {"zh": "未知", "en": "not known"}
TRUTHS: Mapping[str, tuple[str, str]] = {"zh": ("否", "是"), "en": ("no", "yes")}
AGO: Mapping[str, str] = {"zh": "{days:.0f} 天前", "en": "{days:.0f} days ago"}
SAYS: Mapping[str, str] = {
    "zh": "{title}为{value}（一般为{usual}），{way}",
    "en": "{title} is {value} (usually {usual}): {way}",
}


@dataclass(frozen=True, slots=True)
class Speech:
    """What reasons are told by."""

    usual: Sequence[float | None]
    """By feature; see `usual_values`."""
    titles: Mapping[str, Mapping[str, str]]
    """By tag and language."""
    values: Mapping[str, Mapping[str, Mapping[str, str]]]
    """By tag, value and language, where values have titles."""
    ways: Ways

    def tell(self, feature: Feature, value: float, usual: float | None, raises: bool, language: str) -> str:
        return SAYS[language].format(
            title=self.title(feature, language),
            value=self.spell(feature, value, language),
            usual=self.spell(feature, usual, language),
            way=self.ways[language][raises],
        )

    def title(self, feature: Feature, language: str) -> str:
        title = self.titles.get(feature.tag, {}).get(language, feature.tag)
        return f"{title} {feature.part}" if feature.part else title

    def spell(self, feature: Feature, value: float | None, language: str) -> str:
        if value is None or np.isnan(value):
            return UNKNOWN[language]
        if feature.words is not None:
            word = feature.words[int(value)] if int(value) < len(feature.words) else "…"
            return self.values.get(feature.tag, {}).get(word, {}).get(language) or word
        match feature.form:
            case Form.TRUTH:
                return TRUTHS[language][value >= 0.5]
            case Form.AGO:
                return AGO[language].format(days=value)
            case Form.SHARE:
                return f"{value:.0%}"
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"


def usual_values(table: Table) -> list[float | None]:
    """The median of each number, the most frequent of words; None where nobody has a value."""
    return [find_usual(column, feature) for column, feature in zip(table.matrix.T, table.features, strict=True)]


def find_usual(column: Array, feature: Feature) -> float | None:
    known = column[~np.isnan(column)]
    if not len(known):
        return None
    if feature.words is not None:
        return float(np.bincount(known.astype(np.int64)).argmax())
    return float(np.median(known))


def rank_reasons(
    contributions: Array, row: Array, features: Sequence[Feature], speech: Speech, most: int = MOST
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
        value, usual = float(row[place]), speech.usual[place]
        words = {language: speech.tell(feature, value, usual, weight > 0, language) for language in LANGUAGES}
        reasons.append(Reason(feature.name, weight, words))
    return reasons
