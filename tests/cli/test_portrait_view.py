"""How a portrait looks to a person, in both languages."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from limner.cli.language import Language
from limner.cli.portrait_view import portrait_view, say_value

TAGS = {
    "spend_90d": {
        "title": {"zh": "近90天消费金额", "en": "Spend in 90 days"},
        "unit_title": {"zh": "元", "en": "yuan"},
    },
    "taste": {
        "title": {"zh": "偏好品类", "en": "Favourite category"},
        "values": [{"value": "护肤", "title": {"zh": "护肤", "en": "Skin care"}}],
    },
    "vip": {"title": {"zh": "高价值"}},
    "birthday": {"title": {"zh": "生日", "en": "Birthday"}},
}
BEHAVIOUR = {
    "events": ["order_paid"],
    "count": 12,
    "first": "2026-08-30T10:00:00+08:00",
    "last": "2026-11-03T21:14:05+08:00",
}


def tag(value: object, layer: str, confidence: float = 1.0, evidence: object = None) -> dict[str, Any]:
    since = None if value is None else "2026-11-03T21:14:05+08:00"
    sure = None if value is None else confidence
    return {"value": value, "confidence": sure, "layer": layer, "since": since, "evidence": evidence}


PORTRAIT = {
    "customer_id": "c1024",
    "as_of": "2026-11-22T00:00:00+08:00",
    "identifiers": [{"type": "phone", "value": "+8613800000000"}],
    "tags": {
        "spend_90d": tag(12345.5, "fact", evidence=BEHAVIOUR),
        "taste": tag("护肤", "fact", 0.45, {**BEHAVIOUR, "share": 0.45, "lift": 1.834}),
        "birthday": tag(None, "fact"),
        "vip": tag(True, "business", evidence={"tags": {"spend_90d": 12345.5}, "did": [BEHAVIOUR]}),
    },
}


def show(language: Language) -> str:
    screen = StringIO()
    portrait_view(PORTRAIT, language, TAGS)(Console(file=screen, width=140, color_system=None))
    return screen.getvalue()


def test_a_portrait_in_chinese() -> None:
    assert [" ".join(line.split()) for line in show("zh").splitlines()] == [
        "c1024 截至 2026-11-22",
        "phone:+8613800000000",
        "",
        "事实 2/3",
        "标签 值 置信度 更新于 依据",
        "近90天消费金额 12,345.5 元 2026-11-03 order_paid 12 次，自 2026-08-30 起",
        "偏好品类 护肤 45% 2026-11-03 order_paid 12 次，自 2026-08-30 起，为总体的 1.83 倍",
        "无值：生日",
        "",
        "业务 1/1",
        "标签 值 更新于 依据",
        "高价值 是 2026-11-03 近90天消费金额 12,345.5；order_paid 12 次，自 2026-08-30 起",
    ]


def test_a_portrait_in_english_uses_any_title_there_is() -> None:
    text = show("en")
    assert "Facts  2/3" in text
    assert "12 x order_paid since 2026-08-30, 1.83 times the population's" in text
    assert "No value: Birthday" in text
    assert "12,345.5 yuan" in text
    assert "Skin care" in text
    assert "高价值" in text


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (False, "否", "no"),
        (1990, "1990", "1990"),
        (1234567, "1,234,567", "1,234,567"),
        (1234567.891, "1,234,567.89", "1,234,567.89"),
        (0.5, "0.5", "0.5"),
        (0.00001234, "1.23e-05", "1.23e-05"),
        ("2026-11-03T21:14:05+08:00", "2026-11-03 21:14", "2026-11-03 21:14"),
        ("2026-11-03T00:00:00+08:00", "2026-11-03", "2026-11-03"),
        ("T-shirt with a long name", "T-shirt with a long name", "T-shirt with a long name"),
        (["a", "b", "c", "d", "e", "f"], "a、b、c、d、e 等 6 个", "a, b, c, d, e and 6 in all"),
    ],
)
def test_values_in_words(value: object, chinese: str, english: str) -> None:
    assert say_value(value, "zh") == chinese
    assert say_value(value, "en") == english


def test_hours_and_weekdays_are_drawn() -> None:
    hours = [0] * 24
    hours[21], hours[8] = 8, 1
    assert say_value(hours, "zh", "hours") == "▁▁▁▁▁▁▁▁▂▁▁▁▁▁▁▁▁▁▁▁▁█▁▁ 21时"
    assert say_value([0, 0, 0, 0, 0, 5, 0], "en", "weekdays") == "▁▁▁▁▁█▁ Sat"
