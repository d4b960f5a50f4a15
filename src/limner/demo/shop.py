"""The shop before it opens: calendar, people with their accounts, goods. Everything else happens in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from limner.demo.accounts import Accounts, open_accounts
from limner.demo.goods import Goods, stock_shelves
from limner.demo.people import People, draw_people
from limner.demo.rhythm import Calendar, make_calendar
from limner.demo.world import World, load_world, stream

STRANGERS = 0.06
"""Visitors who never register, against the customers."""


@dataclass(frozen=True, slots=True)
class Shop:
    world: World
    calendar: Calendar
    people: People
    accounts: Accounts
    goods: Goods
    strangers: int
    seed: int

    def stream(self, part: str) -> np.random.Generator:
        """Random numbers of one part of the shop: a change in one part leaves the others as they were."""
        return stream(self.seed, part)


def open_shop(customers: int, seed: int, until: date) -> Shop:
    """13 months that end with the day ``until``."""
    world = load_world()
    calendar = make_calendar(world, until)
    strangers = int(customers * STRANGERS)
    people = draw_people(world, calendar, customers, seed)
    accounts = open_accounts(world, calendar, people, strangers, seed)
    return Shop(world, calendar, people, accounts, stock_shelves(world, seed), strangers, seed)
