"""Reasons are told as people read values: dates as days ago, truths as yes and no, words by their titles."""

from __future__ import annotations

import numpy as np

from limner.learn.reasons import WAYS, Speech, rank_reasons, usual_values
from limner.learn.table import Feature, Form, Table

FEATURES = (
    Feature("city", ("上海", "北京", "苏州")),
    Feature("last_order_at", form=Form.AGO),
    Feature("member", form=Form.TRUTH),
    Feature("hours[20-24]", form=Form.SHARE),
    Feature("spend"),
)
ROWS = np.array([[2, 3.2, 1, 0.5, 120], [2, 40, 0, 0.25, 12345.6], [0, np.nan, 0, 0.1, 80]], np.float32)
TITLES = {"city": {"zh": "城市", "en": "City"}, "last_order_at": {"zh": "最近下单时间", "en": "Last order"}}


def test_values_are_spelt_as_people_read_them() -> None:
    usual = usual_values(Table(FEATURES, ROWS))
    assert usual[0] == 2, "the most frequent word, not the one in the middle of the alphabet"
    speech = Speech(usual, TITLES, {"city": {"苏州": {"en": "Suzhou"}}}, WAYS)
    told = {
        reason.feature: reason.words
        for reason in rank_reasons(np.array([5.0, -4, 3, 2, -1]), ROWS[0], FEATURES, speech)
    }
    assert told["city"]["zh"] == "城市为苏州（一般为苏州），推高"
    assert told["city"]["en"] == "City is Suzhou (usually Suzhou): raises it"
    assert told["last_order_at"]["zh"] == "最近下单时间为3 天前（一般为22 天前），拉低"
    assert told["member"]["en"] == "member is yes (usually no): raises it"
    assert told["hours[20-24]"]["en"] == "hours 20-24 is 50% (usually 25%): raises it"
    assert told["spend"]["en"] == "spend is 120 (usually 120): lowers it"


def test_what_is_not_known_or_was_never_seen_is_said() -> None:
    speech = Speech([None, None], {}, {}, WAYS)
    features = (Feature("city", ("上海",)), Feature("spend"))
    reasons = rank_reasons(np.array([1.0, 2.0]), np.array([1, np.nan]), features, speech)
    assert [reason.words["zh"] for reason in reasons] == [
        "spend为未知（一般为未知），推高",
        "city为…（一般为未知），推高",
    ]


def test_a_feature_is_read_again_as_it_was_kept() -> None:
    assert [Feature.of_list(feature.as_list()) for feature in FEATURES] == list(FEATURES)
    assert Feature.of_list(["city", ["上海"]]) == Feature("city", ("上海",)), "files of former times"
