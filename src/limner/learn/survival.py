"""When something will happen next: the time to an event, with those of whom only is known that it took longer.

The horizon is cut into steps. Trees learn the chance that the event comes in a step, given that it has not come before
(a discrete-time hazard: Singer and Willett 1993); multiplied up, these give each customer a survival curve.
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
from limner.learn.dates import plan_dates, shift_days
from limner.learn.declaration import Declaration
from limner.learn.examples import Examples, build_examples, find_asked, population_tag, read_now
from limner.learn.features import choose_features, feature_tags
from limner.learn.grown import Grown, find_words, grow_trees
from limner.learn.metrics import auc, calibrate, calibration_error
from limner.learn.outcome import check_seen
from limner.learn.propensity import check_enough
from limner.learn.reasons import Ways
from limner.learn.table import Feature, Table
from limner.learn.trees import Trees
from limner.model.clock import local_day
from limner.model.column import NULL_NUMBER, TagColumn, ValueType
from limner.model.fold import Fold, Given, Measure, Selection, Window
from limner.model.parse_events import read_names
from limner.model.place import Place
from limner.model.references import folds_read
from limner.model.tag import Layer, Tag

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
NEXT = "next"
WITHIN = "within"
STEP = Feature("step")
MOST_STEPS = 8
WAYS: Ways = {"zh": {True: "更早", False: "更晚"}, "en": {True: "sooner", False: "later"}}
PAIRED = 2000
"""Customers that are compared in pairs for the concordance."""


@dataclass(frozen=True, slots=True)
class Awaited:
    events: tuple[str, ...]


class Survival:
    """`Kind`: days until the next event, and the chance that it comes within the horizon."""

    name = "survival"
    title: Mapping[str, str] = {"zh": "下次行为时间", "en": "Time to the next event"}
    fields: Sequence[str] = ("event",)
    quality: Mapping[str, float] = {"concordance": 0.6, "calibration_error": 0.15}
    measures: Sequence[str] = ("concordance", "auc", "brier", "calibration_error", "base_rate")

    def read(self, fields: Mapping[str, object], place: Place) -> Awaited | None:
        if "event" not in fields:
            place.wrong("which event is waited for?", "Give event: order_paid.")
            return None
        names = read_names(fields["event"], place.at("event"))
        return Awaited(names) if names else None

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {
            MAIN: Output(Given.NUMBER, {"zh": "预计还有几天", "en": "days to be expected"}),
            WITHIN: Output(Given.NUMBER, {"zh": "期限内发生的概率", "en": "chance within the horizon"}),
        }

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        chosen = Selection(declaration.options.events)
        following = Fold(Measure.FIRST, chosen, Window(within=declaration.horizon), path="time")
        own = Tag(declaration.own_tag(NEXT), Layer.FACT, following)
        return [*choose_features(declaration, known), own, *population_tag(declaration)]

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        every = None if declaration.every is None else declaration.every.length
        return plan_dates(first, last, declaration.horizon.length, zone, declaration.dates, every)

    def fit(self, declaration: Declaration, study: Study) -> Hazards:
        if not study.dates.train:
            raise DataError(f"{declaration.name}: the data is too short: an outcome takes {declaration.horizon}.")
        (following,) = find_asked(study, [declaration.own_tag(NEXT)])
        check_seen(declaration.name, folds_read(following.definition), study.vocabulary().names)
        names = [tag.name for tag in feature_tags(study)]
        examples = collect(study, declaration, names, study.dates.train)
        came = examples.label <= declaration.horizon.length
        check_enough(declaration, {**examples.sizes, "positives": int(came.sum())})
        edges = cut_steps(examples.label[came], declaration.horizon.length)
        table, label, rows = expand(examples.table, examples.label, edges)
        trees = grow_trees(declaration, study, table, label, examples.customers[rows])
        learned = {
            "edges": edges,
            "sizes": {**examples.sizes, "positives": int(came.sum())},
            **find_words(study, table),
        }
        return Hazards(trees, learned)

    def load(self, folder: Path) -> Hazards:
        return Hazards.load(folder)


def collect(
    study: Study, declaration: Declaration, tags: Sequence[str], instants: Sequence[int], features: Any = None
) -> Examples:
    """Labels are days until the event; one more than the horizon where it did not come within it."""
    (tag,) = find_asked(study, [declaration.own_tag(NEXT)])
    horizon = declaration.horizon.length

    def wait(instant: int, customers: Numbers) -> Floats:
        folded = study.until([tag], shift_days(instant, horizon, study.zone))
        times: Array = folded.columns[tag.name].values
        places = np.searchsorted(folded.customers, customers)
        inside = np.minimum(places, max(len(folded.customers) - 1, 0))
        there = folded.customers[inside] == customers if len(folded.customers) else np.zeros(len(customers), np.bool_)
        came = there & (times[inside] != NULL_NUMBER)
        found = np.where(there, horizon + 1.0, np.nan)
        day = local_day(instant, study.zone)
        found[came] = [local_day(int(time), study.zone) - day for time in times[inside[came]]]
        return found

    return build_examples(study, declaration, tags, wait, instants, features)


def cut_steps(waits: Floats, horizon: int) -> list[int]:
    """Last days of the steps: about as many events in each; the horizon's last day ends the last one."""
    shares = np.linspace(0, 1, MOST_STEPS + 1)[1:]
    edges = np.unique(np.ceil(np.quantile(waits, shares)).astype(int)).tolist()
    return [*(edge for edge in edges if edge < horizon), horizon]


