"""Why something did not become an event, in Chinese: the sentences are those of this room, `violations` and `rule`."""

from __future__ import annotations

from collections.abc import Mapping

from limner.model.retelling import Retelling

_OF_JSON: Mapping[str, str] = {
    "not JSON": "不是 JSON",
    "not JSON: {syntax}": "不是 JSON：{syntax}",
    "not JSON: nested deeper than {count} levels": "不是 JSON：嵌套超过 {count} 层",
    "not JSON: it holds half a surrogate pair": "不是 JSON：含有半个代理对字符",
    "not JSON: {constant} is not a JSON number": "不是 JSON：{constant} 不是 JSON 数字",
    "not JSON: {detail}": "不是 JSON：{detail}",
    "not a JSON object": "不是 JSON 对象",
    "{place}: line {line} column {column} (char {char})": "{place}，第 {line} 行第 {column} 列",
    "Expecting value": "缺少值",
    "Extra data": "末尾有多余内容",
    "Unterminated string starting at": "字符串没有结束",
    "Expecting property name enclosed in double quotes": "属性名缺少双引号",
    "Expecting {mark} delimiter": "缺少 {mark}",
    "Illegal trailing comma before end of {kind}": "末尾多了逗号",
    "Invalid control character at": "含有控制字符",
    "Invalid \\escape": "反斜杠转义有误",
    "not UTF-8": "不是 UTF-8 编码",
    "not UTF-8: byte {byte} at position {position}": "不是 UTF-8 编码：第 {position} 个字节是 {byte}",
    "The body is no JSON: {detail}.": "正文不是 JSON：{detail}",
    "The body is no JSON object: {detail}.": "正文不是 JSON 对象：{detail}",
    "The body is empty.": "正文为空",
    "The body has no list or object in it.": "正文里没有列表或对象",
    "The body has no list or object at {path}.": "正文的 {path} 处没有列表或对象",
    "The gzip body unpacks to more than {count} bytes. Send smaller batches.": "gzip 正文解压后超 {count} 字节，请分批",
    "The gzip body unpacks to more than {count} bytes.": "gzip 正文解压后超过 {count} 字节",
    "The gzip body is cut short.": "gzip 正文不完整",
    "The gzip body is damaged: {detail}.": "gzip 正文已损坏：{detail}",
}
_OF_MESSAGES: Mapping[str, str] = {
    "the message has no type": "消息没有 type",
    "unknown type {type}; known: {known}": "未知的 type：{type}；已知的有 {known}",
    "a track message without its event name": "track 消息没有事件名",
    "{part} is not an object": "{part} 不是对象",
    "{name} is neither text nor a number": "{name} 既不是文本也不是数字",
    "{name} is neither text nor a whole number": "{name} 既不是文本也不是整数",
    "{name} is longer than {count} bytes": "{name} 超过 {count} 字节",
    "no timestamp, originalTimestamp or sentAt": "没有 timestamp、originalTimestamp 或 sentAt",
    "{name} cannot be read as a time": "{name} 无法读作时间",
    "{name} is before 1971": "{name} 早于 1971 年",
    "{name} is over 24 hours in the future": "{name} 晚于现在 24 小时以上",
    "Events of this name are Limner's own: enter values with {how}.": "这是 Limner 自己的事件名；取值请用 {how} 填写",
}
_OF_ROWS: Mapping[str, str] = {
    "{name} is not a number": "{name} 不是数字",
    "{field}: {text} cannot be worked out for this row": "{field}：这一行算不出 {text}",
    "the item has no id": "物品没有 id",
    "no time: {column} is empty": "没有时间：{column} 为空",
    "no event name: {column} is empty": "没有事件名：{column} 为空",
    "no event id: {column} is empty": "没有事件编号：{column} 为空",
    "a quote is opened and not closed": "引号没有闭合",
    "{count} fields, but the heads are {width}": "有 {count} 个字段，表头有 {width} 个",
    "the byte {byte} is not of the file's encoding": "字节 {byte} 不属于文件的编码",
}
_OF_SENSORS: Mapping[str, str] = {
    "a track without its event name": "track 没有事件名",
    "an item without its item_id": "物品没有 item_id",
    "an unbinding without identities": "解绑没有给出标识",
    "{name} is no name of an identity: {rule}": "{name} 不能作标识名：限 32 个字母、数字或 _",
    "it has no type": "没有 type",
    "it has no time": "没有 time",
    "it holds a null byte": "含有空字节",
    "it is encrypted: turn the encryption of the client off": "数据已加密：请关闭客户端的加密",
    "its time is no number of milliseconds": "time 不是毫秒数",
    "its time is not within the years 1970 to 9999": "time 不在 1970 至 9999 年之间",
    "unknown type {type}. Did you mean {name}?": "未知的 type：{type}。是否指 {name}？",
    "unknown type {type}. Known: {known}.": "未知的 type：{type}；已知的有 {known}",
    "unknown type {type}.": "未知的 type：{type}",
    "the body is neither JSON nor a form with data or data_list": "正文既不是 JSON，也不是带 data 或 data_list 的表单",
    "the list is too long": "列表过长",
    "the list is no JSON: {detail}": "列表不是 JSON：{detail}",
    "the list holds more than {count} items": "列表超过 {count} 项",
    "The crc does not fit the data: it was damaged on its way.": "crc 与数据不符：数据在途中损坏",
    "The data is no base64: {detail}.": "数据不是 base64：{detail}",
}
_OF_THE_PLAN: Mapping[str, str] = {
    "{event}: {wrong}": "{event}：{wrong}",
    "{wrong} And {count} more.": "{wrong}另有 {count} 处。",
    "{one}. {wrong}": "{one}。{wrong}",
    "{one}.": "{one}。",
    "{path} is missing (there is {name})": "缺少 {path}（有 {name}）",
    "{path} is missing": "缺少 {path}",
    "an event of this name is not in the tracking plan (did you mean {name}?)": "方案里没有此事件（是否指 {name}？）",
    "an event of this name is not in the tracking plan": "埋点方案里没有这个事件",
    "properties or traits are not a readable JSON object": "properties 或 traits 不是可读的 JSON 对象",
    "{shown} and {count} more are not in the plan of {event}": "{event} 的埋点方案里没有 {shown} 和另外 {count} 个属性",
    "{found} is not in the plan of {event}": "{event} 的埋点方案里没有{found}",
    "{found} are not in the plan of {event}": "{event} 的埋点方案里没有{found}",
    "{name} is not in the plan of {event}": "{event} 的埋点方案里没有 {name}",
    "{names} are not in the plan of {event}": "{event} 的埋点方案里没有 {names}",
    "{path} is {found}, but {meant}": "{path} 是{found}，{meant}",
    "{path} is {value}, but {meant}": "{path} 是 {value}，{meant}",
    "one of {listed} and {count} others is meant (did you mean {name}?)": "应为 {listed} 等（是否指 {name}？）",
    "one of {listed} and {count} others is meant": "应为 {listed} 等，另有 {count} 个",
    "one of {listed} is meant (did you mean {name}?)": "应为 {listed} 之一（是否指 {name}？）",
    "one of {listed} is meant": "应为 {listed} 之一",
    "at least {bound} is meant": "应至少为 {bound}",
    "at most {bound} is meant": "应至多为 {bound}",
    "it must match {pattern}": "应符合 {pattern}",
    "{found} is meant": "应为{found}",
}
_THINGS: Mapping[str, str] = {
    "a text": "文本",
    "a number": "数字",
    "a whole number": "整数",
    "true or false": "真或假",
    "a time such as {time}": "时间，如 {time}",
    "a list": "列表",
    "a group of fields": "一组字段",
    "a huge number": "极大的数",
    "a number of {count} digits": "{count} 位的数字",
    "a text of {count} characters": "{count} 个字符的文本",
    "a property": "某个属性",
    "{count} properties": "{count} 个属性",
}
_CHINESE = Retelling(
    {**_OF_JSON, **_OF_MESSAGES, **_OF_ROWS, **_OF_SENSORS, **_OF_THE_PLAN, **_THINGS},
    told={"syntax", "place", "wrong", "one", "found", "meant"},
)


def say_reason(reason: str) -> dict[str, str]:
    """The reason of a reject, by language.

    >>> say_reason("order_paid: amount is missing. city is a list, but a text is meant.")["zh"]
    'order_paid：缺少 amount。city 是列表，应为文本。'
    """
    return _CHINESE.tell(reason)
