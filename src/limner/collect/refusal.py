"""What a sender is told at once: the messages of a batch that the tracking plan rejects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from limner.collect.contract import Contract
from limner.collect.segment import CONTEXT_KEPT
from limner.model.contract import Mode

IDS = ("userId", "anonymousId", "previousId")


def tell_refused(lines: Sequence[bytes], contract: Contract) -> list[dict[str, Any]]:
    """``[{"index", "reason"}]`` for those that will not be stored. Nothing is decoded when the plan rejects nothing.

    It foretells what the intake does with them; what cannot even be read is not judged here.
    """
    if not contract.refuses:
        return []
    asked: list[tuple[int, tuple[str, dict[str, Any], dict[str, Any]]]] = []
    hidden: set[str] = set()
    for index, line in enumerate(lines):
        message = _decode(line)
        name = message.get("event") if message.get("type") == "track" else message.get("type")
        if isinstance(name, str) and contract.mode(name) is Mode.REJECT:
            asked.append((index, (name, _properties(message), _object(message.get("traits")))))
            hidden |= {str(message[key]) for key in IDS if message.get(key)}
    sentences = contract.check_messages([judged for _, judged in asked], hidden)
    return [
        {"index": index, "reason": "; ".join(wrong)}
        for (index, _), wrong in zip(asked, sentences, strict=True)
        if wrong
    ]


def _properties(message: dict[str, Any]) -> dict[str, Any]:
    """As the reader has them: with the members of the context that are kept."""
    context = _object(message.get("context"))
    kept = {name: context[name] for name in CONTEXT_KEPT if context.get(name) is not None}
    own = {name: message[name] for name in ("name", "category") if message.get(name) is not None}
    return {**kept, **own, **_object(message.get("properties"))}


def _decode(line: bytes) -> dict[str, Any]:
    try:
        return _object(msgspec.json.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
