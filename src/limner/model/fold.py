"""What a fold is: a measure over a customer's matching events inside a window. Values only, no computing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Scalar = str | int | float | bool
"""A literal in a definition. Numbers of properties are compared as decimals of the property's scale."""
MICROS = {"d": 86_400_000_000, "h": 3_600_000_000}


class Given(StrEnum):
    """Kinds of values that people and files give."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    """Kept as its ISO text."""
    TRUTH = "truth"


class Measure(StrEnum):
    """The closed list. A new one = one kernel + one twin in tests/parity + one line of documentation."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    FIRST = "first"
    LAST = "last"
    DISTINCT = "distinct"
    DAYS = "days"
    STREAK = "streak"
    TOP = "top"
    SHARE = "share"
    LIST = "list"
    HOURS = "hours"
    WEEKDAYS = "weekdays"
    INTERVAL = "interval"
    SINCE = "since"
    SEQUENCE = "sequence"
    TRAIT = "trait"


class Op(StrEnum):
    """Operators of conditions and of ``where``."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NOT_IN = "not_in"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_NULL = "is_null"
    WITHIN_LAST = "within_last"
    WITHIN_NEXT = "within_next"
    ANNIVERSARY_WITHIN = "anniversary_within"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as written: ``30d`` (local calendar days) or ``6h`` (exact hours)."""

    length: int
    unit: Literal["d", "h"]

    def __str__(self) -> str:
        return f"{self.length}{self.unit}"

    @property
    def micros(self) -> int:
        """In µs, where no calendar is asked: a day is 24 hours.

        >>> Span(2, "h").micros
        7200000000
        """
        return self.length * MICROS[self.unit]


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """One test of one property of an event. A missing value fails every test but ``is_null: true``."""

    path: str
    """Dotted property path as written: ``channel``, ``page.path``, ``products[].category``, ``item.category``,
    ``traits.city``, or ``time``."""
    op: Op
    operand: Scalar | Span | tuple[Scalar, ...]
    """A tuple for ``in``, ``not_in`` and ``between`` (two, inclusive); a bool for ``is_null``."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: any of these names (none = all) that pass every test."""

    names: tuple[str, ...] = ()
    where: tuple[PropertyTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """When. At most one of the shapes; none = all time. Always time <= as_of besides.

    - ``within`` in days: that many local calendar days ending with as_of's own; in hours: (as_of - h, as_of].
    - ``before``: the window ends that much earlier (``within: 30d, before: 30d`` = the 30 days before the last 30).
    - ``between``: local dates, both inclusive.
    - ``anchor``: counted from the first (or last) matching event of ``anchor``: with ``within: 7d`` the 7 local
      days that begin with the anchor's own, never before the anchor itself; hours: [anchor, anchor + h).
      No anchor event, no matching event.
    """

    within: Span | None = None
    before: Span | None = None
    between: tuple[date, date] | None = None
    anchor: Selection | None = None
    anchor_at: Literal["first", "last"] = "first"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a preference must show before it is believed: times seen, share of the weight, lift over the population."""

    times: int = 1
    share: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence. ``absent`` steps must not happen: between their neighbours, or, as the last step,
    between the step before and the end of the span (which must have passed)."""

    selection: Selection
    absent: bool = False


HALF_LIFE = 365
"""Days, unless a trait has its own."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A declared fold over one customer's events. Hashable, so equal folds are computed once."""

    measure: Measure
    selection: Selection = Selection()
    window: Window = Window()
    path: str | None = None
    """The property measured (``time`` allowed); None for ``'*'`` and for hours, weekdays, interval, since, sequence."""
    weight: str | None = None
    """top, share: the numeric property summed as weight; None = each event weighs 1."""
    value: Scalar | None = None
    """share: the value whose share is asked for."""
    evidence: Evidence | None = None
    limit: int | None = None
    """list: how many values at most, latest first; None = all."""
    resolve: Literal["latest", "trusted", "frequent"] = "latest"
    """trait only."""
    half_life: int | None = field(default=None, repr=False)
    """trait only: days after which what was said counts half; None = 365, or never where frequency decides."""
    steps: tuple[Step, ...] = ()
    """sequence only."""
    span: Span | None = None
    """sequence: first to last step within this; its ``window`` is then all time."""
    same: str | None = None
    """sequence: the property that must have one value over all steps."""
    hand: Given | None = None
    """trait only: it is entered by hand, and these are the values it takes."""

    @property
    def fades_after(self) -> int:
        """trait: `half_life` as it is meant; 0 = nothing ages."""
        return self.half_life or (0 if self.resolve == "frequent" else HALF_LIFE)
