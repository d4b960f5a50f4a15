"""The kind `uplift`: what a treatment changes, learned from a past campaign whose arms were drawn by lot.

.. code-block:: yaml

    care_uplift:
      kind: uplift
      trial:
        event: campaign_assigned              # who was drawn into which arm
        where: {campaign: member_care}
        arm: arm                              # the property that says which
        treated: treated
        control: control
        at: 2026-10-20                        # the day it was drawn: features are those of the day before
      outcome: {did: order_paid}              # within the horizon
      horizon: 14d
      learner: x                              # or t

Each customer's uplift is judged by a model that was fitted without it: one campaign has no later time to test on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from limner.errors import DataError
from limner.learn.contract import MAIN, Dates, Known, Output, Study
from limner.learn.dates import end_of_day
from limner.learn.declaration import Declaration
from limner.learn.examples import population_tag
from limner.learn.features import choose_features
from limner.learn.outcome import check_outcome, within_horizon
from limner.learn.uplift.learned import ARM, OUTCOME, LearnedUplift
from limner.learn.uplift.learners import LEARNERS
from limner.model.algebra import write_out
from limner.model.condition import Condition
from limner.model.fold import Fold, Given, Measure, Selection
from limner.model.parse_condition import read_condition
from limner.model.parse_events import read_names, read_where
from limner.model.parse_value import read_date, read_path
from limner.model.place import Place
from limner.model.tag import Layer, Rule, Tag

TRIAL = ("event", "where", "arm", "treated", "control", "at")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A campaign whose arms were drawn by lot, and what is to come of it."""

    selection: Selection
    arm: str
    treated: str
    control: str
    at: date
    outcome: Condition
    learner: str = "x"


class Uplift:
    name = "uplift"
    title: Mapping[str, str] = {"zh": "营销增益", "en": "Uplift"}
    fields: Sequence[str] = ("trial", "outcome", "learner")
    quality: Mapping[str, float] = {"qini_low": 0.0}
    measures: Sequence[str] = ("qini", "qini_low", "qini_high", "effect")

    def read(self, fields: Mapping[str, object], place: Place) -> Drawn | None:
        before = len(place.problems)
        here = place.at("trial")
        if "trial" not in fields:
            here.wrong("which campaign was drawn by lot?", "Write trial: {event: ..., arm: ..., treated: ...}.")
            return None
        trial = here.mapping(fields["trial"], "a trial") or {}
        here.only(trial, TRIAL, "a trial")
        names = read_names(trial.get("event"), here.at("event"))
        where = read_where(trial.get("where", {}), here.at("where"))
        arm = read_path(trial.get("arm"), here.at("arm"))
        treated = here.at("treated").text(trial.get("treated"), "the arm that was treated")
        control = here.at("control").text(trial.get("control"), "the arm that was left alone")
        if treated is not None and treated == control:
            here.at("control").wrong("the arm that was left alone is another than the one that was treated.")
        day = read_date(trial.get("at"), here.at("at"))
        outcome = read_condition(fields.get("outcome"), place.at("outcome"))
        if outcome is not None:
            check_outcome(outcome, place.at("outcome"))
        learner = fields.get("learner", "x")
        if learner not in LEARNERS:
            place.at("learner").unknown("learner", learner, LEARNERS)
        if len(place.problems) > before:
            return None
        if arm is None or treated is None or control is None or day is None or outcome is None:
            return None
        return Drawn(Selection(tuple(names), tuple(where)), arm, treated, control, day, outcome, str(learner))

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {MAIN: Output(Given.NUMBER, {"zh": "增益", "en": "uplift"})}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        drawn: Drawn = declaration.options
        condition = write_out(drawn.outcome, known.audiences, declaration.name)
        arm = Fold(Measure.FIRST, drawn.selection, path=drawn.arm)
        return [
            *choose_features(declaration, known),
            Tag(declaration.own_tag(ARM), Layer.FACT, arm),
            Tag(declaration.own_tag(OUTCOME), Layer.FACT, Rule(within_horizon(condition, declaration.horizon))),
            *population_tag(declaration),
        ]

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        """The evening before: what the campaign itself brought about is no feature."""
        drawn: Drawn = declaration.options
        before = datetime.combine(drawn.at - timedelta(days=1), time(), ZoneInfo(zone))
        instant = end_of_day(before, zone)
        return Dates((instant,)) if instant > first else Dates()

    def fit(self, declaration: Declaration, study: Study) -> LearnedUplift:
        if not study.dates.train:
            drawn: Drawn = declaration.options
            raise DataError(
                f"{declaration.name}: nothing is known of anybody from before the trial of {drawn.at}.",
                hint="Is trial.at the day on which the arms were drawn?",
            )
        return LearnedUplift.fit(declaration, study)

    def load(self, folder: Path) -> LearnedUplift:
        return LearnedUplift.load(folder)
