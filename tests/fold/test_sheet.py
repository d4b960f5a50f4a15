"""A sheet writes what the portrait of the same row says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.engine.lives import START, make_events, make_tags

import limner
from limner.fold.cells import Cells
from limner.fold.evidence import find_grounds
from limner.fold.grounded import GroundedSheet
from limner.fold.plate import LONGEST
from limner.fold.portrait import draw_portrait, find_inputs, spell_stored
from limner.fold.sheet import MOST_SPELT, Kept, Sheet
from limner.fold.standing import Standing, StandingRow
from limner.identity.normalise import normalise_batch
from limner.model.column import NULL_NUMBER, TagColumn, ValueType
from limner.model.fold import Fold, Measure, Selection
from limner.model.tag import Layer, Tag
from limner.pipeline import find_population, fold_everybody
from limner.workspace import silent

ZONE = "Asia/Shanghai"
AS_OF = START + 100 * 24 * 3600 * 1_000_000
ODD = 'He said "%s" \\ 50%\n'


def test_sheets_say_what_portraits_say(tmp_path: Path) -> None:
    events = make_events(1_500, 5)
    properties = [json.loads(text) for text in events["properties"].to_pylist()]
    odd = pa.array([json.dumps({**each, **({"category": ODD} if n % 3 else {})}) for n, each in enumerate(properties)])
    events = events.set_column(events.column_names.index("properties"), "properties", odd)
    limner.init(tmp_path / "shop")
    tags = make_tags()
    with limner.open(tmp_path / "shop") as workspace:
        workspace.parts.log.append(normalise_batch(events))
        moment = workspace.moment(extra=tags)
        folded = fold_everybody(workspace.parts, moment, AS_OF, silent)
        population = find_population(workspace.parts, moment, AS_OF, None)
        grounds = [
            find_grounds(moment.plan, moment.view.slice_of(folded.customers[[place]]), AS_OF, None, population)
            for place in range(len(folded.customers))
        ]
    standing, inputs = Standing(folded, np.zeros(len(folded.customers), np.int64)), find_inputs(tags)
    sheet = standing.sheet(None, Sheet, lambda columns: Sheet(columns, tags, inputs, ZONE))
    grounded = standing.sheet(None, GroundedSheet, lambda columns: GroundedSheet(columns, tags, inputs, ZONE))
    confidences, times = set(), set()
    for place in range(standing.size):
        row = standing.row(place, AS_OF, ZONE)
        expected = draw_portrait(row, tags, [], ZONE, inputs=inputs).as_dict()["tags"]
        assert json.loads(b"{%s}" % sheet.write(row, place)) == expected
        assert sheet.write(row, place) == sheet.write_slowly(row, place)
        why = draw_portrait(row, tags, [], ZONE, grounds=grounds[place], inputs=inputs).as_dict()["tags"]
        assert json.loads("{" + grounded.write(row, place, grounds[place]) + "}") == why
        times |= {tag["since"] for tag in why.values()}
        confidences |= {tag["confidence"] for tag in expected.values()}
    assert len(confidences) > 5
    assert len(times) > 100
    assert standing.size > 100


def test_what_is_written_of_values_is_kept_and_bounded() -> None:
    asked: list[int] = []

    def write(value: int) -> str:
        asked.append(value)
        return str(value)

    kept = Kept(write)
    for _ in range(2):
        assert [kept[value] for value in range(MOST_SPELT)] == list(map(str, range(MOST_SPELT)))
    assert asked == list(range(MOST_SPELT))
    assert kept[-1] == "-1"
    assert len(kept) == 1
    assert kept[5] == "5"


NUMBERS = st.one_of(
    st.integers(NULL_NUMBER, 2**63 - 1),
    st.integers(-(10**6), 10**6),
    st.integers(-(10**11), 10**11).map(lambda whole: whole * 10**4),
    st.sampled_from([NULL_NUMBER, 0, LONGEST - 1, LONGEST, LONGEST + 1, -LONGEST - 1, 1 - LONGEST, 2**63 - 1]),
)
KINDS = {
    "whole": (ValueType.INTEGER, 0),
    "tenths": (ValueType.DECIMAL, 1),
    "spend": (ValueType.DECIMAL, 4),
    "fine": (ValueType.DECIMAL, 6),
    "days": (ValueType.INTEGER, 0),
    "truth": (ValueType.BOOL, 0),
    "word": (ValueType.TEXT, 0),
}


@given(st.lists(NUMBERS, min_size=5, max_size=5), st.sampled_from([-1, 0, 1]), st.integers(-1, 1))
def test_a_kernel_writes_what_portraits_say(numbers: list[int], truth: int, word: int) -> None:
    numbers[4] = numbers[4] if numbers[4] == NULL_NUMBER else numbers[4] % 40_000
    columns = {}
    for name, stored in zip(KINDS, (*numbers, truth, word), strict=True):
        type, scale = KINDS[name]
        dtype = {ValueType.BOOL: np.int8, ValueType.TEXT: np.int32}.get(type, np.int64)
        words = ("a\0b", "词") if type is ValueType.TEXT else ()
        columns[name] = Cells(TagColumn(type, np.array([0, stored], dtype), scale, words, since_last=name == "days"))
    tags = [Tag(name, Layer.FACT, Fold(Measure.COUNT, Selection(()))) for name in columns]
    spelt = {name: spell_stored(cells.kind, ZONE) for name, cells in columns.items()}
    row, sheet = StandingRow(columns, spelt, 1, 7, AS_OF), Sheet(columns, tags, {}, ZONE)
    expected = draw_portrait(row, tags, [], ZONE, inputs={}).as_dict()["tags"]
    written = sheet.write(row, 1)
    assert written == sheet.write_slowly(row, 1)
    assert json.loads(b"{%s}" % written) == expected
