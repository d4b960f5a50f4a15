"""What every model is: declared, fitted on what was known then, evaluated on what came later, published as tags.

A `Kind` is a sort of model (churn, rfm, persona ...), the same for every workspace; a `Fitted` is one that has learned.
Whoever adds a kind writes these two and puts the kind into `limner.learn.kinds`; declarations, training sets, the
registry, jobs, doors and tags are there already. `tests/contract/models` says what each must keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from limner.model.column import Folded, TagColumn
from limner.model.condition import Condition
from limner.model.fold import Given
from limner.model.labels import Labels
from limner.model.place import Place
from limner.model.tag import Tag
from limner.model.timeline import Slice, Vocabulary

if TYPE_CHECKING:
    from limner.learn.declaration import Declaration

Numbers = npt.NDArray[np.int32]
MAIN = ""
"""The output a tag shows when it names none: what the model is for."""


@dataclass(frozen=True, slots=True)
class Output:
    """One thing a model says of each customer."""

    given: Given
    """Number, text, date (as text) or truth: what a tag that shows it must say as its type."""
    title: Mapping[str, str] = field(default_factory=dict)
    """By language, zh and en."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The instants (µs UTC) a model looks at the past from. At each of them only what was known then is seen."""

    train: tuple[int, ...] = ()
    test: int | None = None
    """Its outcome lies after everything that training has seen; None = the data is too short for one."""

    def all(self) -> list[int]:
        return sorted({*self.train, *(() if self.test is None else (self.test,))})


@dataclass(frozen=True, slots=True)
class Known:
    """What a workspace has when a model is asked what it needs."""

    tags: Sequence[Tag]
    """The published ones, without those of audiences."""
    events: Sequence[str]
    """Names of events in the log."""
    audiences: Mapping[str, Condition]
    """Rules by name."""
    labels: Labels
    """Titles of events, properties and tags."""


class Study(Protocol):
    """The past of a workspace, as a model sees it."""

    asks: Sequence[Tag]
    """What the kind asked for (`Kind.asks`), in that order; of a model that was fitted, what it asked for then."""
    dates: Dates
    first: int
    """When the data begins: nearly all customers' first events are later. µs UTC."""
    last: int
    """The instant predictions are of: the end of the data, now, or the one that was asked for."""
    zone: str
    threads: int
    """As many as the work may have."""

    def then(self, tags: Sequence[Tag], as_of: int) -> Folded:
        """Everybody up to an instant of `dates`, or up to `last`, by what was known then: events received and
        identifiers linked by it. ``tags`` are some of `asks`; what they are worked out from comes along."""
        ...

    def until(self, tags: Sequence[Tag], as_of: int) -> Folded:
        """The same of any instant by all that is known by now: for outcomes."""
        ...

    def called_now(self, customers: Numbers, as_of: int) -> Numbers:
        """Whom the customers of `then` are now."""
        ...

    def vocabulary(self) -> Vocabulary:
        """What the codes in `slices` mean."""
        ...

    def slices(self) -> Iterable[Slice]:
        """Everybody's timelines by all that is known, events after `last` included."""
        ...

    def tell(self, what: str, done: int, total: int) -> None:
        """Say how far it is; total 0 = unknown. Raises when the work is to stop: call it often."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of customers."""

    customers: Numbers
    """Ascending."""
    values: Mapping[str, TagColumn]
    """By output, a row per customer, with confidence where it is known: 0..1, the chance that the value is right. A
    value may be null: the model abstains."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One plot as data."""

    title: Mapping[str, str]
    axes: tuple[str, str]
    """What x and y are, in English."""
    lines: Mapping[str, Sequence[tuple[float, float]]]
    """Points (x, y) by the line's name."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on the time it was not fitted on."""

    metrics: Mapping[str, float]
    """By name, such as auc; whether more is better `limner.learn.quality` knows."""
    sizes: Mapping[str, int]
    """Of what it was measured on: customers, positives ..."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    missing: Sequence[str] = ()
    """Sentences: what keeps it from being measured at all."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a customer's value is what it is: one thing known of them and which way it moves the value."""

    feature: str
    weight: float
    """In the model's own unit, signed; reasons come largest first."""
    words: Mapping[str, str]
    """A sentence in zh and en."""

    def as_dict(self) -> dict[str, Any]:
        return {"feature": self.feature, "weight": round(self.weight, 4), "words": dict(self.words)}


class Fitted(Protocol):
    """A model that has learned; nothing about it changes any more."""

    def about(self) -> dict[str, Any]:
        """For the card, as plain values: parameters, the weight of features, leaks that were found (``leaks``),
        counts of what it was fitted on (``sizes``)."""
        ...

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        """On the outcome after ``study.dates.test``."""
        ...

    def predict(self, declaration: Declaration, study: Study) -> Said:
        """Of everybody the declaration is about, as of ``study.last``."""
        ...

    def explain(self, declaration: Declaration, study: Study, customer: int) -> list[Reason]:
        """Of one customer as of ``study.last``; none where it says nothing of them."""
        ...

    def save(self, folder: Path) -> None:
        """Into an empty folder, as files that are data: text, JSON, npz. No pickles."""
        ...


class Kind(Protocol):
    """A sort of model."""

    name: str
    title: Mapping[str, str]
    fields: Sequence[str]
    """What a declaration of it may have besides the fields every model has."""
    quality: Mapping[str, float]
    """What is demanded before it is published, unless the declaration says otherwise: bounds by metric."""
    measures: Sequence[str]
    """The metrics of its evaluations: of each a declaration may demand a bound."""

    def read(self, fields: Mapping[str, object], place: Place) -> Any:
        """The kind's own fields as a frozen value (`Declaration.options`). Tells the place what is wrong."""
        ...

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        """`MAIN` first."""
        ...

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        """Every tag it will fold: published ones, or its own (`Declaration.own_tag`). What they are worked out from
        comes along. DefinitionError when the declaration asks for what is not there."""
        ...

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        """From where it looks at data that reaches from ``first`` to ``last``."""
        ...

    def fit(self, declaration: Declaration, study: Study) -> Fitted:
        """DataError when there is too little to learn from, or nothing: with what is missing."""
        ...

    def load(self, folder: Path) -> Fitted:
        """What `Fitted.save` wrote. DataError when it cannot be read."""
        ...
