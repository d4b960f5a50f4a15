"""Questionnaires: survey.xlsx, answers typed into a form whose columns have Chinese headings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from limner.demo.crm import type_phone
from limner.demo.rhythm import DAY
from limner.demo.shop import Shop
from limner.demo.source import EPOCH, Written
from limner.demo.workbook import Cell, write_workbook
from limner.demo.world import FADING, Ints

HEADER = (
    "编号",
    "提交时间",
    "手机号",
    "账号",
    "满意度",
    "推荐度",
    "购买动机",
    "使用目标",
    "价值观",
    "一句话",
    "所在城市",
)
ANSWERING = 0.08
"""Share of the customers who answer."""
AT_HOME = 0.8
"""Share of the answers that name the city one lives in."""


def write_survey(path: Path, shop: Shop) -> tuple[Written, Ints]:
    """Write the answers; also who answered. Some give no phone and no account: nobody knows who they are."""
    rng, people, accounts = shop.stream("survey"), shop.people, shop.accounts
    towns = shop.stream("survey towns")
    answering = np.flatnonzero((rng.random(len(people)) < ANSWERING) & (people.last_day - people.first_day > 2))
    rows: list[Sequence[Cell]] = [HEADER]
    unidentified, unreadable = 0, []
    for number, person in enumerate(answering.tolist(), 1):
        day = int(rng.integers(people.first_day[person], people.last_day[person]))
        moment = shop.calendar.origin + day * DAY + int(rng.integers(36_000_000, 79_200_000))
        when: Cell = EPOCH + timedelta(seconds=moment // 1000)
        phone: Cell = type_phone(rng, accounts.phone[person] or "") or None
        user: Cell = accounts.user[person] if rng.random() < 0.6 else None
        if number % 31 == 7:
            phone = user = None
        if number % 89 == 40:
            when = "上周三"
            unreadable.append(number + 1)
        elif phone is None and user is None:
            unidentified += 1
        rows.append((f"Q{number:05d}", when, phone, user, *_answers(rng, shop, person), _town(towns, shop, person)))
    write_workbook(path, "问卷", rows)
    dirty = {"broken_time": unreadable}
    return Written(len(answering), unidentified=unidentified, dirty=dirty, rejects=("broken_time",)), answering


def _town(rng: np.random.Generator, shop: Shop, person: int) -> str:
    """Most say where they live; some where they work or come from, which no other source says of them."""
    elsewhere = int(rng.integers(0, len(shop.world.cities)))
    return str(shop.world.cities[shop.people.city[person] if rng.random() < AT_HOME else elsewhere][1])


def _answers(rng: np.random.Generator, shop: Shop, person: int) -> tuple[Cell, ...]:
    """Six in seven answer like their archetype, the others like anybody; the fading and the lost are less satisfied."""
    personas = shop.world.persona_facts
    typical = rng.random() < 0.85
    facts = personas[shop.people.persona[person] if typical else int(rng.integers(0, len(personas)))]
    satisfied = int(np.clip(rng.normal(4.3 - 0.9 * (shop.people.stage[person] >= FADING), 0.8), 1, 5).round())
    recommends = int(np.clip(satisfied * 2 + rng.integers(-2, 2), 0, 10))
    motives = sorted(rng.choice(facts["motives"], int(rng.integers(1, 3)), replace=False))
    quote = str(rng.choice(facts["quotes"])) if rng.random() < 0.5 else None
    return satisfied, recommends, ";".join(motives), str(rng.choice(facts["goals"])), facts["values"], quote
