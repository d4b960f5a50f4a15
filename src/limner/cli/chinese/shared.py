"""What all commands share."""

from __future__ import annotations

from collections.abc import Mapping

SHARED: Mapping[str, str] = {
    # the whole
    "Customer portraits from timelines of events.": "由事件时间线折叠出客户画像。",
    "Every command takes --json and then prints one JSON document on stdout.": (
        "每个命令都可加 --json，向标准输出打印一份 JSON。"
    ),
    "Error": "错误",
    "Nothing was done.": "什么也没有做。",
    "See: {path} --help": "用法见：{path} --help",
    "Show this message and exit.": "显示本说明。",
    "Print the version and leave.": "打印版本号。",
    # shared words
    "The workspace; the current folder unless given.": "工作区目录；不写即当前目录。",
    "Language of the texts; else the locale's.": "界面语言；不写则按系统语言。",
    "A customer: type:value, such as phone:13800000000, or a customer_id.": (
        "客户：类型:值（如 phone:13800000000），或客户号。"
    ),
    "The instant asked about; a bare date is its first moment.": "截至时刻；只写日期即当日零点。",
    "Only what had been received by then, and links known then.": "只用当时已收到的事件和已知的关联。",
    'A condition, such as {"value_tier": "high"}; @FILE reads it.': (
        '条件，如 {"value_tier": "high"}；@文件 则从文件读取。'
    ),
    "The file to write.": "要写出的文件。",
    "What to write; else as the file's name ends.": "写成什么格式；不写则看文件名的后缀。",
    "Who decides; kept with the decision.": "由谁决定；与决定一并保存。",
    "Why; kept with the decision.": "原因；与决定一并保存。",
}
