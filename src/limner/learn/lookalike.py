"""Customers like those of an audience, who are not in it: a rule, an audience by name, or an imported list of members.

Trees tell the seeds from the others. A fifth of the seeds is never fitted on: how typical a customer is, is the share
of those seeds that look no more like seeds than the customer does (who is below all of them has a part of the least, by
the rank among such); and how many of them are found among so many customers is what an expansion of that size is worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.contract import MAIN, Curve, Dates, Evaluation, Known, Numbers, Output, Said, Study
from limner.learn.dates import day_known
from limner.learn.declaration import Declaration
from limner.learn.examples import build_examples, find_asked, population_tag, read_now, read_truths
from limner.learn.features import choose_features, feature_tags, with_all_inputs
from limner.learn.grown import Grown, find_words, grow_trees
from limner.learn.metrics import auc, lift_at
from limner.learn.trees import Trees
from limner.learn.truth import is_held_out
from limner.model.algebra import write_out
from limner.model.column import TagColumn, ValueType
from limner.model.condition import Condition, InAudience
from limner.model.fold import Given
from limner.model.parse_condition import read_condition
from limner.model.place import Place
from limner.model.references import tags_read
from limner.model.tag import Layer, Rule, Tag

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
SEEDS = "seeds"
OTHERS = 10
"""So many others are fitted on for each seed, as far as there are."""
FEWEST_OTHERS = 5_000
POINTS = 25
STEPS = 200
"""Quantiles that are kept of those who are below all held-out seeds."""


@dataclass(frozen=True, slots=True)
class Sought:
    seeds: Condition


class Lookalike:
    """`Kind`: how typical of the seeds a customer is, 0 to 1."""

    name = "lookalike"
    title: Mapping[str, str] = {"zh": "相似人群", "en": "Look-alike"}
    fields: Sequence[str] = ("seeds",)
    quality: Mapping[str, float] = {"auc": 0.65}
    measures: Sequence[str] = ("auc", "lift_at_10")

    def read(self, fields: Mapping[str, object], place: Place) -> Sought | None:
        if "seeds" not in fields:
            place.wrong("like whom?", "Give seeds: the name of an audience, or a condition such as {vip: true}.")
            return None
        data, here = fields["seeds"], place.at("seeds")
        condition = InAudience(data) if isinstance(data, str) else read_condition(data, here)
        return None if condition is None else Sought(condition)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {MAIN: Output(Given.NUMBER, {"zh": "相似度", "en": "similarity"})}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        condition = write_out(declaration.options.seeds, known.audiences, declaration.name)
        read = tags_read(condition)
        parts = [tag.name for tag in with_all_inputs([tag for tag in known.tags if tag.name in read], known.tags)]
        features = choose_features(declaration, known, read, parts)
        return [*features, Tag(declaration.own_tag(SEEDS), Layer.FACT, Rule(condition)), *population_tag(declaration)]

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        """Who is a seed and what they are like is asked at one instant; what is held out are seeds, not time."""
        return Dates((day_known(last, zone),))

    def fit(self, declaration: Declaration, study: Study) -> Alike:
        names = [tag.name for tag in feature_tags(study)]
        (tag,) = find_asked(study, [declaration.own_tag(SEEDS)])

        def outcome(instant: int, customers: Numbers) -> Floats:
            found: Floats = read_truths(study, tag, instant, customers)
            return found

        examples = build_examples(study, declaration, names, outcome, study.dates.train)
        seeds, held = examples.label > 0, is_held_out(examples.customers)
        kept = int((seeds & held).sum())
        if int(seeds.sum()) < declaration.least["positives"] or not kept or seeds.all():
            raise DataError(
                f"{declaration.name}: too few to learn from: there are {int(seeds.sum())} seeds (of "
                f"{declaration.least['positives']}) among {len(seeds)} customers.",
                hint="Widen the rule of the seeds.",
            )
        chance = np.random.default_rng(3)
        others = np.flatnonzero(~seeds & ~held)
        most = max(OTHERS * int(seeds.sum()), FEWEST_OTHERS)
        others = np.sort(chance.choice(others, min(most, len(others)), replace=False))
        rows = np.concatenate([np.flatnonzero(seeds & ~held), others])
        trees = grow_trees(declaration, study, examples.table.take(rows), examples.label[rows])
        raws = np.sort(trees.raw(examples.table.take(np.flatnonzero(seeds & held))))
        below = trees.raw(examples.table.take(others))
        below = below[below < raws[0]]
        ladder = np.quantile(below, np.linspace(0, 1, STEPS)) if len(below) else below
        learned = {
            "sizes": {"customers": len(seeds), "seeds": int(seeds.sum()), "held_out": kept},
            "seeds": [round(float(raw), 6) for raw in raws],
            "below": [round(float(raw), 6) for raw in ladder],
            **find_words(study, examples.table),
        }
        return Alike(trees, learned)

    def load(self, folder: Path) -> Alike:
        return Alike.load(folder)


class Alike(Grown):
    """`Fitted`."""

    def __init__(self, trees: Trees, learned: Mapping[str, Any]) -> None:
        super().__init__(trees, learned)
        self.seeds = np.array(learned["seeds"], np.float64)
        """Raw scores of the seeds that were held out, ascending."""
        self.below = np.array(learned.get("below", ()), np.float64)
        """Of those below all of them."""

    def similarities(self, raw: Floats) -> Floats:
        """The share of held-out seeds that score no higher; below all of them, a part of one by rank."""
        rounded = np.round(raw, 6)
        share = np.searchsorted(self.seeds, rounded, side="right") / len(self.seeds)
        rank = np.searchsorted(self.below, rounded, side="right") / (len(self.below) + 1)
        return np.where(share > 0, share, rank / (len(self.seeds) + 1))

    def about(self) -> dict[str, Any]:
        return {"sizes": self.learned["sizes"], "leaks": [], "features": self.show_features(self.trees.gains())}

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        """On the held-out seeds beside all who are no seeds, as of now."""
        customers, table = read_now(study, declaration, self.tags, self.features)
        (tag,) = find_asked(study, [declaration.own_tag(SEEDS)])
        seeds = read_truths(study, tag, study.last, customers) > 0
        rows = np.flatnonzero(~seeds | is_held_out(customers))
        label, raw = seeds[rows].astype(np.float64), self.trees.raw(table.take(rows))
        if len(np.unique(label)) < 2:
            return Evaluation({}, {"customers": len(rows)}, missing=["There is no seed left to test it on."])
        metrics = {"auc": auc(label, raw), "lift_at_10": lift_at(label, raw)}
        sizes = {"customers": len(rows), "seeds": int(label.sum())}
        return Evaluation(metrics, sizes, {"expansion": self.draw_expansion(label, raw)})

    def draw_expansion(self, label: Floats, raw: Floats) -> Curve:
        """By how many others are taken, the most alike first."""
        others = np.sort(raw[label == 0])[::-1]
        sizes = np.unique(np.ceil(np.linspace(0, 1, POINTS + 1)[1:] * len(others)).astype(int))
        least = others[sizes - 1]
        found = [float(np.mean(raw[label > 0] >= score)) for score in least]
        title = {"zh": "扩展规模与相似度", "en": "Size of the expansion and similarity"}
        return Curve(
            title,
            ("customers taken", "0 to 1"),
            {
                "least similarity": [
                    (float(n), float(s)) for n, s in zip(sizes, self.similarities(least), strict=True)
                ],
                "held-out seeds as alike": [(float(n), share) for n, share in zip(sizes, found, strict=True)],
            },
        )

    def predict(self, declaration: Declaration, study: Study) -> Said:
        customers, table = read_now(study, declaration, self.tags, self.features)
        found = self.similarities(self.trees.raw(table)) if len(table) else np.zeros(0)
        return Said(customers, {MAIN: TagColumn(ValueType.FLOAT, np.round(found, 6))})
