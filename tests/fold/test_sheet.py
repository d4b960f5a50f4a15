"""A sheet writes what the portrait of the same row says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
from tests.contract.engine.lives import START, make_events, make_tags

import limner
from limner.fold.evidence import find_grounds
from limner.fold.grounded import GroundedSheet
from limner.fold.portrait import draw_portrait, find_inputs
from limner.fold.sheet import MOST_SPELT, Kept, Sheet
from limner.fold.standing import Standing
from limner.identity.normalise import normalise_batch
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
        assert json.loads("{" + sheet.write(row, place) + "}") == expected
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
