"""Region and carrier of a phone number, by the numbering plans that phonenumbers carries.

They are those of the number as it was issued: a number that moved to another carrier keeps the first one's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import ModuleType

import phonenumbers

LONGEST_PHONE = 60
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{5})\d{4}", re.ASCII)

LONG_PROVINCES = ("内蒙古", "黑龙江")
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
OTHER_PROVINCES = (
    *("河北", "山西", "辽宁", "吉林", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南"),
    *("广东", "广西", "海南", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆"),
)
PROVINCES = frozenset((*LONG_PROVINCES, *MUNICIPALITIES, *OTHER_PROVINCES))


@cache
def _tables() -> tuple[ModuleType, ModuleType]:
    """Half a second and 100 MB, the first time a phone is met: they are not loaded before."""
    from phonenumbers import carrier, geocoder

    return geocoder, carrier


def shorten_phone(text: str) -> str:
    """The block a Chinese mobile was issued in, as a number of it; any other phone as it is. Numbers are issued to a
    city by the ten thousand, so there are far fewer blocks than numbers.

    >>> shorten_phone("+8613512345678"), shorten_phone("021-61312345")
    ('13512340000', '021-61312345')
    """
    mobile = _MOBILE.fullmatch(text)
    return f"{mobile[1]}0000" if mobile else text[:LONGEST_PHONE]


def read_phone(text: str, region: str = "CN") -> Mapping[str, str]:
    """Names: phone_region as it is written out, phone_province and phone_city as short as people write them, and
    phone_carrier, in Chinese; what is not known is absent.

    >>> read_phone("135 1234 5678")
    {'phone_region': '重庆市', 'phone_province': '重庆', 'phone_city': '重庆', 'phone_carrier': '中国移动'}
    """
    number = _parse(text[:LONGEST_PHONE], region)
    if number is None:
        return {}
    geocoder, carrier = _tables()
    place = geocoder.description_for_valid_number(number, "zh")
    province, city = split_place(place) if number.country_code == 86 else ("", "")
    found = {
        "phone_region": place,
        "phone_province": province,
        "phone_city": city,
        "phone_carrier": carrier.name_for_valid_number(number, "zh"),
    }
    return {name: value for name, value in found.items() if value}


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """None when it is no valid number; a short cut for Chinese mobiles as they are usually written."""
    if region == "CN" and _MOBILE.fullmatch(text):
        return phonenumbers.PhoneNumber(country_code=86, national_number=int(text[-11:]))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def split_place(place: str) -> tuple[str, str]:
    """Province and city of a place in China.

    >>> split_place("广东省广州市"), split_place("内蒙古兴安盟"), split_place("中国")
    (('广东', '广州'), ('内蒙古', '兴安盟'), ('', ''))
    """
    province = place[:3] if place[:3] in LONG_PROVINCES else place[:2]
    if province not in PROVINCES:
        return "", ""
    if province in MUNICIPALITIES:
        return province, province
    city = place.removeprefix(province).removeprefix("省").removeprefix("自治区")
    return province, city.removesuffix("市") if len(city) > 2 else city
