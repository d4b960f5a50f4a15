"""What is defined in files: tags, the tracking plan, rules of trust and of identity, and YAML itself."""

from __future__ import annotations

from collections.abc import Mapping

_TAGS: Mapping[str, str] = {
    "{what}'s name is text, but this is {data}.": "{what}的名称应为文本，这里却是{data}。",
    "{name} cannot name {what}.": "{name}不能作{what}的名称。",
    "Use letters (of any script), digits and _, beginning with a letter.": "名称由文字、数字和 _ 组成，以文字开头。",
    "the name is over {count} characters long.": "名称超过 {count} 个字符。",
    "Put the words into title.": "请把说明写在标题里。",
    "{name} is a word of the language and cannot name {what}.": "{name}是定义语言的保留字，不能作{what}的名称。",
    "Write fold: {{name}: ...}.": "请写成 fold: {{name}: ...}。",
    "Write [{low}, {high}].": "请写成 [{low}, {high}]。",
    "the measure {name} stands outside the fold.": "度量 {name} 写在了聚合（fold）之外。",
    "a tag has no field {name}.": "标签没有字段{name}。",
    "the layer is missing.": "没有写明层级。",
    "One of {known}.": "可选：{known}。",
    "the title is empty.": "标题为空。",
    "Write {zh: ..., en: ...}; one of them is enough.": "写法为 {zh: ..., en: ...}，有一种语言即可。",
    "a tag stands in one group.": "一个标签只属于一个分组。",
    "Write consumption, or {consumption: {zh: 消费, en: Consumption}}.": (
        "写法如 consumption，或 {consumption: {zh: 消费, en: Consumption}}。"
    ),
    "the group's name is missing: this is only what it is called.": "缺少分组的名称，这里只有它的标题。",
    "a tag has one rule, but this has {given}.": "一个标签只有一条规则，这里却有 {given}。",
    "the tag has no rule.": "标签没有规则。",
    "Give it one of {rules}.": "请写其中一种：{rules}。",
    "when is a list of branches.": "when 应为一列分支。",
    "Write [{if: {...}, then: high}, {else: low}].": "写法如 [{if: {...}, then: high}, {else: low}]。",
    "else comes last: branches after it are never reached.": "else 应在最后，其后的分支永远不会用到。",
    "when has no branch with a condition.": "when 没有带条件的分支。",
    "the branch has no {name}.": "分支缺少 {name}。",
    "Write {if: {...}, then: high}.": "写法如 {if: {...}, then: high}。",
    "all values of a tag are of one kind, but these are mixed.": "一个标签的取值应为同一类型，这里混用了几种。",
    "all values of a tag are of one kind, but these are mixed: {seen}.": (
        "一个标签的取值应为同一类型，这里混用了 {seen}。"
    ),
    "no title: people will see the bare name.": "没有标题：大家只能看到名称。",
    "no group: the tag stands outside the catalogue's folders.": "没有分组：标签不在目录的任何分组里。",
    "no owner: nobody to ask when it looks wrong.": "没有负责人：出现疑问时无人可问。",
    "It is asked for at submission.": "提交审核时必须填写。",
    "an SQL tag only reads.": "SQL 标签只能查询，不能写入。",
    "which values does it take?": "它的取值是什么类型？",
    "Write {of: spend_90d, at: [0.5, 0.9], then: [low, mid, high]}.": (
        "写法如 {of: spend_90d, at: [0.5, 0.9], then: [low, mid, high]}。"
    ),
    "quantiles lacks {part}: {what}.": "quantiles 缺少 {part}：{what}。",
    "{count} bounds make {parts} parts, but there are {values} values.": (
        "{count} 个分界划出 {parts} 段，取值却有 {values} 个。"
    ),
    "Give one value more than at has shares, that of the lowest part first.": "取值应比 at 多一个，从最低一段写起。",
    "a list of 1 to {most} shares is wanted.": "这里应为 1 至 {most} 个占比。",
    "Write [0.5, 0.9].": "写法如 [0.5, 0.9]。",
    "shares ascend from over 0 to under 1.": "占比应大于 0、小于 1，从小到大排列。",
    "Write [0.5, 0.9]: the lower half, the next 40 %, the top.": (
        "写法如 [0.5, 0.9]：较低的一半、其次的 40%、最高的部分。"
    ),
    "two parts have the same value.": "有两段的取值相同。",
    "Leave the bound between them out.": "请去掉两者之间的分界。",
    "values is a list of the values a tag may have.": "values 应列出标签可能的取值。",
    "Write [a, b] or {a: {zh: ..., en: ...}}.": "写法如 [a, b]，或 {a: {zh: ..., en: ...}}。",
    "{name} is required but is no field of the form.": "必填项{name}不在表单的字段中。",
    "a list of tags is wanted.": "这里应为一列标签。",
    "Write [next_visit, temperament].": "写法如 [next_visit, temperament]。",
    "no event {name} has been seen yet.": "还没有收到过事件{name}。",
    "no property {name} has been seen yet.": "还没有出现过属性{name}。",
    "{name} is an event: write {example}.": "{name} 是事件，请写 {example}。",
    "{path}: {count} of {of} values are no numbers (such as {example}) and count as missing.": (
        "{path}：{of} 个值中有 {count} 个不是数字（如{example}），按缺失计。"
    ),
    "{path}: {count} of {of} values are no numbers and count as missing.": (
        "{path}：{of} 个值中有 {count} 个不是数字，按缺失计。"
    ),
}
_YAML: Mapping[str, str] = {
    "An unquoted * means something else in YAML: write '*' in quotes.": (
        "不加引号的 * 在 YAML 中另有含义，请写成 '*'。"
    ),
    "Is the line above indented differently, or a text with a colon unquoted?": (
        "是否上一行缩进不同，或含冒号的文本没有加引号？"
    ),
    "Is a bracket or a comma missing?": "是否少了括号或逗号？",
    "Put texts that begin with a special character in quotes.": "以特殊字符开头的文本请加引号。",
    "Is the line indented differently from those above?": "这一行的缩进是否与上面不同？",
    "Is a closing quote missing?": "是否少了结尾的引号？",
    "Put everything under one key, without --- between.": "请都写在同一个键下，中间不要用 ---。",
    "a character that no text has: {text}.": "含有文本中不应有的字符：{text}。",
    "Delete it.": "请删除它。",
    "lists or fields are nested too deeply to be read.": "列表或字段嵌套过深，无法读取。",
    "the file is not UTF-8 text.": "文件不是 UTF-8 文本。",
    "Save it as UTF-8 (editors on Windows may use GBK or UTF-16).": (
        "请存为 UTF-8（Windows 的编辑器可能用 GBK 或 UTF-16）。"
    ),
    "a tab stands where YAML wants spaces.": "YAML 的缩进要用空格，这里用了制表符。",
    "Indent with spaces.": "请用空格缩进。",
    "this is not YAML: {error}.": "不是有效的 YAML：{error}。",
    "this is not JSON: {error}.": "不是有效的 JSON：{error}。",
    "{name} is given twice.": "{name}重复了。",
    "It is on line {line} already.": "第 {line} 行已经写过。",
    "a bare {word} is text to some and {truth} to others.": "不加引号的 {word} 可能被当作文本，也可能被当作 {truth}。",
    "Write '{word}' or {truth}.": "请写成 '{word}' 或 {truth}。",
}
_PLAN: Mapping[str, str] = {
    "every event has its time, and it is checked always.": "每个事件都有时间，总会检查。",
    "Only its title can be given.": "这里只能写它的标题。",
    "min {min} is above max {max}.": "下限 {min} 大于上限 {max}。",
    "{what} is one of {words}, but this is {data}.": "{what}应为 {words} 之一，这里却是{data}。",
    "{name} bounds numbers, but the type is {type}.": "{name} 限定的是数字，类型却是 {type}。",
    "Write type: number.": "请写 type: number。",
    "a pattern is of text, but the type is {type}.": "pattern 用于文本，类型却是 {type}。",
    "Write type: string.": "请写 type: string。",
    "{data} is not of type {type}.": "{data}不是 {type} 类型。",
    "a pattern is a regular expression, but this is {data}.": "pattern 应为正则表达式，这里却是{data}。",
    "the pattern has {count} characters; {most} is the most.": "pattern 有 {count} 个字符，最多 {most} 个。",
    "Lookaround and references back are not known here: the syntax is RE2's.": (
        "这里用 RE2 语法，不支持环视和反向引用。"
    ),
    "the pattern cannot be read: {error}.": "pattern 无法识别：{error}。",
    "{alias} is an event itself already.": "{alias}本身已是事件。",
    "{alias} is an alias of {event} already.": "{alias}已是 {event} 的别名。",
}
_TRUST: Mapping[str, str] = {
    "A mapping is needed.": "这里应为一组字段。",
    "Write identifiers: {phone: {limit: 5}}.": "写法如 identifiers: {phone: {limit: 5}}。",
    "must map a type to its rule, such as phone: {limit: 5}.": "应写明每类标识的规则，如 phone: {limit: 5}。",
    "is not a type: use letters, digits and underscores.": "不是标识类型：请用字母、数字和下划线。",
    "must be a mapping, not {data}.": "应为一组字段，不能是{data}。",
    "Write {limit: 5}.": "写法如 {limit: 5}。",
    "must map a type to a number, such as {user_id: 1}.": "应为每类标识写一个数，如 {user_id: 1}。",
    "must be a whole number from 1 up, not {data}.": "应为不小于 1 的整数，不能是{data}。",
    "is not a known field.": "不是已知的字段。",
}
DEFINITIONS: Mapping[str, str] = {**_TAGS, **_YAML, **_PLAN, **_TRUST}
