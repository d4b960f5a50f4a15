"""Histories for tests: customers of a few tastes, who take up more of the same later."""

from __future__ import annotations

import numpy as np

from limner.learn.recommend import Interactions


def tasteful(customers: int = 120, groups: int = 4, size: int = 12, each: int = 14, seed: int = 3) -> Interactions:
    """Items g*size .. of group g are liked by customers with number % groups == g; one interaction in seven is not
    of the taste. Times are 0..99."""
    chance = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), each)
    stray = chance.random(len(who)) < 1 / 7
    group = np.where(stray, chance.integers(0, groups, len(who)), who % groups)
    item = group * size + chance.integers(0, size, len(who))
    names = [f"i{n:02}" for n in range(groups * size)]
    return Interactions.of_codes(who * 10, item, names, times=chance.integers(0, 100, len(who)), now=100)
