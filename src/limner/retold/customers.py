"""Customers: finding them, who is one with whom, what is entered about them, what is recommended to them."""

from __future__ import annotations

from collections.abc import Mapping

_IDENTITY: Mapping[str, str] = {
    "{key} is not a key.": "{key}不是客户标识。",
    "A key is type:value, such as phone:13800000000, or a customer id, such as c123.": (
        "标识写作“类型:值”，如 phone:13800000000，或客户编号，如 c123。"
    ),
    "No event carries identifiers of type {type}.": "没有事件带有{type}类标识。",
    "{key} identifies nobody: such values are left out of events.": "{key} 不能标识任何人，事件中的这类值会被忽略。",
    "{key} was never seen on an event.": "没有事件带有 {key}。",
    "{key} is shared by many customers and stands for none of them.": "{key} 为许多客户共用，不代表其中任何一位。",
    "{key} has no events of its own: those that carry it are other customers'.": (
        "{key} 没有自己的事件，带有它的事件属于其他客户。"
    ),
    "There is no customer {key}.": "没有客户 {key}。",
    "Both keys are the same identifier.": "两者是同一个标识。",
    "Linked in {count} step.": "经 {count} 步相连。",
    "Linked in {count} steps.": "经 {count} 步相连。",
    "No event and no merge by hand links them.": "没有事件或手工合并把它们连在一起。",
    "They were split by hand (seq {seq}).": "已手工拆分（序号 {seq}）。",
    "They were split by hand by {who} (seq {seq}).": "已由 {who} 手工拆分（序号 {seq}）。",
    "They were split by hand by {who} (seq {seq}): {why}": "已由 {who} 手工拆分（序号 {seq}）：{why}",
    "They were split by hand (seq {seq}): {why}": "已手工拆分（序号 {seq}）：{why}",
    "{node} is shared, so it links nothing: it was seen with {names}.": (
        "{node} 为多人共用，不用于关联：它曾与 {names} 一同出现。"
    ),
    "{one} and {other} are one customer already.": "{one} 与 {other} 已是同一客户。",
    "{other} is not of the same customer as {node}.": "{other} 与 {node} 不属于同一客户。",
    "{node} is its customer's only identifier: there is nothing to split.": "{node} 是该客户唯一的标识，无从拆分。",
    "These are all the identifiers of the customer: leave at least one out of the split.": (
        "这已是该客户的全部标识，拆分时至少留下一个。"
    ),
    "{customer} has no events on a timeline.": "{customer} 的时间线上没有事件。",
    "{customer} has no events up to then.": "到那时为止，{customer} 还没有事件。",
    "{customer} has no events up to now.": "{customer} 至今没有事件。",
    "{customer} was first heard of at {heard}: at {asked} nobody knew of it.": (
        "{customer} 于 {heard} 首次出现，在 {asked} 时尚不为人知。"
    ),
    "The first event of {customer} is of {first}: at {asked} there was none.": (
        "{customer} 的首个事件发生于 {first}，在 {asked} 时还没有事件。"
    ),
    "{customer} was first heard of at {heard}, but nothing of what is asked was known to be theirs by then.": (
        "{customer} 于 {heard} 首次出现，但那时所问的内容还不知道属于该客户。"
    ),
    "{customer} is blocked since {at}.": "{customer} 自 {at} 起被封锁。",
    "{customer} is not blocked.": "{customer} 没有被封锁。",
}
_ENTERING: Mapping[str, str] = {
    "There is no form {form}.": "没有表单{form}。",
    "The form {form} has no field {name}.": "表单 {form} 没有字段{name}。",
    "The form {form} needs {missing}.": "表单 {form} 还须填写 {missing}。",
    "Nothing was filled in: the form {form} asks for {fields}.": "什么都没有填：表单 {form} 要填写 {fields}。",
    "{key} was erased.": "{key} 已被抹除。",
    "All identifiers of {customer} are shared by others: no event can be put on its timeline.": (
        "{customer} 的标识都与他人共用，无法在其时间线上记录事件。"
    ),
    "A note has 1 to {count} characters.": "备注须为 1 至 {count} 个字符。",
    "{key} has no note {id}.": "{key} 没有备注{id}。",
    "No event {name} has been seen.": "没有出现过事件{name}。",
    "No source {name} has sent anything.": "数据源{name}还没有发来任何数据。",
}
_RECOMMENDING: Mapping[str, str] = {
    "n is 1 to {most}, not {n}.": "n 应为 1 至 {most}，不能是 {n}。",
    "A scene has no {name}.": "场景没有{name}这一项。",
    "It has time and place.": "场景有 time 和 place。",
    "{model} knows no places.": "{model} 没有地点信息。",
    "Declare its place: city.": "请为它声明 place: city。",
    "Which model is to recommend: {names}?": "由哪个模型推荐：{names}？",
    "Give model=NAME.": "请给出 model=模型名。",
    "There is no model {name} that recommends.": "没有可用于推荐的模型{name}。",
    "No model that recommends is declared.": "还没有声明推荐模型。",
    "Declare one of kind: recommendation in models/*.yaml.": "请在 models/*.yaml 中声明一个 kind: recommendation。",
    "{name} was never fitted.": "{name} 尚未训练。",
    "`limner models fit {name}` does.": "运行 `limner models fit {name}` 即可训练。",
    "No version of {name} is good enough to serve: {cause}": "{name} 还没有可以使用的版本：{cause}",
    "There are no candidates to be ranked.": "没有可排序的候选。",
    "There are {count} candidates; {most} are ranked at once at most.": "候选有 {count} 个，一次最多排序 {most} 个。",
    "Candidate {place} has no id.": "第 {place} 个候选没有 id。",
    'Write "SKU1", or {"id": "SKU1", "attributes": {}}.': '写法如 "SKU1"，或 {"id": "SKU1", "attributes": {}}。',
    "The attributes of candidate {id} are no fields.": "候选{id}的 attributes 应为一组字段。",
    "Candidate {id} is there twice.": "候选{id}重复了。",
}
CUSTOMERS: Mapping[str, str] = {**_IDENTITY, **_ENTERING, **_RECOMMENDING}
