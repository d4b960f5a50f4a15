"""Who the customers are: the planted truth, drawn before anything happens in the shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limner.demo.rhythm import Calendar
from limner.demo.world import (
    BRANDS_PER_CATEGORY,
    CHANNELS,
    FADING,
    GROWING,
    LOST,
    MATURE,
    NEW,
    STORE,
    Flags,
    Floats,
    Ints,
    World,
    pick,
    shares,
    stream,
)

STAGE_SHARES = shares(np.array([18.0, 21.0, 27.0, 14.0, 20.0]))
DUPLICATES = 0.015
"""Share of the rows that are somebody's second self, with no identifier in common."""


@dataclass(frozen=True, slots=True)
class People:
    """One row a person; days count from the calendar's first, negative = before it."""

    duplicate_of: Ints
    """Row of the same human being's first self; -1 = none."""
    persona: Ints
    woman: Flags
    birth: Ints
    """Days since 1970-01-01."""
    has_child: Flags
    city: Ints
    stage: Ints
    category: Ints
    brand: Ints
    """0..5 within the favourite category."""
    taste: Floats
    """Chance that a choice is of the favourite category."""
    sensitivity: Ints
    """To prices: 0 low, 1 mid, 2 high."""
    channel: Ints
    period: Ints
    online: Flags
    """Has an account; the others are members of the stores only."""
    wechat: Flags
    joined: Ints
    """Day of registration (of the membership for those who are not online)."""
    first_day: Ints
    """First day with any visit, not before 0."""
    last_day: Ints
    """Visits before this day."""
    last_order_day: Ints
    """Orders before this day."""
    zeal: Floats
    """Activity against the average; heavy-tailed."""

    def __len__(self) -> int:
        return len(self.persona)


def draw_people(world: World, calendar: Calendar, customers: int, seed: int) -> People:
    """Draw ``customers`` rows; the last ones are duplicates of earlier ones."""
    rng = stream(seed, "people")
    persona = rng.choice(len(world.personas), customers, p=_persona_shares(world))
    duplicate_of = np.full(customers, -1)
    copies = int(customers * DUPLICATES)
    originals = rng.choice(customers - copies, copies, replace=False)
    duplicate_of[customers - copies :] = originals

    category = pick(rng, world.table("categories", world.categories), persona)
    facts = world.persona_facts
    youngest, eldest = np.array([f["ages"] for f in facts])[persona].T
    age = rng.integers(youngest, eldest)
    until = (calendar.end // 86_400_000) - 1
    stage = pick(rng, STAGE_SHARES[None, :], np.zeros(customers, dtype=np.int64))
    channel = pick(rng, world.table("channels", CHANNELS), persona)
    columns: dict[str, Any] = {
        "persona": persona,
        "woman": rng.random(customers) < np.array([f["female"] for f in facts])[persona],
        "birth": (until - age * 365.2425 - rng.integers(0, 365, customers)).astype(np.int64),
        "has_child": rng.random(customers) < np.array([f["child"] for f in facts])[persona],
        "city": rng.choice(len(world.cities), customers, p=world.city_weights),
        "category": category,
        "brand": rng.integers(0, BRANDS_PER_CATEGORY, customers),
        "taste": rng.uniform(0.45, 0.8, customers),
        "sensitivity": pick(rng, shares(np.array([f["sensitivity"] for f in facts])), persona),
        "channel": channel,
        "period": pick(rng, world.table("periods", tuple(world.periods)), persona),
    }
    for column in columns.values():  # a second self is the same human being
        column[customers - copies :] = column[originals]
    online = ~((columns["channel"] == STORE) & (rng.random(customers) < 0.6))
    joined, first, last, last_order = _draw_spans(rng, calendar.days, stage, online)
    return People(
        duplicate_of=duplicate_of,
        stage=stage,
        online=online,
        wechat=online & (rng.random(customers) < 0.72),
        joined=joined,
        first_day=first,
        last_day=last,
        last_order_day=last_order,
        zeal=rng.lognormal(-0.5 * 0.95**2, 0.95, customers),
        **columns,
    )


def _persona_shares(world: World) -> Floats:
    return shares(np.array([float(facts["share"]) for facts in world.persona_facts]))


def _draw_spans(rng: np.random.Generator, days: int, stage: Ints, online: Flags) -> tuple[Ints, Ints, Ints, Ints]:
    """Day of joining, first visit, end of visits, end of orders: what makes a stage of the life cycle visible."""
    n = len(stage)
    churned = days - rng.integers(150, 300, n)
    joined = np.select(
        [stage == NEW, stage == GROWING, stage == MATURE, stage == FADING],
        [days - rng.integers(low, high, n) for low, high in ((3, 55), (75, 200), (240, 1500), (270, 1500))],
        churned - rng.integers(45, 900, n),
    )
    last_order = np.select([stage == FADING, stage == LOST], [days - rng.integers(60, 120, n), churned], days)
    last = np.where(stage == LOST, churned + rng.integers(0, 8, n), days)
    looked_before = np.where(online, rng.integers(0, 21, n), 0)
    first = np.clip(joined - looked_before, 0, None)
    return joined, first, last, last_order