def expand(table: Table, waits: Floats, edges: Sequence[int]) -> tuple[Table, Floats, Array]:
    """A row per customer and step up to the one in which it came: did it?"""
    reached = np.searchsorted(np.array(edges), waits, side="left")  # the step it came in; past the last = never
    counts = np.minimum(reached + 1, len(edges))
    rows = np.repeat(np.arange(len(waits)), counts)
    steps = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    label = (steps == reached[rows]).astype(np.float64)
    return with_step(table.take(rows), steps), label, rows


def with_step(table: Table, steps: Array) -> Table:
    matrix = np.concatenate([table.matrix, steps[:, None].astype(np.float32)], axis=1)
    return Table((*table.features, STEP), matrix)


class Hazards(Grown):
    """`Fitted`."""

    def __init__(self, trees: Trees, learned: Mapping[str, Any]) -> None:
        super().__init__(trees, learned)
        self.edges: list[int] = list(learned["edges"])

    @property
    def features(self) -> tuple[Feature, ...]:
        """Without the step."""
        return self.trees.features[:-1]

    def curves(self, table: Table) -> Floats:
        """(rows, 1 + steps): the chance that it has not come by day 0 and by the end of each step."""
        hazards = [self.trees.chances(with_step(table, np.full(len(table), step))) for step in range(len(self.edges))]
        alive = np.cumprod(1 - np.stack(hazards, axis=1), axis=1)
        return np.concatenate([np.ones((len(table), 1)), alive], axis=1)

    def at(self, curves: Floats, days: Floats) -> Floats:
        """Survival at a day of one's own: straight lines between the ends of steps."""
        grid = np.array([0, *self.edges], np.float64)
        days = np.clip(days, 0, grid[-1])
        after = np.clip(np.searchsorted(grid, days, side="left"), 1, len(grid) - 1)
        rows = np.arange(len(days))
        part = (days - grid[after - 1]) / (grid[after] - grid[after - 1])
        return np.asarray(curves[rows, after - 1] * (1 - part) + curves[rows, after] * part, np.float64)

    def medians(self, curves: Floats) -> Floats:
        """The day by which it has come to half of those alike; NaN = later than the horizon."""
        grid = np.array([0, *self.edges], np.float64)
        below = curves <= 0.5
        after = np.where(below.any(axis=1), below.argmax(axis=1), 0)
        rows = np.arange(len(curves))
        high, low = curves[rows, np.maximum(after - 1, 0)], curves[rows, after]
        part = (high - 0.5) / np.maximum(high - low, 1e-12)
        days = grid[np.maximum(after - 1, 0)] + part * (grid[after] - grid[np.maximum(after - 1, 0)])
        return np.where(after > 0, days, np.nan)

    def about(self) -> dict[str, Any]:
        features = self.show_features(self.trees.gains())
        return {"sizes": self.learned["sizes"], "edges": self.edges, "leaks": [], "features": features}

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        if study.dates.test is None:
            return Evaluation({}, {}, missing=["The data is too short to test it on time it was not fitted on."])
        try:
            examples = collect(study, declaration, self.tags, [study.dates.test], self.features)
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        waits, curves = examples.label, self.curves(examples.table)
        came = (waits <= self.edges[-1]).astype(np.float64)
        if len(np.unique(came)) < 2:
            return Evaluation({}, examples.sizes, missing=["On the time it is tested on, all outcomes are the same."])
        within = 1 - curves[:, -1]
        metrics = {
            "concordance": concordance(waits, curves[:, 1:].sum(axis=1), self.edges[-1]),
            "auc": auc(came, within),
            "brier": float(np.mean((within - came) ** 2)),
            "calibration_error": calibration_error(came, within),
            "base_rate": float(came.mean()),
        }
        sizes = {"customers": len(waits), "positives": int(came.sum())}
        return Evaluation(
            metrics, sizes, {"survival": self.draw_survival(waits, curves), "calibration": draw(came, within)}
        )

    def draw_survival(self, waits: Floats, curves: Floats) -> Curve:
        """What was foretold and what came, of the third it was expected of soonest, the middle, and the last."""
        order = np.argsort(curves[:, 1:].sum(axis=1), kind="stable")
        lines: dict[str, list[tuple[float, float]]] = {}
        for name, part in zip(("soon", "middle", "late"), np.array_split(order, 3), strict=True):
            if len(part):
                grid = [0, *self.edges]
                lines[name] = [
                    (float(day), float(value)) for day, value in zip(grid, curves[part].mean(axis=0), strict=True)
                ]
                lines[f"{name}, actual"] = [(float(day), float(np.mean(waits[part] > day))) for day in grid]
        title = {"zh": "生存曲线：预测与实际", "en": "Survival: foretold and actual"}
        return Curve(title, ("days", "share to whom it has not come"), lines)

    def predict(self, declaration: Declaration, study: Study) -> Said:
        """Days; not said where it is not to be expected within the horizon. Confidence: the chance that it comes
        between half that time and half as much again."""
        customers, table = read_now(study, declaration, self.tags, self.features)
        curves = self.curves(table)
        days = self.medians(curves)
        usable = np.nan_to_num(days, nan=0.0)
        sure = np.clip(self.at(curves, usable * 0.5) - self.at(curves, usable * 1.5), 0, 1)
        within = 1 - curves[:, -1]
        return Said(
            customers,
            {
                MAIN: TagColumn(ValueType.FLOAT, np.round(days, 2), confidence=sure.astype(np.float32)),
                WITHIN: TagColumn(
                    ValueType.FLOAT, np.round(within, 6), confidence=np.maximum(within, 1 - within).astype(np.float32)
                ),
            },
        )

    def ways(self, one: Table) -> Ways:
        return WAYS

    def weigh(self, one: Table) -> Array:
        """What makes it come sooner, and what later: over the steps together."""
        steps = np.arange(len(self.edges))
        each = self.trees.contributions(with_step(one.take(np.zeros(len(steps), np.intp)), steps))
        return np.asarray(each.mean(axis=0)[:-1])


def draw(truth: Floats, chances: Floats) -> Curve:
    means, shares, _ = calibrate(truth, chances)
    points = list(zip(means.tolist(), shares.tolist(), strict=True))
    title = {"zh": "校准曲线：期限内发生的概率", "en": "Calibration: chance within the horizon"}
    return Curve(
        title, ("predicted probability", "share it came to"), {"model": points, "perfect": [(0.0, 0.0), (1.0, 1.0)]}
    )


def concordance(waits: Floats, scores: Floats, horizon: int) -> float:
    """Of pairs of whom is known to whom it came first: how often that one was expected sooner (Harrell's C).

    ``scores``: larger = later. Of many customers some are drawn.
    """
    if len(waits) > PAIRED:
        drawn = np.random.default_rng(5).choice(len(waits), PAIRED, replace=False)
        waits, scores = waits[drawn], scores[drawn]
    came = waits <= horizon
    sooner = (waits[:, None] < waits[None, :]) & came[:, None]
    pairs = int(sooner.sum())
    if not pairs:
        return float("nan")
    difference = scores[None, :] - scores[:, None]
    return float((np.sum((difference > 0) & sooner) + 0.5 * np.sum((difference == 0) & sooner)) / pairs)
