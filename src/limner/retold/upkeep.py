"""Jobs, the server itself, and what it keeps on disk."""

from __future__ import annotations

from collections.abc import Mapping

_JOBS: Mapping[str, str] = {
    "The process that did it was killed (signal 9): by somebody, or because the machine ran out of memory.": (
        "执行任务的进程被终止（信号 9）：有人终止了它，或机器内存不足。"
    ),
    "The process that did it was killed (signal {signal}).": "执行任务的进程被终止（信号 {signal}）。",
    "The process that did it ended with status {status}.": "执行任务的进程以状态 {status} 结束。",
    (
        "The process that did it was killed (signal 9): by somebody, or because the machine ran out of "
        "memory. It said: {said}"
    ): "执行任务的进程被终止（信号 9）：有人终止了它，或机器内存不足。它最后输出：{said}",
    "The process that did it was killed (signal {signal}). It said: {said}": (
        "执行任务的进程被终止（信号 {signal}）。它最后输出：{said}"
    ),
    "The process that did it ended with status {status}. It said: {said}": (
        "执行任务的进程以状态 {status} 结束。它最后输出：{said}"
    ),
    "Nothing half done was kept: resume the job.": "没有留下半成品，请继续此任务。",
    "The server stopped while it ran.": "任务进行中服务停止了。",
    "The workspace is being closed.": "工作区正在关闭。",
    "The workspace was closed.": "工作区已关闭。",
    "The workspace is closed.": "工作区已关闭。",
    "Give the command again.": "请重新执行。",
    "`limner jobs resume {id}` goes on with it.": "点“继续”，或用 `limner jobs resume {id}` 接着做。",
    "`limner jobs resume {id}` does it again.": "点“继续”，或用 `limner jobs resume {id}` 重做。",
    "It goes on when the workspace is served again.": "服务再次启动后会接着做。",
    "Job {id} was cancelled.": "任务 {id} 已取消。",
    "The job failed.": "任务失败。",
    "There is no job {id}.": "没有任务 {id}。",
    "`limner jobs list` names them.": "可用 `limner jobs list` 查看。",
    "Job {id} has ended: it is {state}.": "任务 {id} 已结束（{state}）。",
    "Job {id} is {state}.": "任务 {id} 的状态为{state}。",
    "Those that failed or were cancelled can be resumed.": "只有失败或已取消的任务可以继续。",
    "No server runs to do it.": "没有正在运行的服务来执行。",
    "Start `limner serve`, or give the command itself.": "请启动 `limner serve`，或直接执行命令。",
    "The job was stopped.": "任务已停止。",
    "The disk is full. Free some room and resume the job; nothing written before is lost.": (
        "磁盘已满。请腾出空间后继续此任务，已写入的内容没有丢失。"
    ),
    "There is not enough memory.": "内存不足。",
    "Limner met an error it did not expect ({error}).": "发生了意料之外的错误（{error}）。",
    "Limner met an error it did not expect ({error}). The traceback is in {file}.": (
        "发生了意料之外的错误（{error}），详情记录在 {file}。"
    ),
}
_SERVER: Mapping[str, str] = {
    "Ask again in some seconds.": "请过几秒再试。",
    "Send it again in some seconds.": "请过几秒重发。",
    "Limner is still starting.": "服务正在启动。",
    "Limner is stopping.": "服务正在停止。",
    "The server is stopping.": "服务正在停止。",
    "The log is behind what has come in.": "收到的数据还没有全部入库。",
    "More comes in than can be stored now.": "数据来得太快，暂时来不及入库。",
    "More comes in at once than fits into memory.": "同时到达的数据过多，内存放不下。",
    "{what} needs the extra {extra}.": "{what} 需要安装附加组件{extra}。",
    "Bringing packages by SFTP needs the extra {extra}.": "用 SFTP 投递需要安装附加组件{extra}。",
    "Signing in by OpenID Connect needs the extra {extra}.": "用 OpenID Connect 登录需要安装附加组件{extra}。",
    "Install it with: pip install 'limner[{extra}]'": "安装命令：pip install 'limner[{extra}]'",
    "pip install {name}": "安装命令：pip install {name}",
    "There is no verb {name}.": "没有动词{name}。",
    "{method} {path}: {detail}. The paths are listed in /openapi.json.": (
        "{method} {path}：{detail}。可用的路径见 /openapi.json。"
    ),
    "{count} values differ.": "有 {count} 个值与重算不一致。",
}
_STORAGE: Mapping[str, str] = {
    "The catalog cannot be used now: {error}.": "目录库暂时不可用：{error}。",
    "Nothing was changed.": "没有改动任何内容。",
    "{where} is not a catalog of Limner: {error}.": "{where} 不是本系统的目录库：{error}。",
    "{source} cannot be copied: {error}.": "{source} 无法复制：{error}。",
    (
        "This workspace was written by a newer Limner: its catalog is at revision {found}, and this version "
        "knows revisions up to {known}. Nothing was changed."
    ): "工作区由更新的版本写成：目录库修订号为 {found}，当前版本只支持到 {known}。没有改动任何内容。",
    "Upgrade with: pip install --upgrade limner": "升级命令：pip install --upgrade limner",
    "The log could not be copied: it was rewritten meanwhile.": "日志在复制时被重写，未能复制。",
    "The log cannot be copied: {error}.": "日志无法复制：{error}。",
    "The disk is full: erasing writes the log anew beside the old one. Nobody was erased.": (
        "磁盘已满：抹除时需另写一份日志。没有抹除任何人。"
    ),
    "Free as much space as {path} takes and try again.": "请腾出与 {path} 同样大的空间后重试。",
    "{path} is a DuckDB file, but no event log of Limner. Nothing was changed.": (
        "{path} 是 DuckDB 文件，但不是事件日志。没有改动任何内容。"
    ),
    "The log {path} has schema {found}; this Limner knows up to {known}.": (
        "日志 {path} 的格式为 {found}，当前版本只支持到 {known}。"
    ),
    "It was written by a newer Limner: upgrade this one. Nothing was changed.": (
        "它由更新的版本写成，请升级。没有改动任何内容。"
    ),
    "The disk is full: nothing of this batch was stored, everything before it is safe.": (
        "磁盘已满：这一批没有入库，此前的数据完好。"
    ),
    "Free some space and run the same command again; what is stored already is skipped.": (
        "请腾出空间后重新执行，已入库的会跳过。"
    ),
    "{path} is in use by another process.": "{path} 正被另一个进程使用。",
    "Stop it, or run commands while `limner serve` runs: they go through the server.": (
        "请停止它，或在 `limner serve` 运行时执行命令，命令会经由服务执行。"
    ),
    "The disk is full: {path} cannot be opened.": "磁盘已满，无法打开 {path}。",
    "Free some space and try again.": "请腾出空间后重试。",
    "{path} cannot be opened as an event log: {error}": "{path} 无法作为事件日志打开：{error}",
    "The disk is full.": "磁盘已满。",
    "The journal cannot be written: {error}.": "收件簿无法写入：{error}。",
    "Nothing of this was kept: send it again. It goes on as soon as there is room.": (
        "这些内容没有保留，请重发。有空间后即恢复。"
    ),
    "Nothing of this was kept: send it again. It goes on as soon as it can.": (
        "这些内容没有保留，请重发。恢复后即可继续。"
    ),
    "The disk is full: {path} cannot be used.": "磁盘已满，{path} 无法使用。",
    "Free some space and give the command again; nothing written before is lost.": (
        "请腾出空间后重新执行，已写入的内容没有丢失。"
    ),
    "The disk is full. Free some room and give the command again; nothing written before is lost.": (
        "磁盘已满。请腾出空间后重新执行，已写入的内容没有丢失。"
    ),
    "{path} cannot be used now: {error}.": "{path} 暂时不可用：{error}。",
    "{path} is not an outbox of Limner: {error}.": "{path} 不是发件箱：{error}。",
    "{path} was written by a newer Limner: version {version}; this one knows up to {known}.": (
        "{path} 由更新的版本（{version}）写成，当前只支持到 {known}。"
    ),
    "Free some space and export again; the lake is as it was before.": "请腾出空间后重新导出，数据湖保持原样。",
    "The disk is full: the lake does not fit in {folder}.": "磁盘已满，{folder} 放不下数据湖。",
    "The lake {where} has format {known}; this Limner reads up to {most}.": (
        "数据湖 {where} 的格式为 {known}，当前版本只支持到 {most}。"
    ),
    "A newer Limner made it: upgrade this one. Nothing was changed.": "它由更新的版本写成，请升级。没有改动任何内容。",
    "{where} is no manifest of a lake: {error}.": "{where} 不是数据湖的清单：{error}。",
    "Export the lake anew.": "请重新导出数据湖。",
    "Free some space and fold again; the columns saved before are untouched.": (
        "请腾出空间后重新计算，此前的标签列保持原样。"
    ),
    "The disk is full: the tag columns do not fit in {folder}.": "磁盘已满，{folder} 放不下标签列。",
    "a newer version of Limner wrote them (format {found}, this one reads {known}).": (
        "它们由更新的版本写成（格式 {found}，当前支持 {known}）。"
    ),
    "{path} is damaged.": "{path} 已损坏。",
    "{path} has {size} bytes where {written} were written.": "{path} 有 {size} 字节，写入时为 {written} 字节。",
    "{path} is damaged (the checksum of its {name} differs).": "{path} 已损坏（{name} 的校验值不符）。",
    "Free some space and export again.": "请腾出空间后重新导出。",
    "The disk is full: {path} was not written.": "磁盘已满，{path} 没有写入。",
    "a timeline has no column {name}.": "时间线没有列{name}。",
    "column {name} of a timeline has {count} rows, not {wanted}.": "时间线的列{name}有 {count} 行，应为 {wanted} 行。",
    "Rebuild the timelines.": "请重建时间线。",
    "No such file or directory.": "没有这个文件或目录。",
    "Permission denied.": "没有访问权限。",
    "Input/output error.": "读写出错。",
    "Is a directory.": "是文件夹。",
    "Too many open files.": "打开的文件过多。",
    "Read-only file system.": "文件系统只读。",
}
_HINTS: Mapping[str, str] = {
    "Did you mean {one}?": "是否指 {one}？",
    "Did you mean {one} or {other}?": "是否指 {one} 或 {other}？",
    "Did you mean {one} or {other} or {third}?": "是否指 {one}、{other} 或 {third}？",
    "Known: {names}.": "可选：{names}。",
}
_REQUESTS: Mapping[str, str] = {
    "Field required": "必须填写",
    "Extra inputs are not permitted": "没有这个字段",
    "Input should be a valid string": "应为文本",
    "Input should be a valid integer": "应为整数",
    "Input should be a valid integer, unable to parse string as an integer": "应为整数",
    "Input should be a valid integer, got a number with a fractional part": "应为整数",
    "Input should be a valid number": "应为数字",
    "Input should be a valid number, unable to parse string as a number": "应为数字",
    "Input should be a valid boolean": "应为真或假",
    "Input should be a valid boolean, unable to interpret input": "应为真或假",
    "Input should be a valid list": "应为列表",
    "Input should be a valid dictionary": "应为一组字段",
    "Input should be a valid dictionary or object to extract fields from": "应为一组字段",
    "Input should be a finite number": "应为有限的数字",
    "Input should be greater than {bound}": "应大于 {bound}",
    "Input should be greater than or equal to {bound}": "应不小于 {bound}",
    "Input should be less than {bound}": "应小于 {bound}",
    "Input should be less than or equal to {bound}": "应不大于 {bound}",
    "Input should be {known}": "应为 {known}",
    "String should have at least {count} character": "至少 {count} 个字符",
    "String should have at least {count} characters": "至少 {count} 个字符",
    "String should have at most {count} character": "至多 {count} 个字符",
    "String should have at most {count} characters": "至多 {count} 个字符",
    "String should match pattern {pattern}": "应符合 {pattern}",
    "List should have at least {least} item after validation, not {count}": "至少 {least} 项，现有 {count} 项",
    "List should have at least {least} items after validation, not {count}": "至少 {least} 项，现有 {count} 项",
    "List should have at most {most} items after validation, not {count}": "至多 {most} 项，现有 {count} 项",
    "JSON decode error": "不是有效的 JSON",
}
UPKEEP: Mapping[str, str] = {**_JOBS, **_SERVER, **_STORAGE, **_HINTS, **_REQUESTS}
