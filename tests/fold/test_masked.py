"""Those who may not see identifiers see of an export what they see of portraits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.fold.test_export import AS_OF, COLUMNS, ZONE, folded, identifiers

from limner.fold.export import Roster
from limner.fold.masked import MaskedRoster
from limner.fold.portrait import read_value
from limner.govern.masking import mask_document
from limner.model.column import NULL_CODE, NULL_NUMBER, TagColumn, ValueType

SEEN = identifiers((3, "phone", "+8613800000001"), (3, "email", "li@example.com"), (3, "phone", "+8613800000002"))


def masked(hidden: frozenset[str] = frozenset(), **columns: TagColumn) -> list[dict[str, Any]]:
    roster = MaskedRoster(Roster(folded(**columns), list(columns), SEEN, ZONE), hidden)
    pieces = list(roster.cuts(2))
    assert all(piece.schema == roster.schema for piece in pieces)
    return [row for piece in pieces for row in piece.to_pylist()]


def test_identifiers_are_masked_by_their_type() -> None:
    first = masked()[0]
    assert (first["phone"], first["phone_all"]) == ("138****0001", ["138****0001", "138****0002"])
    assert (first["customer_id"], first["email"]) == ("c3", "l***@example.com")


def words(*codes: int) -> TagColumn:
    dictionary = ("13800000003", "call 13800000003", "wang@example.com", "tea")
    return TagColumn(ValueType.TEXT, np.array(codes, np.int32), dictionary=dictionary)


NUMBERS = TagColumn(ValueType.DECIMAL, np.array([138_0000_0003 * 10, NULL_NUMBER, 125]), 1)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("note", words(0, 1, 2)),
        ("note", words(3, NULL_CODE, 3)),
        ("last_number", words(0, 3, NULL_CODE)),
        ("mobile", words(0, 3, 2)),
        ("mobile", NUMBERS),
        ("last_number", NUMBERS),
        ("skus", COLUMNS["skus"][0]),
        ("mobile", COLUMNS["skus"][0]),
        ("weekdays", COLUMNS["weekdays"][0]),
        ("vip", COLUMNS["vip"][0]),
        ("address", COLUMNS["vip"][0]),
        ("spend", COLUMNS["spend"][0]),
    ],
)
def test_tags_are_masked_as_in_portraits(name: str, column: TagColumn) -> None:
    hidden = frozenset({"last_number"})
    for row, found in enumerate(masked(hidden, **{name: column})):
        value = read_value(column, row, AS_OF, ZONE)
        assert found[name] == mask_document({name: {"value": value}}, hidden)[name]["value"]


def test_a_number_that_could_be_a_phone_is_withheld() -> None:
    assert [row["spend"] for row in masked(spend=NUMBERS)] == [None, None, 12.5]
    whole = TagColumn(ValueType.INTEGER, np.array([8613800000003, 20_000_000_000, NULL_NUMBER]))
    assert [row["spend"] for row in masked(spend=whole)] == [None, 20_000_000_000, None]


def test_an_instant_that_is_personal_is_withheld() -> None:
    assert [row["address"] for row in masked(address=COLUMNS["seen"][0])] == [None] * 3
    assert masked(seen=COLUMNS["seen"][0])[0]["seen"] is not None
