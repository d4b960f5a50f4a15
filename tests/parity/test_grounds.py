"""What values rest on, found quickly for one customer, against the same folded as everybody is and read plainly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.contract.engine.lives import DAY, HOUR, START, make_events, make_tags

import limner
from limner.fold.evidence import NOTHING, Ground, find_grounds
from limner.fold.fold import measure
from limner.fold.inquiries import Question, list_inquiries
from limner.fold.plan import Measurement, Plan
from limner.identity.normalise import normalise_batch
from limner.model.column import NULL_NUMBER
from limner.model.timeline import NULL_CODE, Column, Slice
from limner.pipeline import Moment


@pytest.fixture(scope="module")
def moment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moment]:
    """Most rows in the base, some in the tail; some of the customers are merged only by the latter."""
    place = tmp_path_factory.mktemp("grounds") / "shop"
    limner.init(place)
    with limner.open(place) as workspace:
        workspace.parts.log.append(normalise_batch(make_events(700, 5)))
        workspace.moment(extra=make_tags())
        workspace.parts.log.append(normalise_batch(make_events(60, 6)))
        moment = workspace.moment(extra=make_tags())
        assert moment.view.newer.rows
        yield moment


@pytest.mark.parametrize(
    ("as_of", "known_at"),
    [
        (START + 130 * DAY, None),
        (START + 60 * DAY + 5 * HOUR, None),
        (START + 90 * DAY, START + 80 * DAY),
    ],
)
def test_grounds_of_one_are_those_of_a_plain_fold(moment: Moment, as_of: int, known_at: int | None) -> None:
    found = []
    for customer in moment.view.customers.tolist():
        plain = moment.view.slice_of(np.array([customer], np.int32))
        quick = moment.view.slice_of_one(customer)
        assert plain.columns.keys() <= quick.columns.keys()
        for name, column in plain.columns.items():
            assert np.array_equal(quick.columns[name], column), name
        grounds = find_grounds(moment.plan, quick, as_of, known_at)
        again = find_grounds(moment.plan, plain, as_of, known_at)
        assert grounds.by_tag == again.by_tag
        assert grounds.candidates == again.candidates
        told = find_plainly(moment.plan, plain, as_of, known_at)
        assert {tag: list(grounds.by_tag[tag]) for tag in told} == told
        found += [ground for each in told.values() for ground in each]
    assert len(set(found)) > 200
    assert NOTHING in found


def find_plainly(plan: Plan, slice: Slice, as_of: int, known_at: int | None) -> dict[str, list[Ground]]:
    """Of all tags but those whose traits are also added to and taken away (tests/fold/test_traits.py)."""
    counted, _, inquiries = list_inquiries(plan)
    arrays = measure(counted, slice, as_of, known_at)
    answers = {key: int(array[0]) for (key, part), array in arrays.items() if part == "values"}
    told: dict[str, list[Ground]] = {}
    for measurement, tags, questions in inquiries:
        if all(isinstance(question, Question) for question in questions):
            ground = read_plainly(measurement, questions, answers, plan, slice, known_at)  # type: ignore[arg-type]
            for tag in tags:
                told.setdefault(tag, []).append(ground)
    return told


def read_plainly(
    measurement: Measurement,
    questions: tuple[Question, ...],
    answers: dict[str, int],
    plan: Plan,
    slice: Slice,
    known_at: int | None,
) -> Ground:
    matched = [question for question in questions if answers[question.counted]]
    if not matched:
        return NOTHING
    first, last = min(answers[one.first] for one in matched), max(answers[one.last] for one in matched)
    names: list[str] = []
    for question in matched:
        names += [name for name, count in zip(question.names, question.counts, strict=True) if answers[count]]
    if not all(question.names for question in matched):
        names = name_plainly(measurement.column, (first, last), plan, slice, known_at)
    return Ground(tuple(dict.fromkeys(names)), sum(answers[one.counted] for one in matched), first, last)


def name_plainly(
    column: Column | None, span: tuple[int, int], plan: Plan, slice: Slice, known_at: int | None
) -> list[str]:
    grain = "" if column is None else column.grain
    rows = slice.elements[grain].columns if grain else slice.columns
    has = None if column is None else rows.get(column.name)
    names = set()
    for row, time in enumerate(rows["time"].tolist()):
        there = has is None or has[row] not in (NULL_CODE if has.dtype == np.int32 else NULL_NUMBER,)
        known = known_at is None or int(rows["received_at"][row]) <= known_at
        if span[0] <= time <= span[1] and there and known:
            names.add(plan.vocabulary.names[int(rows["name"][row])])
    return sorted(names)
