"""The members' list as the CRM exports it: crm.csv in GB18030, typed in by many hands."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from limner.demo.accounts import birthday, mistype
from limner.demo.rhythm import DAY
from limner.demo.shop import Shop
from limner.demo.source import Written, local_text
from limner.demo.world import Ints

HEADER = ("会员号", "姓名", "性别", "生日", "手机", "邮箱", "省份", "城市", "等级", "有无子女", "入会日期", "更新时间")
GENDERS = (("男", "M", "先生", "1"), ("女", "F", "女士", "2"))
LEVELS = ("普通", "银卡", "金卡", "钻石")
BAD_BIRTHDAYS = ("0000-00-00", "1990-13-45", "不详", "1890-02-30")
BAD_TIMES = ("昨天", "2026-02-31 25:61:00", "####")
NO_PHONES = ("", "无", "-")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

Row = list[str]


def write_crm(path: Path, shop: Shop, spend: Ints) -> Written:
    """A row a membership. ``spend`` (hundredths of a yuan by person) decides the level."""
    rng, accounts = shop.stream("crm"), shop.accounts
    dirty: dict[str, list[int]] = {
        kind: []
        for kind in ("wrong_columns", "broken_time", "broken_birthday", "no_phone", "same_person", "recycled_phone")
    }
    rows: list[tuple[Row, str | None]] = []
    members = [person for person, number in enumerate(accounts.member) if number]
    levels = np.searchsorted([200_000, 600_000, 2_000_000], spend, side="right")
    for person in members:
        row = _member_row(rng, shop, person, LEVELS[levels[person]])
        rows.append((row, "recycled_phone") if accounts.recycled[person] >= 0 else _spoil(rng, row))
        if accounts.second_member[person]:
            again = _member_row(rng, shop, person, LEVELS[0])
            again[0] = accounts.second_member[person] or ""
            again[1] = mistype(shop.world, accounts.name[person])
            rows.append((again, "same_person"))
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for line, place in enumerate(rng.permutation(len(rows)), 2):
            row, kind = rows[place]
            writer.writerow(row)
            if kind:
                dirty[kind].append(line)
    return Written(len(rows), dirty=dirty, rejects=("wrong_columns", "broken_time"))


def _member_row(rng: np.random.Generator, shop: Shop, person: int, level: str) -> Row:
    """A membership as a clerk typed it."""
    people, accounts, origin = shop.people, shop.accounts, shop.calendar.origin
    born = birthday(people, person)
    province, city = shop.world.cities[people.city[person]]
    joined = origin + int(people.joined[person]) * DAY
    first, last = max(int(people.joined[person]), 0), int(people.last_day[person])
    updated = origin + int(rng.integers(first, last)) * DAY + int(rng.integers(32_400_000, 64_800_000))
    holder = person if accounts.recycled[person] < 0 else int(accounts.recycled[person])
    return [
        accounts.member[person] or "",
        accounts.name[person],
        _any(rng, GENDERS[int(people.woman[person])]) if rng.random() < 0.93 else "未知",
        born.strftime(("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")[rng.choice(4, p=[0.7, 0.12, 0.1, 0.08])]),
        type_phone(rng, accounts.phone[holder] or ""),
        (accounts.email[person] or "") if rng.random() < 0.6 else "",
        province,
        city if rng.random() < 0.8 else f"{city}市",
        level,
        ("无", "有")[int(people.has_child[person])] if rng.random() < 0.4 else "",
        local_text(joined, "%Y-%m-%d"),
        local_text(updated),
    ]


def _spoil(rng: np.random.Generator, row: Row) -> tuple[Row, str | None]:
    """Make about one row in thirty dirty."""
    fate = rng.random()
    if fate < 0.004:
        return row[: int(rng.integers(5, 11))], "wrong_columns"
    if fate < 0.006:
        return [*row[:2], "备注", *row[2:]], "wrong_columns"
    if fate < 0.010:
        return [*row[:-1], _any(rng, BAD_TIMES)], "broken_time"
    if fate < 0.018:
        return [*row[:3], _any(rng, BAD_BIRTHDAYS), *row[4:]], "broken_birthday"
    if fate < 0.033:
        return [*row[:4], _any(rng, NO_PHONES), *row[5:]], "no_phone"
    return row, None


def type_phone(rng: np.random.Generator, phone: str) -> str:
    """A phone number as people write it: spaces, dashes, country codes, full-width digits."""
    if not phone:
        return ""
    forms = (
        phone,
        f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
        f"+86 {phone}",
        f"86{phone}",
        f"0086-{phone}",
        phone.translate(WIDE),
    )
    return forms[rng.choice(len(forms), p=[0.52, 0.12, 0.12, 0.1, 0.06, 0.04, 0.04])]


def _any(rng: np.random.Generator, texts: tuple[str, ...]) -> str:
    return texts[int(rng.integers(0, len(texts)))]
