"""Reasons of recommendations in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Attributes = Mapping[str, Mapping[str, Any]]
"""Of items, by id."""


def title_of(attributes: Attributes, item: str) -> str:
    return str(attributes.get(item, {}).get("title") or item)


def say_because(titles: Sequence[str]) -> dict[str, str]:
    return {"zh": f"因为接触过：{'、'.join(titles)}", "en": f"Because of: {', '.join(titles)}"}


def say_taste(value: Any, share: float) -> dict[str, str]:
    return {"zh": f"历史行为中{share:.0%}与“{value}”有关", "en": f"{share:.0%} of the history is of {value}"}


def say_popular() -> dict[str, str]:
    return {"zh": "大家都在选", "en": "Popular with everybody"}


def say_nothing() -> dict[str, str]:
    return {"zh": "没有可说明的偏好", "en": "Nothing in the history speaks for or against it"}
