from __future__ import annotations

import doctest
from typing import Any

import pytest

from limner.govern import masking
from limner.govern.masking import is_personal, mask_document, mask_key, mask_text, mask_value, personal_tags
from limner.model.parse import parse_tag


def test_examples() -> None:
    assert doctest.testmod(masking).failed == 0


@pytest.mark.parametrize(
    ("type", "value", "masked"),
    [
        ("phone", "95588", "****88"),
        ("phone", "+442079460958", "+44****0958"),
        ("email", "a@b.cn", "a***@b.cn"),
        ("email", "broken", "b***"),
        ("user_id", "u1", "u***"),
        ("user_id", "", "***"),
    ],
)
def test_mask(type: str, value: str, masked: str) -> None:
    assert mask_value(type, value) == masked
    assert mask_key(type, value) == f"{type}:{masked}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("+86 138-1234-5678", "138****5678"),
        ("8613812345678", "138****5678"),
        ("+442079460958.", "+44****0958."),
        ("write to li.lei+x@mail.example.co.uk", "write to l***@mail.example.co.uk"),
        ("电话13812345678，谢谢", "电话138****5678，谢谢"),
    ],
)
def test_what_is_personal_in_a_text_is_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "order 202611010001",
        "2026-11-09T10:00:00+08:00",
        "1762600000000000.13",
        "12345678901",
        "99.13812345678",
        "a@b",
        "c12",
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("path", ["phone", "traits.phone_number", "$openid", "E-Mail", "buyers[].mobile", "userId"])
def test_personal_names(path: str) -> None:
    assert is_personal(path)


@pytest.mark.parametrize("path", ["page.path", "name", "headphone", "city", "phone_model", ""])
def test_other_names(path: str) -> None:
    assert not is_personal(path)


def test_a_document_is_masked_wherever_it_is_personal() -> None:
    document = {
        "customer_id": "c12",
        "identifiers": [{"type": "phone", "value": "+8613800000001", "events": 3}, {"type": "user_id", "value": "U1"}],
        "tags": {
            "spend": {"value": 419.5, "since": "2026-11-09T10:00:00+08:00", "evidence": {"count": 2}},
            "phone": {"value": "+442079460958", "layer": "fact"},
            "wechat": {"value": ["o6_bmjrPTlm6_2sgVt7hMZOPfL2M", None], "evidence": {"count": 2}},
            "contact": {"value": 13812345678, "evidence": {"tags": {"wechat": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}}},
        },
        "properties": {"address": {"street": "1 Long Road", "zip": 100080}, "note": "ask li@example.com", "new": True},
    }
    assert mask_document(document, {"wechat"}) == {
        "customer_id": "c12",
        "identifiers": [{"type": "phone", "value": "138****0001", "events": 3}, {"type": "user_id", "value": "U***"}],
        "tags": {
            "spend": {"value": 419.5, "since": "2026-11-09T10:00:00+08:00", "evidence": {"count": 2}},
            "phone": {"value": "+44****0958", "layer": "fact"},
            "wechat": {"value": ["o6***2M", None], "evidence": {"count": 2}},
            "contact": {"value": "138****5678", "evidence": {"tags": {"wechat": "o6***2M"}}},
        },
        "properties": {"address": {"street": "1 ***ad", "zip": "1***"}, "note": "ask l***@example.com", "new": True},
    }


def test_tags_that_repeat_a_personal_property_are_found() -> None:
    folds = {
        "wechat": {"trait": "open_id"},
        "last_receiver": {"last": "receiver.mobile", "of": "order_paid"},
        "phones": {"distinct": "phone", "of": "login"},
        "city": {"trait": "city"},
    }
    tags = [parse_tag(name, {"layer": "fact", "fold": fold}) for name, fold in folds.items()]
    assert personal_tags(tags) == {"wechat", "last_receiver"}


def test_given_values_that_look_like_identifiers_are_masked() -> None:
    document: dict[str, Any] = {
        "tags": {
            "referrer": {"value": "u-20817", "evidence": {"run": {"source": "list-20261101.csv"}}},
            "level": {"value": "gold"},
            "order": {"value": "u-20817"},
        },
        "referrer": {"values": [{"value": "oXq3Fk9bTz7LmPw2", "count": 3}, {"value": None, "count": 4}]},
    }
    masked = mask_document(document, (), {"referrer", "level"})
    assert masked["tags"]["referrer"]["value"] == "u-***17"
    assert masked["tags"]["referrer"]["evidence"] == document["tags"]["referrer"]["evidence"]
    assert masked["tags"]["level"] == {"value": "gold"}
    assert masked["tags"]["order"] == {"value": "u-20817"}, "what events say is masked by its property"
    assert [one["value"] for one in masked["referrer"]["values"]] == ["oX***w2", None]
