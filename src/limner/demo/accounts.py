"""The names and identifiers people go by, with the overlaps and conflicts a real shop has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from limner.demo.people import People
from limner.demo.rhythm import DAY, Calendar
from limner.demo.world import STORE, WEB, Flags, Ints, World, stream

BROWSERS = 3
"""Browsers a person may have at most."""
SHOP_PHONE = "13816008888"
"""A clerk types the shop's own number when a buyer will not tell theirs."""
PREFIXES = (130, 131, 133, 135, 136, 137, 138, 139, 150, 151, 158, 159, 177, 186, 188, 189)
MAIL_HOSTS = ("qq.com", "qq.com", "qq.com", "163.com", "126.com", "139.com", "outlook.com")

Texts = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Accounts:
    """Identifiers by person; None = has none."""

    name: tuple[str, ...]
    user: Texts
    second_user: Texts
    """Another account of the same person, used in the mini program; linked by phone and unionid."""
    phone: Texts
    email: Texts
    openid: Texts
    unionid: Texts
    member: Texts
    """Customer number in the CRM."""
    second_member: Texts
    """The same person entered in the CRM again, with the same phone and a name typed otherwise."""
    devices: tuple[str, ...]
    browsers: tuple[str, ...]
    """Anonymous ids: BROWSERS per person, then one per visitor."""
    browser: Ints
    """(persons, BROWSERS) row of ``browsers``; families share one."""
    browser_count: Ints
    family: Ints
    """Who shares this person's first browser; -1 = nobody."""
    recycled: Ints
    """Whose present phone the CRM still has as this person's; -1 = nobody's."""
    registered_at: Ints
    """Local milliseconds."""


def open_accounts(world: World, calendar: Calendar, people: People, visitors: int, seed: int) -> Accounts:
    rng = stream(seed, "accounts")
    count = len(people)
    digits = rng.choice(90_000_000, count * 3, replace=False) + 10_000_000
    phones = [f"{PREFIXES[p]}{n}" for p, n in zip(rng.integers(0, len(PREFIXES), count), digits[:count])]
    second = people.online & people.wechat & (rng.random(count) < 0.02)
    member = ~people.online | (rng.random(count) < 0.55)
    reachable = ~people.online | (rng.random(count) < 0.92)
    pairs = _families(rng, people)
    browser = np.arange(count * BROWSERS).reshape(count, BROWSERS)
    family = np.full(count, -1)
    browser[pairs[1], 0] = browser[pairs[0], 0]
    family[pairs[0]], family[pairs[1]] = pairs[1], pairs[0]
    return Accounts(
        name=_names(world, rng, people),
        user=_where(people.online, [f"U{n}" for n in digits[count : 2 * count]]),
        second_user=_where(second, [f"U{n}" for n in digits[2 * count :]]),
        phone=_where(reachable, phones),
        email=_where(people.online & (rng.random(count) < 0.35), _emails(rng, count)),
        openid=_where(people.wechat, [f"oL5x{token}" for token in _tokens(rng, count, 12)]),
        unionid=_where(people.wechat, [f"o6_b{token}" for token in _tokens(rng, count, 12)]),
        member=_where(member, [f"VIP{n}" for n in rng.permutation(count) + 1_000_001]),
        second_member=_where(member & (rng.random(count) < 0.03), [f"VIP{n}" for n in np.arange(count) + 3_000_001]),
        devices=tuple(_tokens(rng, count, 16)),
        browsers=tuple(_tokens(rng, count * BROWSERS + visitors, 16)),
        browser=browser,
        browser_count=1 + (rng.random(count) < 0.3) + (rng.random(count) < 0.1),
        family=family,
        recycled=_recycled(rng, people, member, reachable),
        registered_at=calendar.origin + people.joined * DAY + rng.integers(6 * 3_600_000, 20 * 3_600_000, count),
    )


def mistype(world: World, name: str) -> str:
    """The name as a clerk in a hurry writes it: a character that sounds the same, else a space inside.

    >>> from limner.demo.world import load_world
    >>> mistype(load_world(), "李婷")
    '李亭'
    """
    typed = name[:1] + "".join(world.mistyped.get(character, character) for character in name[1:])
    return typed if typed != name else f"{name[:1]} {name[1:]}"


def birthday(people: People, person: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(people.birth[person]))


def _where(present: Flags, texts: list[str]) -> Texts:
    return tuple(text if there else None for there, text in zip(present.tolist(), texts))


def _tokens(rng: np.random.Generator, count: int, size: int) -> list[str]:
    text = rng.bytes(count * size).hex()
    return [text[at : at + 2 * size] for at in range(0, len(text), 2 * size)]


def _emails(rng: np.random.Generator, count: int) -> list[str]:
    numbers = rng.choice(900_000_000, count, replace=False) + 100_000_000
    return [f"{n}@{MAIL_HOSTS[host]}" for n, host in zip(numbers, rng.integers(0, len(MAIL_HOSTS), count))]


def _names(world: World, rng: np.random.Generator, people: People) -> tuple[str, ...]:
    count = len(people)
    surnames = rng.choice(len(world.surnames), count, p=world.surname_weights)
    first, second = rng.integers(0, 28, count), rng.integers(0, 28, count)
    names = []
    for person in range(count):
        characters = world.given[int(people.woman[person])]
        given = characters[first[person]] + (characters[second[person]] if second[person] % 4 else "")
        names.append(world.surnames[surnames[person]] + given)
    for copy in np.flatnonzero(people.duplicate_of >= 0):
        names[copy] = mistype(world, names[people.duplicate_of[copy]])
    return tuple(names)


def _families(rng: np.random.Generator, people: People) -> tuple[Ints, Ints]:
    """Two lists of people, pairwise at one computer: 12 in a thousand, neither a duplicate."""
    likely = np.flatnonzero(people.online & (people.duplicate_of < 0) & (people.channel != STORE))
    likely = likely[np.argsort(people.channel[likely] != WEB, kind="stable")]  # those who use the web before others
    size = max(len(people) * 6 // 1000, 1)
    chosen = rng.permutation(likely[: max(4 * size, 2)])[: 2 * size]
    half = len(chosen) // 2
    return chosen[:half], chosen[half : 2 * half]


def _recycled(rng: np.random.Generator, people: People, member: Flags, reachable: Flags) -> Ints:
    """二次放号: the operator gave a member's old number to somebody else, and nobody told the CRM."""
    recycled = np.full(len(people), -1)
    old = np.flatnonzero(people.online & member)
    size = max(len(people) * 2 // 1000, 1)
    chosen = rng.permutation(old)[:size]
    recycled[chosen] = rng.permutation(np.setdiff1d(np.flatnonzero(reachable), chosen))[:size]
    return recycled
