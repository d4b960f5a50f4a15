"""``said`` beside what is kept in English: the same by language, for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limner.api.verbs import plain
from limner.retold import say_error


def say_beside(answer: Any, member: str) -> dict[str, Any]:
    """A verb's answer with ``said`` besides: what its ``member`` says, a sentence or some, or null.

    >>> say_beside({"id": 1, "error": "The job failed."}, "error")["said"]
    {'en': 'The job failed.', 'zh': '任务失败。'}
    """
    document: Mapping[str, Any] = plain(answer)
    words = document[member]
    said = [say_error(one) for one in words] if isinstance(words, list) else words and say_error(words)
    return {**document, "said": said or None}


def say_in_page(page: Mapping[str, Any], name: str, member: str) -> dict[str, Any]:
    """A page of a list whose items say it."""
    return {**page, name: [say_beside(item, member) for item in page[name]]}
