"""Audiences: their insight, snapshots, packages and the actions that are next."""

from __future__ import annotations

from collections.abc import Mapping

_INSIGHT: Mapping[str, str] = {
    "{edge} is not a date or an instant.": "{edge}不是日期或时刻。",
    "{edge} is not a number.": "{edge}不是数字。",
    "a cross takes two tags.": "交叉分析需要两个标签。",
    "Give them as [one, other].": "写法为 [行标签, 列标签]。",
    "{tag} has several values per customer: a table of it would count people twice.": (
        "{tag} 对每位客户有多个取值，做成表会重复计人。"
    ),
    "Take a tag with one value.": "请换用单值标签。",
    "{count} audiences are given; from 2 to {most} can be compared.": "选了 {count} 个人群，可比较 2 至 {most} 个。",
    "{tag} is not among the tags asked for.": "{tag}不在所选的标签中。",
    "{count} tags are asked for, at most {most} go at once.": "选了 {count} 个标签，一次最多 {most} 个。",
    "A trend goes from one instant to a later one, in steps of a day or more.": (
        "趋势应从较早的时刻到较晚的时刻，步长至少一天。"
    ),
    "That is more than {count} points.": "数据点超过 {count} 个。",
    "Take larger steps.": "请加大步长。",
    "{tag} is no number: it has no mean.": "{tag} 不是数字，没有均值。",
    "What is to be explained?": "没有说明要解释什么。",
    "Give one of tag, rule and name.": "请给出 tag、rule、name 之一。",
}
_SHELF: Mapping[str, str] = {
    "who was in a snapshot cannot be followed live.": "引用了快照成员的人群不能实时跟踪。",
    "Save it with live: false.": "请关闭“实时”后再保存。",
    "a size is a whole number, and a change a share such as 0.2; neither is below zero.": (
        "人数应为整数，变化应为占比（如 0.2），都不能小于零。"
    ),
    "The audience {name} is in use by {users}.": "人群 {name} 正被 {users} 使用。",
    "Change or drop those first.": "请先修改或删除它们。",
    "There is no audience {name}.": "没有人群{name}。",
    "{text} is no schedule.": "{text}不是定时表达式。",
    "{text} is no schedule: {error}.": "{text}不是有效的定时表达式：{error}。",
    "Write minute, hour, day, month and weekday, such as '30 2 * * *' for half past two every night.": (
        "依次写分、时、日、月、星期，如每天凌晨两点半写 '30 2 * * *'。"
    ),
    "{cursor} is no cursor.": "{cursor}不是分页位置。",
    "Give the `next` of the page before.": "请用上一页的 `next`。",
    "The audience {audience} has no snapshot {number}.": "人群 {audience} 没有快照 {number}。",
    "There are {first} to {last}.": "现有 {first} 至 {last}。",
    "None has been taken yet.": "还没有取过快照。",
    "Snapshot {number} of {audience} is damaged.": "人群 {audience} 的快照 {number} 已损坏。",
    "Take another.": "请重新取一次。",
    "The audience {name} has {count} snapshots: there is nothing to compare.": (
        "人群 {name} 有 {count} 个快照，还无法比较。"
    ),
    "Take one with `limner audience snapshot`, or compare one with `now`.": "请取一个快照，或与现在（`now`）比较。",
    "The audience {name} has no snapshot up to {spec}.": "到 {spec} 为止，人群 {name} 还没有快照。",
    "min": "人数低于下限",
    "max": "人数高于上限",
    "change": "人数变化过大",
}
_PACKAGES: Mapping[str, str] = {
    "a name has letters and digits of ASCII, _ and -, 64 at most.": "名称限 64 个以内的英文字母、数字、_ 和 -。",
    "a package that is brought nowhere has no schedule.": "没有投递目标的人群包不能定时。",
    "Give it a target.": "请设置投递目标。",
    "There is no package {name}.": "没有人群包{name}。",
    "The package {name} has no target.": "人群包 {name} 没有投递目标。",
    "Write it to a file, or give it one.": "请写成文件，或设置投递目标。",
    "The package {name} has no target any more.": "人群包 {name} 的投递目标已被移除。",
    "The package {name} shows identifiers as they are: it needs {right}.": (
        "人群包 {name} 含明文标识，取走它需要权限 {right}。"
    ),
    "The package {name} shows {tags}, where identifiers may stand: it needs {right}.": (
        "人群包 {name} 含有 {tags}，其中可能出现标识，取走它需要权限 {right}。"
    ),
    "There is no delivery {id}.": "没有投递 {id}。",
    "`limner package deliveries` shows those there are.": "可用 `limner package deliveries` 查看现有的投递。",
    "It was cancelled.": "已取消。",
    "There is no format {text}.": "没有格式{text}。",
    "There are {formats}.": "可选：{formats}。",
    "{path} ends in neither {endings}.": "{path} 的扩展名不是 {endings}。",
    "Its ending says what is written: use one of them.": "扩展名决定写成什么格式，请选用其一。",
    "{path} cannot be written: {error}.": "{path} 无法写入：{error}。",
    "Name another place.": "请换一个位置。",
    "Excel holds {count} rows, and there are more.": "Excel 最多 {count} 行，数据超出了。",
    "Take csv or parquet.": "请改用 csv 或 parquet。",
}
_ACTIONS: Mapping[str, str] = {
    "there are no actions.": "没有写任何行动。",
    "Write {care: {channel: sms, effect: ..., value: 100}}.": (
        "写法如 {care: {channel: sms, effect: ..., value: 100}}。"
    ),
    "nothing is what is done when no action is.": "nothing 表示不采取行动，不能作行动名。",
    "Call it otherwise.": "请换个名称。",
    "an action has either an effect or a propensity.": "一个行动只写 effect 或 propensity 之一。",
    "An effect is what doing it changes.": "effect 是采取行动带来的变化。",
    "a tag's name or a number is wanted.": "这里应为标签名或数字。",
    "who has agreed to be contacted there?": "没有写明谁同意在该渠道被联系。",
    "Write consent: a condition, or consent: {word}.": "请写 consent: 条件，或 consent: {word}。",
    "two times of the day are wanted, but this is {data}.": "这里应为一天中的两个时间，却是{data}。",
    "Write ['21:00', '09:00'].": "写法如 ['21:00', '09:00']。",
    "No actions are declared.": "还没有声明行动。",
    "Write them into {file} of the workspace.": "请写在工作区的 {file} 中。",
    "{file}: {action} reads the tag {tag}, which is not published.": "{file}：{action} 用到标签{tag}，但它没有发布。",
    "{key} has no events up to then.": "到那时为止，{key} 还没有事件。",
}
AUDIENCES: Mapping[str, str] = {**_INSIGHT, **_SHELF, **_PACKAGES, **_ACTIONS}
