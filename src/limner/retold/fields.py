"""Where in a rule or a tag's definition something is wrong, as whoever builds it without code reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping

ROOTS = frozenset({"rule", "condition", "fold", "when", "if", "expr", "quantiles"})
"""What a definition's path begins with; the names of a file's own fields are told as they are written there."""
FIELDS: Mapping[str, str] = {
    "rule": "规则",
    "condition": "条件",
    "fold": "统计",
    "when": "分层",
    "if": "条件",
    "then": "取值",
    "else": "其余",
    "expr": "公式",
    "quantiles": "分位",
    "all": "全部满足",
    "any": "满足任一",
    "not": "不满足",
    "did": "行为",
    "sequence": "先后序列",
    "same": "同一属性",
    "is": "数值",
    "of": "事件",
    "where": "限定",
    "within": "时间范围",
    "before": "时间之前",
    "between": "起止时间",
    "after": "时间之后",
    "gt": "大于",
    "gte": "不小于",
    "lt": "小于",
    "lte": "不大于",
    "in": "其中之一",
}
NUMBERED: Mapping[str, str] = {
    "all": "第 {n} 个条件",
    "any": "第 {n} 个条件",
    "sequence": "第 {n} 步",
    "when": "第 {n} 档",
}
"""What is in the lists of these; in all others are values and names."""
ELEMENT = "第 {n} 项"
_PATH = re.compile(r"(?:[^\s.\[\]]+(?:\[\d+\])*)(?:\.[^\s.\[\]]+(?:\[\d+\])*)+|[^\s.\[\]]+(?:\[\d+\])+")
_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")


def say_field(path: str) -> str | None:
    """A path of several steps in Chinese, as it was written behind it; None = it is no such path.

    >>> say_field("rule.all[1].within")
    '规则 › 全部满足 › 第 2 个条件 › 时间范围（rule.all[1].within）'
    """
    if _PATH.fullmatch(path) is None:
        return None
    steps, said, name = _STEP.findall(path), list[str](), ""
    if steps[0] not in ROOTS:
        return None
    for step in steps:
        if step.startswith("["):
            said.append(NUMBERED.get(name, ELEMENT).format(n=int(step[1:-1]) + 1))
        else:
            name = step
            said.append(FIELDS.get(step, step))
    return f"{' › '.join(said)}（{path}）"
