"""The kind ``rfm``: segments by how lately, how often and for how much somebody bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from limner.errors import DataError
from limner.learn.contract import MAIN, Curve, Evaluation, Known, Output, Reason, Study
from limner.learn.declaration import Declaration
from limner.learn.marketing.buying import FIELDS, Bought, Buying, ask_buying, look_later_net, name_codes, read_buying
from limner.learn.marketing.formula import Formula, FormulaKind
from limner.learn.rfm import SEGMENTS, Cuts, Scores, cut_by_quantiles, name_segments, score
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given
from limner.model.parse_value import read_number, read_span
from limner.model.place import Place
from limner.model.tag import Tag

PARTS = ("recency", "frequency", "money")
TITLES: Mapping[str, Mapping[str, str]] = {
    "recency": {"zh": "近度得分", "en": "Recency score"},
    "frequency": {"zh": "频度得分", "en": "Frequency score"},
    "money": {"zh": "额度得分", "en": "Monetary score"},
}


@dataclass(frozen=True, slots=True)
class Cutting:
    buying: Buying
    within: str = "365d"
    """The window in which purchases are counted and summed."""
    parts: int = 5
    border: int = 3
    """The least score that counts as high."""
    cuts: Cuts | None = None
    """Fixed bounds; None = quantiles of the customers."""


class Rfm(FormulaKind):
    name = "rfm"
    title: Mapping[str, str] = {"zh": "RFM 分群", "en": "RFM segments"}
    fields: Sequence[str] = (*FIELDS, "within", "parts", "border", "cuts")
    measures: Sequence[str] = ("lift_of_best", "share_of_major")

    def read(self, fields: Mapping[str, object], place: Place) -> Cutting:
        within = "365d"
        if "within" in fields and (span := read_span(fields["within"], place.at("within"))) is not None:
            within = str(span)
        cuts = read_cuts(fields["cuts"], place.at("cuts")) if "cuts" in fields else None
        parts = int(read_number(fields.get("parts", 5), place.at("parts"), 2, 10) or 5)
        if cuts is not None:
            parts = len(cuts.recency) + 1
        border = int(read_number(fields.get("border", (parts + 1) // 2), place.at("border"), 2, parts) or 2)
        return Cutting(read_buying(fields, place), within, parts, border, cuts)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        scores = {part: Output(Given.NUMBER, TITLES[part]) for part in PARTS}
        return {MAIN: Output(Given.TEXT, {"zh": "客户分群", "en": "Segment"}), **scores}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        return ask_buying(declaration, declaration.options.buying, declaration.options.within)


def read_cuts(data: object, place: Place) -> Cuts | None:
    fields = place.mapping(data, "cuts") or {}
    place.only(fields, PARTS, "cuts")
    bounds: dict[str, tuple[float, ...]] = {}
    for part in PARTS:
        values = fields.get(part)
        if not isinstance(values, list | tuple) or not values:
            place.at(part).wrong("ascending bounds are wanted.", "Write [15, 30, 60, 120].")
            continue
        read = [read_number(value, place.at(part), -1e12, 1e12) for value in values]
        bounds[part] = tuple(value for value in read if value is not None)
    if len(bounds) < len(PARTS):
        return None
    try:
        cuts = Cuts(**bounds)
    except DataError as error:
        place.wrong(error.message)
        return None
    if len({len(values) for values in bounds.values()}) > 1:
        place.wrong("recency, frequency and money need equally many bounds.")
        return None
    return cuts


class Segments(Formula):
    """Learned: ``cuts``, and what tells nobody apart (``flat``)."""

    @classmethod
    def learn(cls, declaration: Declaration, bought: Bought) -> Self:
        options: Cutting = declaration.options
        columns = read_three(bought)
        cuts = options.cuts or cut_by_quantiles(*columns, parts=options.parts)
        flat = [
            part for part, values in zip(PARTS, columns, strict=True) if len(np.unique(values[~np.isnan(values)])) < 2
        ]
        return cls({"cuts": {part: list(bounds) for part, bounds in asdict(cuts).items()}, "flat": flat})

    @property
    def cuts(self) -> Cuts:
        return Cuts(**{part: tuple(bounds) for part, bounds in self.learned["cuts"].items()})

    def score(self, bought: Bought) -> Scores:
        return score(self.cuts, *read_three(bought))

    def say(self, declaration: Declaration, bought: Bought) -> dict[str, TagColumn]:
        scores = self.score(bought)
        codes, words = name_codes(name_segments(scores, declaration.options.border), [one.zh for one in SEGMENTS])
        said = {MAIN: TagColumn(ValueType.TEXT, codes, 0, words)}
        for part in PARTS:
            values = getattr(scores, part).astype(np.float64)
            said[part] = TagColumn(ValueType.FLOAT, np.where(values > 0, values, np.nan))
        return said

    def measure(self, declaration: Declaration, bought: Bought, study: Study, as_of: int) -> Evaluation:
        """Whether who is called valuable is: what the segments spent in the horizon."""
        codes = name_segments(self.score(bought), declaration.options.border)
        later = look_later_net(study, declaration, as_of, bought.customers)
        means = [float(later[codes == code].mean()) if (codes == code).any() else 0.0 for code in range(len(SEGMENTS))]
        counts = [int((codes == code).sum()) for code in range(len(SEGMENTS))]
        known, major = codes >= 0, (codes >= 0) & (codes % 2 == 1)
        usual = float(later[known].mean()) if known.any() else 0.0
        metrics = {
            "lift_of_best": means[-1] / usual if usual > 0 else float("nan"),
            "share_of_major": float(later[major].sum() / later[known].sum())
            if later[known].sum() > 0
            else float("nan"),
        }
        curve = Curve(
            {"zh": "分群地图：人数占比与之后的消费", "en": "Segment map: size, and what was spent later"},
            ("share of the customers", "mean spend in the horizon"),
            {
                SEGMENTS[code].en: ((counts[code] / max(int(known.sum()), 1), mean),)
                for code, mean in enumerate(means)
                if counts[code]
            },
        )
        return Evaluation(metrics, {"customers": int(known.sum())}, {"segments": curve})

    def reason(self, declaration: Declaration, bought: Bought) -> list[Reason]:
        scores = self.score(bought)
        days, often, spent = (float(values[0]) for values in read_three(bought))
        best = len(self.cuts.recency) + 1
        told = {
            "recency": (f"距上次购买 {days:g} 天", f"{days:g} days since the last purchase"),
            "frequency": (
                f"{declaration.options.within} 内购买 {often:g} 次",
                f"{often:g} purchases in {declaration.options.within}",
            ),
            "money": (
                f"{declaration.options.within} 内净消费 {spent:g}",
                f"{spent:g} spent, net, in {declaration.options.within}",
            ),
        }
        reasons = []
        for part, (zh, en) in told.items():
            own = int(getattr(scores, part)[0])
            words = {"zh": f"{zh}：{own} 分（满分 {best}）", "en": f"{en}: score {own} of {best}"}
            reasons.append(Reason(part, float(own - declaration.options.border + 0.5), words))
        return sorted(reasons, key=lambda one: -abs(one.weight))


def read_three(bought: Bought) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days since the last purchase, purchases, net spend; NaN for who never bought."""
    never = ~(bought.number("orders") > 0)
    often = np.where(never, np.nan, np.nan_to_num(bought.number("recent")))
    return np.where(never, np.nan, bought.number("since")), often, bought.net()


Rfm.formula = Segments
