"""The slow twin: every measure, window and operator over ONE customer's event dicts, as plainly as Python can say it.

It shares no code with limner.fold. Numbers are Decimals rounded to the stored scale, days are dates of the zone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from tests.parity.timelines import as_number, as_word, instant, local, values_at
from tests.parity.twin_conditions import HOUR, compare, number

from limner.model.fold import Fold, Measure, Op, PropertyTest, Selection, Span, Window
from limner.model.timeline import Kind

DAY = 24 * HOUR
Kinds = Callable[[str], Kind]


@dataclass(frozen=True)
class Row:
    """An event, or one element of a list of it."""

    event: Mapping[str, Any]
    element: int

    @property
    def time(self) -> int:
        return self.event["time"]


@dataclass(frozen=True)
class Twin:
    """What a fold depends on besides the events."""

    as_of: int
    zone: str
    kinds: Kinds
    known_at: int | None = None
    shares: Mapping[str, Mapping[Any, float]] | None = None
    """Population: property to value to share."""
    reliability: Mapping[str, float] | None = None
    """By source; one that is not named is right in 4 of 5."""
    wrong: int = 10
    """Wrong values of a trait."""

    def day(self, moment: int) -> date:
        return local(moment, self.zone).date()

    @property
    def today(self) -> date:
        return self.day(self.as_of)

    # -- values ------------------------------------------------------------------------------------------------------

    def value(self, row: Row, path: str, kind: Kind) -> Any:
        found = values_at(row.event, path)
        raw = found[row.element if "[]" in path else 0] if found else None
        if kind is Kind.TIME:
            return raw
        if kind is Kind.TEXT:
            return as_word(raw)
        number = as_number(raw)
        return None if number is None else Decimal(number).scaleb(-4)

    def passes(self, row: Row, test: PropertyTest) -> bool:
        kind = self.kind_of_test(test)
        return compare(self.value(row, test.path, kind), kind, test.op, test.operand, self.as_of, self.zone)

    def kind_of_test(self, test: PropertyTest) -> Kind:
        if test.path == "time":
            return Kind.TIME
        if test.op is Op.IS_NULL:
            return self.kinds(test.path)
        if isinstance(test.operand, Span) or test.op in (Op.CONTAINS, Op.STARTS_WITH):
            return Kind.TEXT
        values = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        return Kind.TEXT if any(isinstance(value, str | bool) for value in values) else Kind.NUMBER

    # -- rows --------------------------------------------------------------------------------------------------------

    def rows(self, events: Sequence[Mapping[str, Any]], grain: str) -> list[Row]:
        known = [e for e in events if e["time"] <= self.as_of and self.knows(e)]
        known.sort(key=lambda event: (event["time"], event["event_id"]))
        if not grain:
            return [Row(event, 0) for event in known]
        return [Row(event, i) for event in known for i in range(len(values_at(event, grain)))]

    def knows(self, event: Mapping[str, Any]) -> bool:
        return self.known_at is None or event["received_at"] <= self.known_at

    def selects(self, selection: Selection, row: Row) -> bool:
        named = not selection.names or row.event["name"] in selection.names
        return named and all(self.passes(row, test) for test in selection.where)

    def in_window(self, window: Window, row: Row, events: Sequence[Mapping[str, Any]]) -> bool:
        if window.between is not None:
            return window.between[0] <= self.day(row.time) <= window.between[1]
        if window.anchor is not None:
            grain = grain_of([test.path for test in window.anchor.where])
            anchors = [r for r in self.rows(events, grain) if self.selects(window.anchor, r)]
            if not anchors:
                return False
            anchor = anchors[0 if window.anchor_at == "first" else -1]
            return row.time >= anchor.time and self.in_span(anchor, row, window.within)
        end, last_day = self.as_of, None
        if window.before is not None and window.before.unit == "h":
            end -= window.before.length * HOUR
        elif window.before is not None:
            last_day = self.today - timedelta(days=window.before.length)
            wall = local(self.as_of, self.zone)
            earlier = wall.replace(tzinfo=None) - timedelta(days=window.before.length)
            end = instant(earlier.replace(tzinfo=ZoneInfo(self.zone), fold=wall.fold).isoformat(), self.zone)
        if window.within is not None and window.within.unit == "h":
            return end - window.within.length * HOUR < row.time <= end
        if last_day is None:
            last_day = self.day(end)
            if row.time > end:
                return False
        first_day = date.min if window.within is None else last_day - timedelta(days=window.within.length - 1)
        return first_day <= self.day(row.time) <= last_day

    def in_span(self, start: Row, row: Row, span: Span | None) -> bool:
        if span is None:
            return True
        if span.unit == "h":
            return row.time < start.time + span.length * HOUR
        return self.day(row.time) < self.day(start.time) + timedelta(days=span.length)

    # -- measures ----------------------------------------------------------------------------------------------------

    def fold(self, fold: Fold, events: Sequence[Mapping[str, Any]]) -> Any:
        """The value as a reader sees it; (value, confidence) of top and trait; a day of ``since`` as days ago."""
        if fold.measure is Measure.SEQUENCE:
            return self.sequence(fold, events)
        paths = [fold.path, fold.weight, *(test.path for test in fold.selection.where)]
        rows = [
            row
            for row in self.rows(events, grain_of(paths))
            if self.selects(fold.selection, row) and self.in_window(fold.window, row, events)
        ]
        if fold.path is None:
            return getattr(self, f"measure_{fold.measure}")(fold, [(row, None, Decimal(1)) for row in rows])
        numeric = fold.measure in (Measure.SUM, Measure.AVG, Measure.MEDIAN)
        kind = Kind.NUMBER if numeric else self.kinds(fold.path)
        if fold.measure is Measure.TRAIT and not grain_of(paths):
            return self.measure_trait(fold, self.statements(rows, fold.path, kind))
        series = []
        for row in rows:
            value = self.value(row, fold.path, kind)
            weight = Decimal(1) if fold.weight is None else self.value(row, fold.weight, Kind.NUMBER)
            if value is not None and weight is not None:
                series.append((row, value, weight))
        return getattr(self, f"measure_{fold.measure}")(fold, series)

    def measure_count(self, fold: Fold, series: list[Any]) -> int:
        return len(series)

    def measure_sum(self, fold: Fold, series: list[Any]) -> Decimal:
        return sum((value for _, value, _ in series), Decimal(0))

    def measure_avg(self, fold: Fold, series: list[Any]) -> float | None:
        return float(Fraction(self.measure_sum(fold, series)) / len(series)) if series else None

    def measure_min(self, fold: Fold, series: list[Any]) -> Any:
        return min((value for _, value, _ in series), default=None)

    def measure_max(self, fold: Fold, series: list[Any]) -> Any:
        return max((value for _, value, _ in series), default=None)

    def measure_median(self, fold: Fold, series: list[Any]) -> float | None:
        values = sorted(Fraction(value) for _, value, _ in series)
        return float((values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2) if values else None

    def measure_first(self, fold: Fold, series: list[Any]) -> Any:
        return series[0][1] if series else None

    def measure_last(self, fold: Fold, series: list[Any]) -> Any:
        return series[-1][1] if series else None

    def measure_distinct(self, fold: Fold, series: list[Any]) -> int:
        return len({value for _, value, _ in series})

    def measure_days(self, fold: Fold, series: list[Any]) -> int:
        return len({self.day(row.time) for row, _, _ in series})

    def measure_streak(self, fold: Fold, series: list[Any]) -> int:
        days = {self.day(row.time) for row, _, _ in series}
        return max((run_length(day, days) for day in days), default=0)

    def measure_hours(self, fold: Fold, series: list[Any]) -> list[int] | None:
        counts = Counter(local(row.time, self.zone).hour for row, _, _ in series)
        return [counts[hour] for hour in range(24)] if series else None

    def measure_weekdays(self, fold: Fold, series: list[Any]) -> list[int] | None:
        counts = Counter(self.day(row.time).weekday() for row, _, _ in series)
        return [counts[day] for day in range(7)] if series else None

    def measure_interval(self, fold: Fold, series: list[Any]) -> float | None:
        if len(series) < 2:
            return None
        return float(Fraction(series[-1][0].time - series[0][0].time, (len(series) - 1) * DAY))

    def measure_since(self, fold: Fold, series: list[Any]) -> int | None:
        return (self.today - self.day(series[-1][0].time)).days if series else None

    def measure_list(self, fold: Fold, series: list[Any]) -> list[Any] | None:
        latest = list(dict.fromkeys(value for _, value, _ in reversed(series)))
        return latest[: fold.limit] or None

    def measure_share(self, fold: Fold, series: list[Any]) -> float | None:
        whole = sum(weight for _, _, weight in series)
        wanted = fold.value
        wanted = as_word(wanted) if series and isinstance(series[0][1], str) else number(wanted)
        part = sum(weight for _, value, weight in series if value == wanted)
        return min(max(float(Fraction(part) / Fraction(whole)), 0.0), 1.0) if whole > 0 else None

    def measure_top(self, fold: Fold, series: list[Any]) -> tuple[Any, float | None]:
        weights: dict[Any, Decimal] = {}
        for _, value, weight in series:
            weights[value] = weights.get(value, Decimal(0)) + weight
        whole = sum(weights.values())
        times = Counter(value for _, value, _ in series)
        shares = {v: 1.0 if whole <= 0 else min(float(Fraction(w) / Fraction(whole)), 1.0) for v, w in weights.items()}
        believed = [value for value, weight in weights.items() if weight > 0 and self.shows(fold, value, times, shares)]
        if not believed:
            return None, None
        last = {value: row.time for row, value, _ in series}
        best = sorted(believed, key=lambda value: (-weights[value], -last[value], value))[0]
        return best, shares[best]

    def shows(self, fold: Fold, value: Any, times: Mapping[Any, int], shares: Mapping[Any, float]) -> bool:
        evidence = fold.evidence
        if evidence is None:
            return True
        everybody = (self.shares or {}).get(fold.path or "", {}).get(value, 0.0)
        lifted = evidence.lift == 0 or self.shares is None or shares[value] >= evidence.lift * everybody
        return times[value] >= evidence.times and shares[value] >= evidence.share and lifted

    def statements(self, rows: Sequence[Row], path: str, kind: Kind) -> list[Any]:
        """What clients said of a trait, as the (row, value, weight) that still hold."""
        held: list[Any] = []
        for row in rows:
            name, value = row.event["name"], self.value(row, path, kind)
            if name == "profile_delete":
                held = []
            elif value is None or name == "profile_append":
                pass
            elif name in ("profile_unset", "tag_unset"):
                held = []
            elif name == "profile_set_once":
                held = held or [(row, value, Decimal(1))]
            elif name == "profile_increment":
                if kind is Kind.NUMBER:
                    former = held[-1][1] if held else Decimal(0)
                    held = [*held[:-1], (row, former + value, Decimal(1))]
            else:
                held = [*held, (row, value, Decimal(1))]
        return held

    def measure_trait(self, fold: Fold, series: list[Any]) -> tuple[Any, float | None]:
        if not series:
            return None, None
        if fold.resolve == "trusted":
            return self.most_trusted(fold, series)
        trust: dict[Any, float] = {}
        half_life = fold.half_life or (None if fold.resolve == "frequent" else 365)
        for row, value, _ in series:
            weight = 0.5 ** ((series[-1][0].time - row.time) / DAY / half_life) if half_life else 1.0
            trust[value] = trust.get(value, 0.0) + weight
        last = {value: row.time for row, value, _ in series}
        if fold.resolve == "latest":
            best = series[-1][1]
        else:
            most = max(trust.values())
            near = [value for value, weight in trust.items() if weight >= most * (1 - 1e-12)]
            best = sorted(near, key=lambda value: (-last[value], value))[0]
        whole = sum(trust.values())
        return best, trust[best] / whole if whole else 0.0

    def most_trusted(self, fold: Fold, series: list[Any]) -> tuple[Any, float]:
        """Each source votes for the last it said; the more it is believed and the fresher that is, the more."""
        said = {row.event["source"]: (row, value) for row, value, _ in series}
        votes: dict[Any, float] = {}
        for source, (row, value) in said.items():
            right = (self.reliability or {}).get(source, 0.8)
            age = max((self.midnight - row.time) / DAY, 0.0)
            vote = math.log(self.wrong * right / (1 - right)) * 0.5 ** (age / (fold.half_life or 365))
            votes[value] = votes.get(value, 0.0) + vote
        last = {value: row.time for row, value in sorted(said.values(), key=lambda one: one[0].time)}
        near = [value for value, vote in votes.items() if vote >= max(votes.values()) - 1e-12]
        best = sorted(near, key=lambda value: (-last[value], value))[0]
        unclaimed = max(self.wrong + 1 - len(votes), 0)
        return best, math.exp(votes[best]) / (sum(math.exp(vote) for vote in votes.values()) + unclaimed)

    @property
    def midnight(self) -> int:
        day = datetime.combine(self.today, datetime.min.time(), ZoneInfo(self.zone))
        return round(day.timestamp() * 1_000_000)

    # -- sequences ---------------------------------------------------------------------------------------------------

    def sequence(self, fold: Fold, events: Sequence[Mapping[str, Any]]) -> int | None:
        tested = [test.path for step in fold.steps for test in step.selection.where]
        rows = self.rows(events, grain_of([fold.same, *tested]))
        rows = [row for row in rows if self.in_window(fold.window, row, events)]
        if fold.same is None:
            return self.completions(fold, rows) or None
        groups: dict[Any, list[Row]] = {}
        for row in rows:
            value = self.value(row, fold.same, self.kinds(fold.same))
            if value is not None:
                groups.setdefault(value, []).append(row)
        return sum(self.completions(fold, group) for group in groups.values()) or None

    def completions(self, fold: Fold, rows: Sequence[Row]) -> int:
        """Earliest end first, no row used twice; of the chains with one end, the one that starts latest."""
        count, begin = 0, 0
        steps = [step for step in fold.steps if not step.absent]
        for end in range(len(rows)):
            chains = [
                (*earlier, end)
                for earlier in combinations(range(begin, end), len(steps) - 1)
                if self.is_chain(fold, rows, (*earlier, end))
            ]
            if chains and self.stays_away(fold, rows, max(chains)):
                count, begin = count + 1, end + 1
        return count

    def is_chain(self, fold: Fold, rows: Sequence[Row], chain: tuple[int, ...]) -> bool:
        if not self.in_span(rows[chain[0]], rows[chain[-1]], fold.span):
            return False
        done = 0
        for step in fold.steps:
            if not step.absent:
                if not self.selects(step.selection, rows[chain[done]]):
                    return False
                done += 1
            elif 0 < done < len(chain):
                between = range(chain[done - 1] + 1, chain[done])
                if any(self.selects(step.selection, rows[i]) for i in between):
                    return False
        return True

    def stays_away(self, fold: Fold, rows: Sequence[Row], chain: tuple[int, ...]) -> bool:
        trailing = []
        for step in reversed(fold.steps):
            if not step.absent:
                break
            trailing.append(step)
        if not trailing:
            return True
        start = rows[chain[0]]
        if fold.span is not None and fold.span.unit == "h" and self.as_of < start.time + fold.span.length * HOUR:
            return False
        end_day = None if fold.span is None else self.day(start.time) + timedelta(days=fold.span.length)
        if fold.span is not None and fold.span.unit == "d" and end_day is not None and self.today < end_day:
            return False
        later = [row for row in rows[chain[-1] + 1 :] if self.in_span(start, row, fold.span)]
        return not any(self.selects(step.selection, row) for step in trailing for row in later)


def grain_of(paths: Sequence[str | None]) -> str:
    return next((path.partition("[]")[0] + "[]" for path in paths if path and "[]" in path), "")


def run_length(day: date, days: set[date]) -> int:
    length = 1
    while day + timedelta(days=length) in days:
        length += 1
    return length
