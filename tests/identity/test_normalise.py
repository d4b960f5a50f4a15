from __future__ import annotations

import doctest
import string

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from limner.identity import normalise
from limner.identity.normalise import (
    MAX_BYTES,
    PLACEHOLDERS,
    normalise_batch,
    normalise_key,
    normalise_phone,
    normalise_values,
    parse_phone,
)

TYPES = st.sampled_from(["phone", "email", "user_id", "device_id"])
MOBILES = r"(\+?86|0086)?[ -]?1[3-9]\d{9}"
SHAPES = [MOBILES, r"[+-]?\d{1,14}(\.0{0,2})?", r"[0\-_.: ]{0,9}", r"\d(\.\d{1,3})?[eE]\+?\d{1,2}"]
SCALARS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = (
    SCALARS
    | st.text(string.printable, max_size=16)
    | st.sampled_from(sorted(PLACEHOLDERS)).map(str.upper)
    | st.one_of([st.from_regex(shape, fullmatch=True) for shape in SHAPES])
)


def test_examples() -> None:
    assert doctest.testmod(normalise).failed == 0


@pytest.mark.parametrize(
    ("type", "value", "normal"),
    [
        ("phone", "13800000000", "+8613800000000"),
        ("phone", "138-0000-0000", "+8613800000000"),
        ("phone", "+86 138 0000 0000", "+8613800000000"),
        ("phone", "008613800000000", "+8613800000000"),
        ("phone", "8613800000000", "+8613800000000"),
        ("phone", "１３８００００００００", "+8613800000000"),
        ("phone", "\u202d13800000000\u202c", "+8613800000000"),
        ("phone", "13800000000.0", "+8613800000000"),
        ("phone", "(010) 8888-8888", "+861088888888"),
        ("phone", "+1 650-253-0000", "+16502530000"),
        ("phone", "95588", "95588"),
        ("phone", "1234", None),
        ("phone", "call me", None),
        ("phone", "1.38E+10", None),
        ("phone", "00000000000", None),
        ("email", " Li.Lei＠Example.COM ", "li.lei@example.com"),
        ("user_id", " Ａbc\x00 ", "Abc"),
        ("user_id", "AbC", "AbC"),
        ("customer_no", "17850.0", "17850"),
        ("customer_no", "017850", "017850"),
        ("customer_no", "1.5", "1.5"),
        ("customer_no", "1e5", "1e5"),
        ("device_id", "00000000-0000-0000-0000-000000000000", None),
        ("user_id", "NULL", None),
        ("user_id", "　", None),
        ("user_id", "未知", None),
        ("user_id", "[object Object]", None),
        ("user_id", "x" * MAX_BYTES, "x" * MAX_BYTES),
        ("user_id", "x" * (MAX_BYTES + 1), None),
        ("user_id", "客" * (MAX_BYTES // 3 + 1), None),
    ],
)
def test_table(type: str, value: str, normal: str | None) -> None:
    assert normalise_key(type, value) == normal
    assert normalise_values(pa.array([value]), type).to_pylist() == [normal]


def test_region_decides_how_a_national_number_is_read() -> None:
    assert normalise_key("phone", "020 7946 0958", region="GB") == "+442079460958"
    assert normalise_key("phone", "13800000000", region="US") != "+8613800000000"


@settings(max_examples=500)
@given(st.from_regex(MOBILES, fullmatch=True) | st.from_regex(r"\+?\d{11,14}", fullmatch=True))
def test_the_short_cut_for_mobiles_equals_parsing(text: str) -> None:
    assert normalise_phone(text) == parse_phone(text, "CN")


@settings(max_examples=500)
@given(TYPES, st.lists(VALUES | st.none(), max_size=8))
@example("phone", ["13800000000\n", "١٣٨٠٠٠٠٠٠٠٠"])
@example("user_id", ["a\n", "\x7f", "-", "+0.0"])
def test_arrow_equals_one_by_one(type: str, values: list[str | None]) -> None:
    expected = [None if value is None else normalise_key(type, value) for value in values]
    assert normalise_values(pa.array(values, pa.string()), type).to_pylist() == expected


@settings(max_examples=500)
@given(TYPES, VALUES)
@example("phone", "000000001")
def test_normal_values_stay_as_they_are(type: str, value: str) -> None:
    normal = normalise_key(type, value)
    assert normal is None or normalise_key(type, normal) == normal


def test_batch_keeps_its_other_columns_and_its_order() -> None:
    batch = pa.table(
        {
            "name": ["a", "b", "c"],
            "id.phone": pa.chunked_array([["13800000000"], ["x", None]]),
            "id.phone#2": pa.array(["138 0000 0000", None, "95588"]).dictionary_encode(),
            "id.customer_no": [17850.0, None, 3.0],
            "properties": ["{}", None, "{}"],
        }
    )
    assert normalise_batch(batch).to_pydict() == {
        "name": ["a", "b", "c"],
        "id.phone": ["+8613800000000", None, None],
        "id.phone#2": ["+8613800000000", None, "95588"],
        "id.customer_no": ["17850", None, "3"],
        "properties": ["{}", None, "{}"],
    }


def test_an_empty_batch_stays_empty() -> None:
    batch = normalise_batch(
        pa.table({"name": pa.array([], pa.string()), "id.phone": pa.chunked_array([], pa.string())})
    )
    assert batch.num_rows == 0
    assert batch.column_names == ["name", "id.phone"]
