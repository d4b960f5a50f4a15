"""Region and carrier of phones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.enrichment.phone import read_phone, shorten_phone


@pytest.mark.parametrize(
    ("phone", "told"),
    [
        ("+8613800138000", {"phone_region": "北京市", "phone_province": "北京", "phone_city": "北京"}),
        ("0755-2345 6789", {"phone_region": "广东省深圳市", "phone_province": "广东", "phone_city": "深圳"}),
        ("+44 20 7946 0958", {"phone_region": "英国"}),
        ("852 5123 4567", {}),
        ("+852 5123 4567", {"phone_region": "香港"}),
        ("95588", {}),
        ("abc", {}),
        ("", {}),
        ("\x00\ud800", {}),
    ],
)
def test_what_is_told(phone: str, told: dict[str, str]) -> None:
    found = dict(read_phone(phone))
    found.pop("phone_carrier", None)
    assert found == told


def test_carriers() -> None:
    carriers = [read_phone(phone).get("phone_carrier") for phone in ("13512345678", "18612345678", "17712345678")]
    assert carriers == ["中国移动", "中国联通", "中国电信"]


@given(st.from_regex(r"(\+?86)?1[3-9][0-9]{9}", fullmatch=True))
def test_a_block_tells_what_each_of_its_numbers_does(phone: str) -> None:
    if any(character not in "+0123456789" for character in phone):
        return
    assert read_phone(shorten_phone(phone)) == read_phone(phone)
    spelled = read_phone("+86 " + phone[-11:])  # not by the short cut
    assert spelled == {} or spelled == read_phone(phone)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert all(read_phone(shorten_phone(text)).values())
