"""Sentences in both languages."""

import string

import pytest

from limner.model.labels import Labels
from limner.model.parse import parse_condition, parse_fold, parse_tag
from limner.model.phrases import EN, ZH
from limner.model.words import say

LABELS = Labels(
    events={"order_paid": {"zh": "付款", "en": "payments"}},
    properties={"amount": {"zh": "实付金额"}},
    tags={
        "spend": {"zh": "近90天消费", "en": "the spend"},
        "tier": {"zh": "价值分层", "en": "tier"},
        "vip": {"zh": "VIP"},
    },
)
PAID = {"of": "order_paid"}


@pytest.mark.parametrize(
    ("fold", "zh", "en"),
    [
        ({"count": "*", **PAID}, "订单支付的次数", "number of paid orders"),
        ({"count": "*"}, "任意事件的次数", "number of any event"),
        ({"count": "coupon", **PAID}, "订单支付中有优惠券的次数", "number of paid orders that have coupon"),
        (
            {"sum": "amount", **PAID, "within": "90d", "where": {"channel": "app", "amount": {"gt": 0}}},
            "近90天渠道为app且金额大于0的订单支付的金额之和",
            "sum of amount over paid orders (channel is app and amount is over 0) in the last 90 days",
        ),
        (
            {"avg": "amount", "of": ["order_paid", "my_event"], "within": "1d"},
            "当天订单支付或my_event的平均金额",
            "average amount of paid orders or my_event events today",
        ),
        (
            {"sum": "amount", **PAID, "within": "30d", "before": "30d"},
            "近30天之前的30天订单支付的金额之和",
            "sum of amount over paid orders in the 30 days before the last 30 days",
        ),
        (
            {"days": "login", "before": "6h"},
            "近6小时之前有登录的天数",
            "number of days with logins before the last 6 hours",
        ),
        (
            {"max": "products[].price", **PAID, "between": ["2026-11-01", "2026-11-11"]},
            "2026-11-01至2026-11-11订单支付的最大单价",
            "largest price of paid orders from 2026-11-01 to 2026-11-11",
        ),
        (
            {"distinct": "category", "after": {"first": "register"}, "within": "7d"},
            "首次注册后7天内任意事件的不同品类数",
            "number of different category values of any event within 7 days of the first of registrations",
        ),
        ({"last": "time", "of": "login"}, "最近一次登录的时间", "time of the last of logins"),
        ({"since": "order_paid"}, "距最近一次订单支付的天数", "days since the last of paid orders"),
        (
            {"top": "category", "by": {"sum": "amount"}, **PAID, "evidence": {"times": 3, "share": 0.3, "lift": 1.2}},
            "订单支付中金额合计最高的品类（至少3次、占比至少30%、至少是全体的1.2倍）",
            "category with the largest sum of amount over paid orders "
            "(seen at least 3 times, share at least 30%, lift at least 1.2)",
        ),
        ({"share": {"category": "护肤"}}, "任意事件中品类为护肤的次数占比", "share of any event with category 护肤"),
        ({"list": "sku", "last": 10}, "任意事件的最近10个不同商品", "last 10 different item values of any event"),
        (
            {"trait": "city", "resolve": "trusted"},
            "城市的最可信的值（各来源的最后说法按其可信度计权，每过365天减半）",
            "most trusted value of city "
            "(each source's last word counts by its reliability, and half as much every 365 days)",
        ),
        (
            {"trait": "city", "resolve": "frequent", "half_life": "30d"},
            "城市的最常见的值（每过30天权重减半）",
            "most frequent value of city (what was said counts half as much every 30 days)",
        ),
        ({"trait": "city", "resolve": "frequent"}, "城市的最常见的值", "most frequent value of city"),
        (
            {"sequence": ["view_item", {"not": "order_paid"}], "within": "2d", "same": "sku"},
            "2天内依次发生商品浏览 → 没有订单支付（商品相同）的次数",
            "number of times of item views → no paid orders in this order within 2 days with the same item",
        ),
    ],
)
def test_folds(fold: dict, zh: str, en: str) -> None:
    read = parse_fold(fold)
    assert (say(read, "zh"), say(read, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (
            {"spend": {"gte": 500.0, "lt": 900.5}},
            "近90天消费不小于500且近90天消费小于900.5",
            "the spend is at least 500 and the spend is under 900.5",
        ),
        ({"tier": ["high", "mid"]}, "价值分层为high或mid", "tier is high or mid"),
        ({"vip": True}, "VIP成立", "VIP holds"),
        ({"city": {"is_null": True}}, "city为空", "city is empty"),
        (
            {"birthday": {"anniversary_within": "7d"}},
            "birthday的周年日在7天内",
            "the anniversary of birthday is within 7 days",
        ),
        ({"all": []}, "所有客户", "every customer"),
        (
            {"all": [{"vip": False}, {"any": [{"tier": "high"}, {"not": {"did": "order_paid", "within": "30d"}}]}]},
            "VIP不成立且（价值分层为high或不满足（近30天有付款））",
            "VIP does not hold and (tier is high or not (payments in the last 30 days))",
        ),
        (
            {"did": "order_paid", "sum": "amount", "is": {"between": [1, 5]}},
            "付款的实付金额之和在1到5之间",
            "sum of 实付金额 over payments is between 1 and 5",
        ),
        ({"sequence": ["a", "b"]}, "依次发生a → b", "a events → b events in this order"),
    ],
)
def test_conditions(condition: dict, zh: str, en: str) -> None:
    read = parse_condition(condition)
    assert (say(read, "zh", LABELS), say(read, "en", LABELS)) == (zh, en)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ({"expr": "spend / (orders - 2)"}, "「近90天消费」 ÷ (orders - 2)", "“the spend” ÷ (orders - 2)"),
        (
            {"when": [{"if": {"tier": "high"}, "then": 1}, {"else": 0}]},
            "价值分层为high时为1；其余为0",
            "1 if tier is high; otherwise 0",
        ),
        ({"when": [{"if": {"vip": True}, "then": "a"}]}, "VIP成立时为a；其余为空", "a if VIP holds; otherwise empty"),
        ({"model": "churn"}, "由模型churn预测", "predicted by the model churn"),
    ],
)
def test_tags(rule: dict, zh: str, en: str) -> None:
    tag = parse_tag("x", {"layer": "fact", **rule})
    assert (say(tag, "zh", LABELS), say(tag, "fr", LABELS)) == (zh, en)


def test_values_are_called_by_their_titles() -> None:
    titles = {"高": {"zh": "高价值", "en": "High"}, "低": {"en": "Low"}}
    tier = parse_tag(
        "tier", {"layer": "model", "values": titles, "when": [{"if": {"a": 1}, "then": "高"}, {"else": "低"}]}
    )
    assert say(tier, "en") == "High if a is 1; otherwise Low"
    assert say(tier, "zh") == "a为1时为高价值；其余为Low"
    labels = LABELS.with_tags([tier])
    rule = parse_condition({"all": [{"tier": ["高", "中"]}, {"other": "高"}]})
    assert say(rule, "en", labels) == "tier is High or 中 and other is 高"
    parts = parse_tag(
        "tier", {"layer": "model", "values": titles, "quantiles": {"of": "a", "at": [0.5], "then": ["低", "高"]}}
    )
    assert say(parts, "en", labels).endswith("Low from 0% to 50%; High from 50% to 100%")


def test_both_languages_have_the_same_patterns() -> None:
    def parts(pattern: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}

    assert {key: parts(pattern) for key, pattern in ZH.items()} == {key: parts(pattern) for key, pattern in EN.items()}
