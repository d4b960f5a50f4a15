"""Tags: drafts, reviews, versions, and values that are given."""

from __future__ import annotations

from collections.abc import Mapping

_LIFE: Mapping[str, str] = {
    "There is no tag {name}.": "没有标签{name}。",
    "There is no published tag {name}.": "没有已发布的标签{name}。",
    "{name} was never published.": "{name} 从未发布。",
    "It is a draft only.": "它只有草稿。",
    "{name} was never published: it is {stage}.": "{name} 从未发布，目前{stage}。",
    "{name} is {status}; for this it must be {wanted}.": "{name} 目前{status}，须为{wanted}才能这样操作。",
    "{name} is in use: {users}.": "{name} 正在被使用（{users}）。",
    "To have it deprecated all the same, force it, with a reason.": "仍要弃用，请选择强制并写明原因。",
    "To have it retired all the same, force it, with a reason.": "仍要下线，请选择强制并写明原因。",
    "To have it {status} all the same, force it, with a reason.": "仍要将它设为{status}，请选择强制并写明原因。",
    "{name} is in use ({users}): say why it is {status}.": (
        "{name} 正在被使用（{users}），请说明为什么将它设为{status}。"
    ),
    "Give a reason.": "请填写原因。",
    "{name} has no version {number}.": "{name} 没有版本 {number}。",
    "It has versions 1 to {last}.": "现有版本 1 至 {last}。",
    "The draft of {name} is {stage}.": "{name} 的草稿目前{stage}。",
    "Withdraw it first.": "请先撤回。",
    "The draft of {name} is what is published as version {number}.": "{name} 的草稿与已发布的版本 {number} 相同。",
    "The draft of {name} is {stage}; for this it must be {wanted}.": (
        "{name} 的草稿目前{stage}，须为{wanted}才能这样操作。"
    ),
    "{who} submitted {name}: nobody else withdraws it.": "{name} 由 {who} 提交，只有本人能撤回。",
    "Refuse it, with a reason.": "请写明原因并退回。",
    "{who} needs to know why {name} is refused.": "请告诉 {who} 为什么退回 {name}。",
    "Version {number} of {name}, which stands, says what version {other} said.": (
        "{name} 现行的版本 {number} 与版本 {other} 内容相同。"
    ),
    "{name} has no draft.": "{name} 没有草稿。",
    "What is published never changes: write a draft of what it should say.": "已发布的内容不会改变，请另写草稿。",
    "{who} submitted {name}: somebody else reviews it.": "{name} 由 {who} 提交，须由他人审核。",
    "{who} wrote {name}: somebody else reviews it.": "{name} 由 {who} 编写，须由他人审核。",
    "Withdraw it to change it.": "如要修改，请先撤回。",
    (
        "{name} has moved on: the draft goes back to version {base}, and {author} published version {number} at {at}."
    ): "{name} 已有新版本：草稿基于版本 {base}，而 {author} 已在 {at} 发布版本 {number}。",
    "Compare the two, and write the draft anew on top of that version.": "请比较两者，在新版本上重写草稿。",
    "{name} was published by somebody else meanwhile.": "其间他人发布了 {name}。",
    "The draft of {name} was changed by somebody else meanwhile.": "其间他人改动了 {name} 的草稿。",
    "Look again and retry.": "请刷新后重试。",
    "{name} is not in use: it has no values.": "{name} 未启用，没有取值。",
    "There is no template {name}.": "没有模板{name}。",
    "There is no version {number} of {name}.": "{name} 没有版本 {number}。",
    "the name is taken: {where} has a tag {name} already.": "名称已被占用：{where} 里已有标签{name}。",
    "the name is taken: {where} has a model {name} already.": "名称已被占用：{where} 里已有模型{name}。",
    "Rename one of them, or delete it.": "请改名或删除其中一个。",
    "the file cannot be read: {error}.": "文件无法读取：{error}。",
}
_GIVEN: Mapping[str, str] = {
    "{name} is worked out otherwise.": "{name} 的取值另有来源。",
    "Its definition must be {definition}.": "它的定义应为 {definition}。",
    "Declare it: {definition}, and `limner tags apply`.": "请这样声明：{definition}，再运行 `limner tags apply`。",
    "{name} is worked out and cannot be entered by hand.": "{name} 由计算得出，不能手工录入。",
    "Those are: {names}.": "可录入的有：{names}。",
    "Declare one: {layer: fact, hand: text}.": "请先声明一个：{layer: fact, hand: text}。",
    "text, a number, true or false is wanted.": "这里应为文本、数字或真假。",
    "A sample has at least one customer.": "样本至少要有一位客户。",
    "What is compared with everybody (lift, quantiles, trust in sources) is estimated from the sample.": (
        "与全体比较的部分（提升度、分位、来源可信度）按样本估算。"
    ),
    "Its values are written by runs: none has been yet. Publish it, then import a list or refresh it.": (
        "它的取值由导入或查询写入，目前还没有。请先发布，再导入名单或刷新。"
    ),
    "{count} customers of the sample have so many of these events that they were left out.": (
        "样本中有 {count} 位客户的此类事件过多，未计入。"
    ),
    "{count} of {size} customers have all that it reads and get no value: it divides by 0, or is too large.": (
        "{size} 位客户中有 {count} 位所需的值齐全却没有结果：除数为 0，或结果过大。"
    ),
    "the sum behind {tags} leaves the range of numbers (about 9.2e14 at 4 decimal places).": (
        "{tags} 的求和超出数字范围（4 位小数时约 9.2e14）。"
    ),
    "Look for absurd values in the property that is summed.": "请检查被求和的属性中是否有离谱的值。",
    "{text} is over already: what is imported now would never hold.": "{text} 已经过去，现在导入的值不会生效。",
    "No row of {file} has a value for {name}; nothing was imported.": (
        "{file} 中没有一行含 {name} 的值，未导入任何内容。"
    ),
    "The first says: {cause}": "第一处的原因：{cause}",
    "{name} is one of {known}.": "{name} 只能取 {known}。",
    "this is no customer id (c123).": "不是客户编号（如 c123）。",
    "this is no {type}.": "不是有效的 {type}。",
    "The file is over {count} MB.": "文件超过 {count} MB。",
    "Import it with `limner tags import`.": "请用 `limner tags import` 导入。",
    "An SQL tag only reads: it is one SELECT.": "SQL 标签只能查询，应为一条 SELECT。",
    "The query cannot be read: {error}.": "查询无法解析：{error}。",
    "An SQL tag is one SELECT, but this is {count} statements.": "SQL 标签应为一条 SELECT，这里有 {count} 条语句。",
    "The query reads {name}, which is not there to be read.": "查询用到{name}，没有可读的这张表。",
    "The query calls {name}, which may reach beyond the views.": "查询调用了 {name}，它可能越出视图的范围。",
    "Use the views.": "请使用视图。",
    "The query was stopped: it was not done after {seconds} seconds.": "查询 {seconds} 秒未完成，已停止。",
    "Read less (fewer events, no cross joins), or allow more: sql_seconds in limner.toml.": (
        "请减少读取（少读事件、不用交叉连接），或调大 limner.toml 的 sql_seconds。"
    ),
    "The query failed: {error}": "查询失败：{error}",
    "its columns are {columns}: it must have customer_id and value. Write SELECT customer_id, ... AS value.": (
        "结果列为 {columns}，须有 customer_id 和 value。请写 SELECT customer_id, ... AS value。"
    ),
    "it has over {count} rows, more than there are customers: give one row for each.": (
        "结果超过 {count} 行，多于客户数，请每位客户一行。"
    ),
    "GROUP BY customer_id.": "请按客户汇总：GROUP BY customer_id。",
    "{key} has two rows: a query gives one row per customer.": "{key} 有两行，查询结果应每位客户一行。",
    "The dated column {path} cannot be read: {error}.": "按日期保存的取值 {path} 无法读取：{error}。",
    "Import it, or run it, once more.": "请重新导入或运行。",
}
TAGS: Mapping[str, str] = {**_LIFE, **_GIVEN}
