from __future__ import annotations

import doctest

import pytest

from limner.govern import masking
from limner.govern.masking import mask_key, mask_value


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
