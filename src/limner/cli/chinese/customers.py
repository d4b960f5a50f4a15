"""Customers: who they are, their portraits, what to do about them next."""

from __future__ import annotations

from collections.abc import Mapping

CUSTOMERS: Mapping[str, str] = {
    # fold, profile, export
    "Fold every customer's timeline into the columns of all tags.": "把每位客户的时间线折叠成全部标签列。",
    "Print the plan instead of running it.": "只打印计划，不执行。",
    "Print customers' portraits, by layer. Of one it is the portrait; of several, also who is not known.": (
        "按层打印客户的画像。给一位即其画像；给多位时，无人认识的也一并说明。"
    ),
    "Nobody is known as {key}.": "无人认识 {key}。",
    "Customers: type:value, such as phone:13800000000, or a customer_id.": (
        "客户：类型:值，如 phone:13800000000，或 customer_id。"
    ),
    "Write a row per customer to a file: its id, identifiers and tags.": (
        "写出文件：每位客户一行，含客户号、标识与标签。"
    ),
    "customers": "客户",
    "events": "事件",
    "tags": "标签",
    "as_of": "截至",
    # identity, erase
    "Which identifiers are one customer (One-ID).": "哪些标识是同一位客户（One-ID）。",
    "Show a customer's identifiers, and which of them are shared by too many to link anybody.": (
        "显示客户的标识，以及其中因共用而不再关联的。"
    ),
    "type": "类型",
    "value": "值",
    "shared": "共用",
    "first seen": "首次出现",
    "last seen": "最近出现",
    "Say that two keys are one customer. Kept as an event; split takes it back.": (
        "认定两个标识是同一位客户。作为事件保存；可用 split 撤回。"
    ),
    "Take identifiers out of their customer; they become one of their own, with their events.": (
        "把标识从客户中拆出，连同其事件成为另一位客户。"
    ),
    "The identifiers that leave: type:value.": "要拆出的标识：类型:值。",
    "Stop following a customer, such as a bot: its events are kept, its portrait stays as it is.": (
        "停止跟随某位客户（如爬虫）：事件照存，画像停在此刻。"
    ),
    "Follow a customer again, with all that came in meanwhile.": "恢复跟随某位客户，期间的事件一并计入。",
    "Say why two keys are, or are not, one customer: the chain of events that links them.": (
        "说明两个标识为何是（或不是）同一位客户：关联的事件链。"
    ),
    "Remove a person from everything that is stored. There is no way back.": "把一个人从全部存储中抹除，不可恢复。",
    "Do not ask.": "不再询问。",
    "Erasing cannot be undone: say --yes to do it without being asked.": "抹除不可撤销：加 --yes 则不再询问。",
    "Erase {key} for ever?": "确定永久抹除 {key}？",
    # what to do next
    "What to do next about customers: actions of actions.yaml.": "对客户的下一步行动：actions.yaml 中的行动。",
    "List the actions there are.": "列出行动。",
    "Say what to do about one customer now, why, and why nothing else.": "此刻对一位客户做什么，为什么，为何不做别的。",
    "Decide about everybody who meets a rule.": "对满足条件的每个人作出决定。",
    "Remember the decision as an event: it is about to be done.": "把决定记为事件：即将执行。",
    "Remember the decisions as events: they are about to be done.": "把决定记为事件：即将执行。",
    "There are no actions.": "没有行动。",
    "action": "行动",
    "channel": "渠道",
    "gain": "收益",
    "explored": "随机探索",
    "remembered": "已记录",
    "cost": "成本",
    # offers
    "Offer a customer the items that go best with them, each with its reason.": "推荐最适合这位客户的商品，附理由。",
    "Rank these items instead of choosing some.": "给这些商品排序，而不是自行挑选。",
    "How many items.": "商品数量。",
    "The model; may be left out where one is declared.": "模型；只声明了一个时可不写。",
    "When and where.": "时间与地点。",
    "item": "商品",
    "score": "得分",
}
