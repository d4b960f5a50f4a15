"""What the audit notes beside an action, in Chinese: Limner's own words. What somebody wrote stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from limner.model.retelling import Retelling
from limner.retold.things import ROLES

_OF_USERS: Mapping[str, str] = {"{role}, by the identity provider": "{role}，由身份提供方指定", **ROLES}
_NOTED: Mapping[str, Mapping[str, str]] = {
    "user.add": _OF_USERS,
    "user.role": _OF_USERS,
    "tag.rollback": {
        "back to version {number}: {why}": "退回版本 {number}：{why}",
        "back to version {number}": "退回版本 {number}",
    },
    "tag.retire": {"it reads {name}: {why}": "它用到 {name}：{why}", "it reads {name}: ": "它用到 {name}"},
    "tag.publish": {
        "starter tags of the demo shop": "演示商店的初始标签",
        "personas published": "发布人物原型",
    },
    "model.fit": {"version {number}": "版本 {number}"},
    "model.evaluate": {"version {number}": "版本 {number}"},
    "audience.save": {"version {number}": "版本 {number}"},
    "package.retry": {"delivery {number}": "投递 {number}"},
    "package.send": {"snapshot {number}, {count} members": "快照 {number}，{count} 人"},
    "package.write": {"snapshot {number} of {audience}, {count} rows": "{audience} 的快照 {number}，{count} 行"},
    "destination.retry": {"{count} letters": "{count} 封"},
    "destination.replay": {"from {position}": "从位置 {position} 起"},
    "persona.write": {"written by a language model": "由语言模型撰写"},
    "reject.mend": {"{count} rows": "{count} 行"},
}
_CHINESE = {action: Retelling(patterns, told={"role"}) for action, patterns in _NOTED.items()}
_KEY = Retelling({"{name} ({role})": "{name}（{role}）", **ROLES}, told={"role"})


def say_why(action: str, why: str) -> dict[str, str]:
    """The words beside an action, by language.

    >>> say_why("user.role", "analyst, by the identity provider")["zh"], say_why("key.create", "web (write)")["zh"]
    ('分析师，由身份提供方指定', 'web（写入）')
    >>> say_why("tag.refuse", "version 3")
    {'en': 'version 3'}
    """
    retelling = _KEY if action.startswith("key.") else _CHINESE.get(action)
    return {"en": why} if retelling is None else retelling.tell(why)
