"""The kind `recommendation`: `limner.learn.contract.Kind`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.learn.contract import MAIN, Dates, Known, Output, Study
from limner.learn.dates import shift_days
from limner.learn.declaration import Declaration
from limner.learn.recommend.learned import LearnedRecommender
from limner.learn.recommend.options import FIELDS, Options, promoting, read_options
from limner.model.fold import Given
from limner.model.place import Place
from limner.model.tag import Layer, Tag


class Recommendation:
    name = "recommendation"
    title: Mapping[str, str] = {"zh": "商品推荐", "en": "Recommendations"}
    fields: Sequence[str] = FIELDS
    quality: Mapping[str, float] = {"over_popularity": 1.0}
    measures: Sequence[str] = (
        "over_popularity",
        "recall_at_10",
        "ndcg_at_10",
        "coverage_at_10",
        "popularity_ndcg_at_10",
    )

    def read(self, fields: Mapping[str, object], place: Place) -> Options | None:
        return read_options(fields, place)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {MAIN: Output(Given.TEXT, {"zh": "首选商品", "en": "first choice"})}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        """Nothing but columns of what it reads of events."""
        options: Options = declaration.options
        strange = [source.event for source in options.sources if source.event not in known.events]
        if strange:
            hint = did_you_mean(strange[0], known.events)
            said = f"there is no event {strange[0]!r} in the log."
            raise DefinitionError([Problem(declaration.name, "interactions", said, hint)])
        return [
            Tag(declaration.own_tag(f"read{number}"), Layer.FACT, promoting(event, path))
            for number, (event, path) in enumerate(dict.fromkeys(options.paths()))
        ]

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        test = shift_days(last, -declaration.horizon.length, zone)
        return Dates((), test if test > first else None)

    def fit(self, declaration: Declaration, study: Study) -> LearnedRecommender:
        return LearnedRecommender.fit(declaration, study)

    def load(self, folder: Path) -> LearnedRecommender:
        return LearnedRecommender.load(folder)
