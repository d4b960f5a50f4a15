"""What curves call their axes and lines, in Chinese; English is what a card has."""

from __future__ import annotations

from collections.abc import Mapping

from limner.learn.lifecycle import STAGES
from limner.learn.rfm import SEGMENTS

CHINESE: Mapping[str, str] = {
    **{stage.en: stage.zh for stage in STAGES},
    **{segment.en: segment.zh for segment in SEGMENTS},
    "0 to 1": "0 至 1",
    "actual": "实际",
    "confidence": "置信度",
    "customers taken": "选取人数",
    "days": "天数",
    "expected": "预期",
    "gained per customer": "人均增益",
    "held-out seeds as alike": "同样相似的留出种子占比",
    "late": "较晚",
    "least similarity": "最低相似度",
    "mean spend in the horizon": "期限内人均消费",
    "middle": "居中",
    "model": "模型",
    "perfect": "理想",
    "predicted probability": "预测概率",
    "purchases in the horizon": "期限内购买次数",
    "random": "随机",
    "repeat purchases before": "此前复购次数",
    "share it came to": "实际发生占比",
    "share of customers": "客户占比",
    "share of the customers": "客户占比",
    "share of those who did it": "覆盖的发生者占比",
    "share that bought in the horizon": "期限内购买占比",
    "share that did it": "实际发生占比",
    "share that is right": "判断正确的占比",
    "share to whom it has not come": "尚未发生的占比",
    "share treated": "施加人群占比",
    "soon": "较早",
    "stage": "阶段",
}


def say(text: str, language: str) -> str:
    """
    >>> say("soon, actual", "zh"), say("soon, actual", "en")
    ('较早，实际', 'soon, actual')
    """
    if language != "zh":
        return text
    return CHINESE.get(text) or "，".join(CHINESE.get(part, part) for part in text.split(", "))
