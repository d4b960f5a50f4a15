"""The demo shop's campaign was drawn by lot, and has a known effect: it is found again from orders alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from limner.demo.campaign import EFFECT, HORIZON, OUT, run_campaign
from limner.demo.orders import draw_orders
from limner.demo.rhythm import DAY
from limner.demo.shop import open_shop
from limner.learn.uplift import Trial, XLearner, predict_apart, qini


@pytest.mark.slow
def test_the_planted_effect_of_the_campaign_is_found_again() -> None:
    shop = open_shop(20000, 7, date(2026, 11, 1))
    campaign = run_campaign(shop)
    orders = draw_orders(shop, campaign)
    people, size = orders.person, len(shop.people)
    before = orders.time < campaign.at[people]
    soon = ~before & (orders.time < campaign.at[people] + HORIZON * DAY)
    count = np.bincount(people[before], minlength=size)
    known = np.maximum(count, 1)
    line = np.repeat(np.arange(len(people)), orders.line_counts)
    early = before[line]
    cheap = np.bincount(people[line[early]], shop.goods.band[orders.line_item[early]], size)
    lines = np.maximum(np.bincount(people[line[early]], minlength=size), 1)
    features = np.column_stack(
        [
            count,
            cheap / lines,
            np.bincount(people[before & (orders.coupon >= 0)], minlength=size) / known,
            np.bincount(people[before], orders.amount[before] / 100, size) / known,
        ]
    )
    bought = np.bincount(people[soon], minlength=size) > 0
    drawn = campaign.arm != OUT
    trial = Trial.of(features[drawn], campaign.arm[drawn] == 1, bought[drawn])
    share = np.bincount(shop.people.sensitivity[drawn], minlength=3) / drawn.sum()
    control = trial.outcome[~trial.treated].mean()
    error = np.sqrt(2 * control * (1 - control) / (len(trial) / 2))
    # Who would have bought anyway is not seen to have been moved.
    assert trial.effect == pytest.approx((share @ EFFECT) * (1 - control), abs=3 * error)
    uplift = predict_apart(XLearner, trial)
    found = qini(uplift, trial.treated, trial.outcome, draws=200)
    oracle = qini(shop.people.sensitivity[drawn], trial.treated, trial.outcome, draws=0)
    assert found.low > 0
    assert found.coefficient > oracle.coefficient / 3, "of what could be had by who knows the truth"
    low, mid, high = (uplift[shop.people.sensitivity[drawn] == level].mean() for level in range(3))
    assert low < mid < high, "who minds prices is moved more, and the model was never told who does"
