"""What the shop's own collector already speaks: segment.jsonl, Segment messages of registrations and sign-ins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from limner.demo.people import People
from limner.demo.rhythm import DAY
from limner.demo.shop import Shop
from limner.demo.source import Written, utc_text
from limner.demo.visits import REFERRERS, Visits
from limner.demo.world import CHANNELS, MINI, Flags, Ints

Message = dict[str, Any]

BROKEN_EVERY = 733
"""Lines between two broken ones."""


def write_messages(path: Path, shop: Shop, visits: Visits) -> Written:
    """A line a message in order of time; now and then a line that is none."""
    rng, origin = shop.stream("messages"), shop.calendar.origin
    first, browser = _first_visits(shop.people, visits)
    messages: list[tuple[int, Message]] = []
    for person in np.flatnonzero(shop.people.online).tolist():
        registered = int(shop.accounts.registered_at[person])
        code = int(browser[person])
        identity: Message = {"userId": shop.accounts.user[person]}
        if code >= 0:
            identity["anonymousId"] = shop.accounts.browsers[code]
        if registered >= origin:
            when = registered
            register: Message = {"type": "track", "event": "register", **identity}
            messages.append((when, {**register, "properties": _registration(rng, shop, person)}))
        else:
            when = int(first[person]) or origin + int(rng.integers(0, 30 * DAY))
        messages.append((when, {"type": "identify", **identity, "traits": _traits(rng, shop, person)}))
        messages += _wechat_messages(rng, shop, person, when)
    messages = sorted(messages, key=lambda message: message[0])
    broken: dict[str, list[int]] = {"truncated": [], "no_type": [], "broken_time": []}
    with path.open("w", encoding="utf-8") as file:
        for line, (when, message) in enumerate(messages, 1):
            message["messageId"] = f"m{line:08d}"
            message["timestamp"] = utc_text(when)
            file.write(_spoil(line, message, broken) + "\n")
    return Written(len(messages), dirty=broken, rejects=tuple(broken))


def _first_visits(people: People, visits: Visits) -> tuple[Ints, Ints]:
    """By person: start of the first visit while signed in (or 0), row of the browser first used (or -1)."""
    latest_first = np.argsort(-visits.start, kind="stable")
    latest_first = latest_first[visits.person[latest_first] >= 0]
    first, browser = np.zeros(len(people), dtype=np.int64), np.full(len(people), -1)
    signed_in: Flags = visits.user[latest_first] >= 0
    first[visits.person[latest_first][signed_in]] = visits.start[latest_first][signed_in]
    by_web = latest_first[visits.browser[latest_first] >= 0]
    browser[visits.person[by_web]] = visits.browser[by_web]
    return first, browser


def _registration(rng: np.random.Generator, shop: Shop, person: int) -> Message:
    source = REFERRERS[int(rng.integers(0, len(REFERRERS)))] if rng.random() < 0.5 else None
    channel = CHANNELS[min(int(shop.people.channel[person]), MINI)]
    return _given({"channel": channel, "utm_source": source})


def _traits(rng: np.random.Generator, shop: Shop, person: int) -> Message:
    """What people tell of themselves; the gender only some."""
    accounts = shop.accounts
    province, city = shop.world.cities[shop.people.city[person]]
    traits: Message = {
        "phone": accounts.phone[person],
        "email": accounts.email[person],
        "city": city,
        "province": province,
    }
    if rng.random() < 0.35:
        traits["gender"] = "女" if shop.people.woman[person] else "男"
    return _given(traits)


def _wechat_messages(rng: np.random.Generator, shop: Shop, person: int, when: int) -> list[tuple[int, Message]]:
    """openid and unionid as soon as the mini program knows them, for the second account too, where there is one."""
    accounts = shop.accounts
    user, second = accounts.user[person], accounts.second_user[person]
    wechat: Message = {"openid": accounts.openid[person], "unionid": accounts.unionid[person]}
    if wechat["openid"] is None:
        return []
    known = {"externalIds": [_external(kind, value) for kind, value in wechat.items()]}
    bound: Message = {"type": "identify", "context": known}
    messages: list[tuple[int, Message]] = [(when + 60_000, {**bound, "userId": user, "traits": wechat})]
    if second:
        traits = _given({**wechat, "phone": accounts.phone[person]})
        messages.append((when + 75_000, {**bound, "userId": second, "traits": traits}))
        if rng.random() < 0.5:
            messages.append((when + 90_000, {"type": "alias", "previousId": second, "userId": user}))
    return messages


def _external(kind: str, value: str | None) -> Message:
    return {"id": value, "type": kind, "collection": "users", "encoding": "none"}


def _given(fields: Message) -> Message:
    return {name: value for name, value in fields.items() if value is not None}


def _spoil(line: int, message: Message, broken: dict[str, list[int]]) -> str:
    """The message as a line, broken now and then."""
    kinds = list(broken)
    kind = kinds[line // BROKEN_EVERY % len(kinds)] if line % BROKEN_EVERY == 100 else None
    if kind:
        broken[kind].append(line)
    if kind == "no_type":
        message.pop("type")
    elif kind == "broken_time":
        message["timestamp"] = "前天下午三点"
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return text[: len(text) // 2] if kind == "truncated" else text
