"""Questions about everybody, over columns that were saved and mapped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limner.audiences.crowd import Crowd
from limner.errors import DefinitionError
from limner.fold.columns import load_columns, save_columns
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.parse import parse_condition

ZONE = "Asia/Shanghai"
AS_OF = 1_700_000_000_000_000
TODAY = 19_676
MISSING = NULL_NUMBER


@pytest.fixture
def crowd(tmp_path: Path) -> Crowd:
    columns = {
        "spend": TagColumn(ValueType.DECIMAL, np.array([5_000_000, 0, 20_000, MISSING, 100_001]), scale=4),
        "city": TagColumn(ValueType.TEXT, np.array([0, 1, NULL_CODE, 0, 1], np.int32), dictionary=("上海", "北京")),
        "vip": TagColumn(ValueType.BOOL, np.array([1, 0, -1, 1, 0], np.int8)),
        "idle": TagColumn(
            ValueType.INTEGER, np.array([TODAY, TODAY - 9, MISSING, TODAY - 40, TODAY - 1]), since_last=True
        ),
        "seen": TagColumn(ValueType.TIME, np.array([AS_OF, AS_OF - 10**12, MISSING, 0, AS_OF - 10**11])),
    }
    folded = Folded(np.array([0, 2, 4, 5, 8], np.int32), columns, AS_OF, events=0)
    save_columns(tmp_path, folded, seq=1, versions={})
    stored = load_columns(tmp_path)
    assert stored is not None
    return Crowd(stored.folded, ZONE)


@pytest.mark.parametrize(
    ("rule", "customers"),
    [
        ({"vip": True}, {0, 5}),
        ({"not": {"vip": True}}, {2, 4, 8}),
        ({"spend": {"gte": 2}}, {0, 4, 8}),
        ({"spend": {"gt": 10}}, {0, 8}),
        ({"all": [{"city": "上海"}, {"spend": {"gt": 10}}]}, {0}),
        ({"any": [{"city": "北京"}, {"vip": True}]}, {0, 2, 5, 8}),
        ({"idle": {"lte": 9}}, {0, 2, 8}),
        ({"idle": {"is_null": True}}, {4}),
        ({"seen": {"within_last": "2d"}}, {0, 8}),
        ({"city": {"ne": "上海"}}, {2, 8}),
        ({"all": []}, {0, 2, 4, 5, 8}),
    ],
)
def test_who_meets_a_rule(crowd: Crowd, rule: object, customers: set[int]) -> None:
    condition = parse_condition(rule)
    assert set(crowd.members(condition)) == customers
    assert crowd.count(condition) == len(customers)
    assert crowd.folded.customers[crowd.find(condition)].tolist() == sorted(customers)
    assert crowd.as_of == "2023-11-15T06:13:20+08:00"


def test_unknown_tags_are_said_with_what_was_meant(crowd: Crowd) -> None:
    with pytest.raises(DefinitionError, match="Did you mean city"):
        crowd.count(parse_condition({"ctiy": "上海"}))


def test_an_audience_is_compared_with_its_base(crowd: Crowd) -> None:
    insight = crowd.compare(
        parse_condition({"vip": True}), parse_condition({"city": {"is_null": False}}), ["city"], smallest_cell=0
    )
    assert (insight.size, insight.base_size) == (2, 4)
    assert [(s.value, s.count, s.share, s.base_share, s.tgi) for s in insight.tags["city"].values] == [
        ("上海", 2, 1.0, 0.5, 200.0),
        ("北京", 0, 0.0, 0.5, 0.0),
    ]
    few = crowd.compare(parse_condition({"all": []}), None, ["city"], smallest_cell=0, most=1).tags["city"]
    assert (len(few.values), few.unlisted) == (1, len(insight.tags["city"].values))
