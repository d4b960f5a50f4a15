"""Workspaces: made, served, looked over, kept safe, and their long work."""

from __future__ import annotations

from collections.abc import Mapping

WORKSPACES: Mapping[str, str] = {
    # init, demo, serve, doctor, bench
    "Make a workspace and print its keys, once.": "新建工作区，并打印一次密钥。",
    "The folder to make; it may exist if it is empty.": "要新建的目录；已有的空目录亦可。",
    "Whose days these are.": "按哪个时区划分日期。",
    "Made the workspace {folder}.": "已建工作区 {folder}。",
    "write key (for collecting): {key}": "写入密钥（采集用）：{key}",
    "API key (for reading):      {key}": "API 密钥（读取用）：{key}",
    "Keep both now: only their hashes are stored.": "请立即妥善保存：系统只存它们的摘要。",
    "Make a demo shop with 13 months of events and a starter tag system, then serve it.": (
        "新建演示店铺（13 个月的事件与一套起步标签），然后启动服务。"
    ),
    "The folder to make; one made before is kept.": "要新建的目录；以前建好的会沿用。",
    "Serve it afterwards.": "建好后启动服务。",
    "The demo shop is in {folder}.": "演示店铺在 {folder}。",
    "user:     {user}": "用户：    {user}",
    "password: {password}": "密码：    {password}",
    "API key:  {key}": "API 密钥：{key}",
    "Serve the workspace over HTTP, in the foreground, until interrupted.": (
        "以 HTTP 提供工作区服务，前台运行，直到中断。"
    ),
    "Port to listen on; else PORT, else 8300.": "监听端口；不写则取 PORT，再则 8300。",
    "Address to listen on; this machine only unless given.": "监听地址；不写则只限本机。",
    "Where browsers reach it; else public_url of limner.toml.": "浏览器访问的地址；不写取 limner.toml 的 public_url。",
    "Serving {folder} at {url} (Ctrl-C stops it).": "{folder} 已在 {url} 提供服务（Ctrl-C 停止）。",
    "The console is not part of this installation: install again where Node 20.19 or newer is. The API is.": (
        "此次安装不含控制台：请在有 Node 20.19 或更新版本的机器上重新安装。API 可用。"
    ),
    "Look the workspace over: versions, files, sizes, and what to do about what is wrong.": (
        "体检工作区：版本、文件、大小，以及有问题时该怎么办。"
    ),
    "Measure this workspace on this machine: fold all, read portraits, count an audience.": (
        "在本机测量该工作区：全量折叠、读画像、数人群。"
    ),
    "How many portraits to read.": "读多少个画像。",
    "Fold a sample of customers from the log and compare: 1 if anything differs.": (
        "从日志重新折叠一批客户并逐项比对；有差异则退出码为 1。"
    ),
    "With --parity: how many customers by lot.": "与 --parity 同用：随机抽多少位客户。",
    "compared": "比对值数",
    "differing": "不一致",
    "unsettled": "未能判定的客户",
    "tag": "标签",
    "where": "所在",
    "live": "现有值",
    "log": "日志值",
    # backup, restore
    "Copy all that cannot be made again, while the workspace is in use. Keep it safe: it holds keys and people.": (
        "备份一切无法重新算出的内容，无需停用工作区。请妥善保管：其中有密钥和个人信息。"
    ),
    "A folder that backup made.": "backup 生成的目录。",
    "The workspace to make; its folder may be empty.": "要新建的工作区；目录须不存在或为空。",
    "Make a workspace of a backup, after checking that it is whole.": "核对备份完整后，恢复成一个工作区。",
    "dir": "目录",
    "files": "文件数",
    "bytes": "字节",
    "folder": "目录",
    "timezone": "时区",
    "seq": "日志序号",
    "rejects": "拒收",
    "columns_as_of": "标签列截至",
    "columns_seq": "标签列已用到序号",
    # jobs
    "Long work beside the server: imports, folds, exports, compactions.": "服务旁的长任务：导入、折叠、导出、整理。",
    "The job's number, as `jobs list` shows it.": "任务编号，见 jobs list。",
    "List jobs, the newest first, and how far they are.": "列出任务及进度，新的在前。",
    "There is no job.": "没有任务。",
    "kind": "种类",
    "subject": "对象",
    "asked": "提交",
    "waiting": "等待",
    "running": "进行中",
    "done": "完成",
    "failed": "失败",
    "cancelled": "已取消",
    "Show one job: who asked for what, how far it is, what came of it.": "显示一个任务：谁要做什么、进度、结果。",
    "Stop a job. What it has brought in stays.": "停止一个任务；已入库的保留。",
    "Job {id} is cancelled; `limner jobs resume {id}` goes on with it.": (
        "任务 {id} 已取消；limner jobs resume {id} 可继续。"
    ),
    "Go on with a job that failed or was cancelled; an import after what it has brought in.": (
        "继续失败或已取消的任务；导入从已入库之处继续。"
    ),
    "Job {id} goes on; `limner jobs show {id}` says how far it is.": (
        "任务 {id} 继续进行；进度见 limner jobs show {id}。"
    ),
    "Interrupted. What was stored is kept: the same command goes on from there.": (
        "已中断。已入库的保留；再次执行同一命令即可继续。"
    ),
    "The server goes on with it: `limner jobs list` shows how far it is, `limner jobs cancel` stops it.": (
        "服务仍在继续：进度见 limner jobs list，停止用 limner jobs cancel。"
    ),
}
