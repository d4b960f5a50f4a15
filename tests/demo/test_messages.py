"""segment.jsonl and the identifiers it ties together."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


def read(shop) -> tuple[dict[int, dict[str, Any]], list[int]]:  # type: ignore[no-untyped-def]
    """Messages by line, and the lines that are no JSON."""
    messages, broken = {}, []
    for line, text in enumerate((shop.folder / "segment.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        try:
            messages[line] = json.loads(text)
        except ValueError:
            broken.append(line)
    return messages, broken


def test_broken_lines(shop) -> None:  # type: ignore[no-untyped-def]
    messages, truncated = read(shop)
    said = shop.file("segment.jsonl")
    dirty = said["dirty"]
    assert truncated == dirty["truncated"]
    assert [line for line, message in messages.items() if "type" not in message] == dirty["no_type"]
    assert [line for line, m in messages.items() if not m["timestamp"].startswith("202")] == dirty["broken_time"]
    assert said["rejected"] == len(truncated) + len(dirty["no_type"]) + len(dirty["broken_time"]) >= 3
    assert len({message["messageId"] for message in messages.values()}) == len(messages)


def test_everybody_online_is_identified(shop) -> None:  # type: ignore[no-untyped-def]
    messages, _ = read(shop)
    bad = {line for lines in shop.file("segment.jsonl")["dirty"].values() for line in lines}
    good = [message for line, message in messages.items() if line not in bad]
    kinds = Counter(message["type"] for message in good)
    assert kinds["identify"] > kinds["track"] > 0
    assert kinds["alias"] > 0
    people = {user: person for person in shop.people for user in person["user_ids"]}
    identified = set()
    for message in good:
        person = people[message["userId"]]
        if message["type"] != "identify":
            continue
        identified.add(person["person"])
        traits = message["traits"]
        for trait, column in (("phone", "phones"), ("email", "emails"), ("openid", "openids"), ("unionid", "unionids")):
            assert trait not in traits or [traits[trait]] == person[column]
        browser = message.get("anonymousId")
        assert browser is None or browser in person["anonymous_ids"]
    online = {person["person"] for person in shop.people if person["user_ids"]}
    assert len(online - identified) <= len(bad)


def test_identifiers_overlap_as_planted(shop) -> None:  # type: ignore[no-untyped-def]
    people = shop.people
    assert sum(len(person["user_ids"]) > 1 for person in people) > 5
    assert sum(len(person["anonymous_ids"]) > 1 for person in people) > 200
    phones = Counter(phone for person in people for phone in person["phones"])
    assert set(phones.values()) == {1}
    assert all(person["user_ids"] or person["customer_nos"] for person in people)


def test_second_selves_share_nothing_but_the_human(shop) -> None:  # type: ignore[no-untyped-def]
    people = shop.people
    copies = [person for person in people if person["duplicate_of"] is not None]
    assert len(copies) == shop.truth.summary["duplicates"] == 22
    lists = [column for column in people[0] if column.endswith("s") and isinstance(people[0][column], list)]
    identifiers = [column for column in lists if column != "preferred_hours"]
    assert len(identifiers) == 8
    for copy in copies:
        first = people[copy["duplicate_of"]]
        assert first["duplicate_of"] is None
        for column in ("birthday", "gender", "city", "persona", "favourite_category", "has_child"):
            assert copy[column] == first[column]
        assert not any(set(copy[column]) & set(first[column]) for column in identifiers)
