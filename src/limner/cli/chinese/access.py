"""Who may come in."""

from __future__ import annotations

from collections.abc import Mapping

ACCESS: Mapping[str, str] = {
    # users
    "Who may sign in to the console.": "谁可以登录控制台。",
    "List all users, disabled ones too; never their passwords.": "列出全部用户（含停用的），从不显示密码。",
    "Add a user and print a generated password, once.": "添加用户，并打印一次随机生成的密码。",
    "Give a user a new password and print it, once. The user is signed out everywhere.": (
        "给用户换新密码并打印一次；该用户在各处的登录随即失效。"
    ),
    "Change what a user may do. The user is signed out everywhere.": "更改用户的角色；该用户在各处的登录随即失效。",
    "Let a user sign in no more, at once.": "立即停用用户，不能再登录。",
    "Let a user sign in again.": "恢复用户，可重新登录。",
    "What they sign in with.": "登录用的用户名。",
    "What they may do.": "角色，决定能做什么。",
    "Ask for the password, or read it from standard input, instead of generating one.": (
        "不随机生成，改为询问密码，或从标准输入读取。"
    ),
    "user": "用户",
    "signs in by": "登录方式",
    "seen": "最近登录",
    "{user} ({role})": "{user}（{role}）",
    "{user} is disabled.": "{user} 已停用。",
    "Password: ": "密码：",
    "Once more: ": "再输一次：",
    "The two are not the same.": "两次输入不一致。",
    "Also make the console's first administrator.": "同时新建控制台的第一位管理员。",
    "Keep them now: only hashes are stored.": "请立即妥善保存：系统只存它们的摘要。",
    # keys
    "Who may send events, and who may read.": "谁可以写入事件，谁可以读取。",
    "The key's id, as `keys list` shows it.": "密钥的编号，见 keys list。",
    "List all keys, disabled ones too; never their secrets.": "列出全部密钥，含已停用的；从不显示密文。",
    "id": "编号",
    "role": "角色",
    "source": "来源",
    "rate": "每秒上限",
    "created": "创建",
    "state": "状态",
    "disabled {day}": "{day} 停用",
    "old secret until {time}": "旧密钥用到 {time}",
    "in use": "使用中",
    "Who or what will hold the key.": "密钥给谁（或什么系统）用。",
    "write sends events; the others read.": "write 写入事件；其余角色读取。",
    "Of a write key: the source its events get; its name unless given.": (
        "写入密钥的来源名，其事件记在该来源下；不写即密钥名。"
    ),
    "Events (write) or requests per second; no limit unless given.": (
        "每秒最多多少条事件（write）或多少次请求；不写即不限。"
    ),
    "Make a key and print its secret, once.": "新建密钥，并打印一次。",
    "Who or what holds the key.": "密钥给谁（或什么系统）用。",
    "Events (write) or requests per second.": "每秒最多多少条事件（write）或多少次请求。",
    "No limit any more.": "取消上限。",
    "Give a key another name or rate; what is not given stays, as do its role, source and secret.": (
        "修改密钥的名称或上限；未给出的不变，角色、来源和密文也不变。"
    ),
    "End the old secret at once.": "旧密钥立即失效。",
    "Give a key a new secret and print it, once. The old one works for another 24 hours, unless --now.": (
        "更换密钥，并打印一次新的。旧的再用 24 小时，加 --now 则立即失效。"
    ),
    "{name} ({role}), id {id}": "{name}（{role}），编号 {id}",
    "key: {key}": "密钥：{key}",
    "Keep it now: only its hash is stored.": "请立即妥善保存：系统只存它的摘要。",
    "The old one works until {time}.": "旧密钥用到 {time}。",
    "End a key for good, at once.": "立即停用密钥，不可恢复。",
    "{name} ({role}) is disabled.": "{name}（{role}）已停用。",
}
