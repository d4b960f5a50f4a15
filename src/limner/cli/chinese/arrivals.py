"""What comes in."""

from __future__ import annotations

from collections.abc import Mapping

ARRIVALS: Mapping[str, str] = {
    # import, rejects
    "Read files of events into the log. Doing it twice changes nothing; bad rows go to the rejects.": (
        "把文件中的事件读入日志。重复导入不会改变结果；坏行进入拒收区。"
    ),
    "JSONL, CSV, Parquet, Excel, or a database's URL.": "JSONL、CSV、Parquet、Excel，或数据库地址。",
    "How rows become events; Segment messages need none.": "行如何变成事件的映射文件；Segment 消息不需要。",
    "Show ten mapped rows and store nothing.": "只显示十行映射结果，不写入。",
    "Rows that could not become events, kept as they were.": "没能成为事件的行，原样保存。",
    "Show rejected rows with file, line and reason.": "列出被拒收的行：文件、行号、原因。",
    "Only those of this file.": "只看这个文件的。",
    "How many at most.": "最多多少条。",
    "Write all rejected rows to a file, to mend them.": "把全部拒收行写到文件，以便修正。",
    "Try the rejected rows again, as they were, with their mappings as they now stand.": (
        "用现在的映射重新处理拒收的行。"
    ),
    "What clients are sending.": "客户端正在发来什么。",
    "Show how often the tracking plan was broken since the server started, by event and property.": (
        "显示服务启动以来埋点方案被违反的次数，按事件和属性。"
    ),
    "The tracking plan was not broken.": "没有违反埋点方案的事件。",
    "event": "事件",
    "property": "属性",
    "fault": "问题",
    "Show what just came in through a running server, from whom, and what became of it.": (
        "显示运行中的服务刚收到的事件：来自哪里、结果如何。"
    ),
    "Only what comes from this source.": "只看这个来源的。",
    "Only what was refused, and why.": "只看被拒收的及其原因。",
    "Go on as more comes in, until interrupted.": "持续显示新到的，直到中断。",
    "How many of the last ones to show.": "先显示最近多少条。",
    "No server serves {folder}.": "{folder} 没有正在运行的服务。",
    "Events are watched through a running server: start `limner serve`.": (
        "查看到达的事件需要运行中的服务：请先启动 limner serve。"
    ),
    "Nothing has come in since the server started.": "服务启动以来还没有收到任何事件。",
    "{n} more came in between, too fast to be shown.": "其间另有 {n} 条，来得太快，未能显示。",
    "stored": "入库",
    "refused": "拒收",
    "violates": "违约",
    "read": "读取",
    "accepted": "接收",
    "duplicate": "重复",
    "unidentified": "无标识",
    "erased": "已抹除",
    "rejected": "拒收",
    "violating": "不合埋点方案",
    "skipped": "跳过",
    "items": "条目",
    "seconds": "秒",
    "Nothing was rejected.": "没有被拒收的行。",
    "file": "文件",
    # webhooks
    "Systems that post signed events, such as questionnaires and shops.": "以签名请求推送事件的系统，如问卷、商城。",
    "The source its events get; the last part of its path.": "事件所记的来源，也是推送地址的最后一段。",
    "How the posted objects become events.": "推送的对象如何变成事件的映射文件。",
    "Where the list is in a body, such as data.items.": "列表在请求体中的位置，如 data.items。",
    "List all webhooks, disabled ones too; never their secrets.": "列出全部 webhook，含已停用的；从不显示密钥。",
    "Let a system post events, and print the secret it signs them with, once.": (
        "允许一个系统推送事件，并打印一次它的签名密钥。"
    ),
    "Give a webhook another mapping. Its secret stays; `rejects retry` reads what it has rejected anew.": (
        "更换 webhook 的映射。密钥不变；rejects retry 会用新映射重读它被拒收的行。"
    ),
    "Give a webhook a new secret and print it, once. The old one works for another 24 hours, unless --now.": (
        "更换 webhook 的密钥，并打印一次。旧的再用 24 小时，加 --now 则立即失效。"
    ),
    "Take nothing from a webhook any more, at once.": "立即停用一个 webhook。",
    "path": "路径",
    "rows": "列表位置",
    "path: {path}": "路径：{path}",
    "secret: {secret}": "密钥：{secret}",
    "Keep the secret now: it is not shown again.": "请立即妥善保存密钥：以后不再显示。",
    "{source} has another mapping.": "{source} 已换映射。",
    "{source} is disabled.": "{source} 已停用。",
}
