"""Audiences, and who is told of them."""

from __future__ import annotations

from collections.abc import Mapping

AUDIENCES: Mapping[str, str] = {
    # audience
    "Who meets a condition.": "满足条件的人群。",
    "Count the customers who meet the rule.": "数一数满足规则的客户。",
    "Write those who meet the rule to a file, as export does.": "把满足规则的客户写成文件，格式同 export。",
    "count": "人数",
    "The audience's name: letters, digits and _.": "人群名：文字、数字与下划线。",
    "What people call it.": "显示用的名称。",
    "Follow who meets a rule, under a name; one that has the name already keeps what is not given anew.": (
        "以一个名字登记规则，持续跟踪满足它的人；同名的则只改所给的各项。"
    ),
    "The audience {name} is followed.": "人群 {name} 已登记，开始跟踪。",
    "List the audiences that have a name, with their rules.": "列出已登记的人群及其规则。",
    "The audience {name} is kept.": "人群 {name} 已登记。",
    "A condition; @FILE reads it. As it was unless given.": "条件；@文件 则从文件读取；不写则沿用原来的。",
    "Follow it event by event (as it is made).": "是否随事件实时跟踪（新建时默认跟踪）。",
    "When to take snapshots, such as '30 2 * * *'; '' = never.": "何时取快照，如 '30 2 * * *'；'' 为不取。",
    "Fewer members alarm.": "人数少于此数则告警。",
    "More members alarm.": "人数多于此数则告警。",
    "A larger change since the last snapshot alarms: 0.2.": "较上次快照变化超过此比例则告警，如 0.2。",
    "Also count each part of the rule, as a funnel.": "同时统计规则的每一部分，形成漏斗。",
    "so far": "累计",
    "alarms": "告警",
    "broken": "失效",
    "Show one: its rule in words, who needs it, its versions and its last snapshot.": (
        "显示一个人群：规则的文字说明、谁在用它、历次版本和最近一次快照。"
    ),
    "List who is in an audience now, was at another instant, or was in a snapshot.": (
        "列出人群现在的成员，或某一时刻、某次快照的成员。"
    ),
    "Who was in that snapshot.": "那次快照的成员。",
    "How many to list.": "列出多少个。",
    "Go on where a list ended: its `next`.": "从上一页末尾继续：填它的 next。",
    "Keep who is in an audience now, or was at another instant.": "保存人群此刻（或某一时刻）的成员。",
    "number": "编号",
    "size": "人数",
    "version": "版本",
    "List the snapshots of an audience.": "列出人群的快照。",
    "A snapshot's number, a time, or now.": "快照编号、时间，或 now。",
    "The same; without both, the last two.": "同上；都不写则比较最近两次。",
    "Say who entered an audience, who left and how many stayed, between two looks.": (
        "比较人群的两次快照：谁进入、谁离开、多少人留下。"
    ),
    "Audiences as files that are taken away.": "把人群打包成文件取走。",
    "The package's name.": "人群包的名称。",
    "Make a package, or change all of the one with its name.": "新建人群包，或整个改写同名的。",
    "Its definition, in YAML.": "用 YAML 写的定义。",
    "The variable that has the target's secret.": "存放目标密钥的环境变量。",
    "List the packages, with their last deliveries.": "列出人群包及其最近一次投递。",
    "Forget a package and its deliveries.": "删除人群包及其投递记录。",
    "The package {name} is gone.": "人群包 {name} 已删除。",
    "Write a package to a file here.": "把人群包写成本地文件。",
    "Take a snapshot of the audience and bring the package to its target.": "给人群取快照，并把包投递到目标。",
    "The delivery, as `package deliveries` lists it.": "投递编号，见 package deliveries。",
    "Bring a delivery once more: the same content under the same name.": "再次投递：同样的内容、同样的文件名。",
    "Of one package; else of all.": "只看一个包；不写则全部。",
    "List what was brought and what was not, newest first.": "列出投递记录，最新的在前。",
    "audience": "人群",
    "target": "目标",
    "snapshot": "快照",
    "package": "人群包",
    "status": "状态",
    "tries": "次数",
    "reason": "原因",
    "The rule of those compared with; else everybody.": "对比对象的规则；不写则为全体。",
    "A tag; may be repeated.": "标签；可重复。",
    "Compare the distribution of tags with that of a base: share and TGI of each value.": (
        "对比人群与基准在各标签上的分布：每个取值的占比与 TGI。"
    ),
    "base_size": "基准人数",
    "share": "占比",
    "TGI": "TGI",
    "Find what tells those who meet the rule from the rest most, with tests of significance.": (
        "找出人群与其余人差别最大的标签，并做显著性检验。"
    ),
    "rest": "其余",
    "effect": "效应",
    "q": "q 值",
    "The tag of the rows.": "作为行的标签。",
    "The tag of the columns.": "作为列的标签。",
    "Count those who meet the rule by the values of two tags.": "按两个标签的取值交叉统计人群。",
    "Audiences, from 2 to 20.": "人群，2 到 20 个。",
    "Count who is in two of several audiences.": "统计多个人群两两重合的人数。",
    "both": "重合",
    "An audience.": "人群。",
    "Twelve steps ago unless given.": "不写则为十二步之前。",
    "Now unless given.": "不写则为此刻。",
    "Days of a step.": "每一步的天数。",
    "Show the size of an audience over time, and the means of tags of its members.": (
        "显示人群人数随时间的变化，以及成员标签的均值。"
    ),
    "entered": "进入",
    "left": "离开",
    "stayed": "留下",
    "customer": "客户",
    "test": "条件",
    "before": "之前",
    "after": "之后",
    "members": "人数",
    "rule": "规则",
    "Follow an audience no more.": "不再跟踪一个人群。",
    "The audience {name} is followed no more.": "不再跟踪人群 {name}。",
    # destinations
    "Systems that are told what becomes different about customers.": "把客户的变化通知给其他系统。",
    "The destination's name; its letters' ids begin with it.": "目的地的名字；发给它的消息编号以此开头。",
    "Tell it of this tag; may be repeated.": "通知这个标签的变化；可重复。",
    "Tell it of this audience; may be repeated.": "通知这个人群的进出；可重复。",
    "List all destinations and how far they have been told; never their secrets.": (
        "列出全部目的地及通知进度；从不显示密钥。"
    ),
    "url": "地址",
    "format": "格式",
    "position": "位置",
    "behind": "落后",
    "late": "待重试",
    "dead": "死信",
    "failing since {time}: {reason}": "自 {time} 失败：{reason}",
    "Where letters go; for Segment's formats the host, to which /v1/batch is added.": (
        "消息发往的地址；segment 格式写主机，自动加 /v1/batch。"
    ),
    "Signed Standard Webhooks, or Segment's protocol: by events, or by identify alone.": (
        "带签名的 Standard Webhooks，或 Segment 协议：以事件告知，或只用 identify。"
    ),
    "For Segment's formats.": "用于 Segment 的格式。",
    "Its address may lie in a private network, and be http.": "允许内网地址，也允许 http。",
    "Have a system told of changes from now on, and print the secret that letters are signed with, once.": (
        "从现在起把变化通知给一个系统，并打印一次签名密钥。"
    ),
    "{name} is told of everything after position {position}.": "{name} 将收到位置 {position} 之后的全部变化。",
    "Where letters go from now on.": "今后消息发往的地址。",
    "For Segment's formats; given anew with another address.": "用于 Segment 的格式；更换地址时须重新给出。",
    "Tell it elsewhere or of other things. What is not given stays, as do its secret and its position.": (
        "更换地址，或改为通知其他标签与人群。未给出的不变，密钥与位置也不变。"
    ),
    "Send it a letter that tells of nobody, once, and say what it answered.": (
        "发送一条不涉及任何客户的测试消息，只发一次，并显示对方的答复。"
    ),
    "{letter_id} was accepted: {reason}": "{letter_id} 已被接收：{reason}",
    "{letter_id} was not accepted: {reason}": "{letter_id} 未被接收：{reason}",
    "Tell it nothing any more, at once. Its position is remembered.": "立即停止通知，记住它的位置。",
    "Go on where it was disabled, as far back as changes are kept.": "从停用处继续，最早到仍保留的变化。",
    "Only say how many letters that would be.": "只说明共有多少条消息。",
    "{letters} letters.": "{letters} 条消息。",
    "At least {letters} letters.": "至少 {letters} 条消息。",
    "The first it is told of once more.": "从这个位置起重发。",
    "Tell it once more of everything from a position on, under the same ids.": "从某个位置起重发全部变化，编号不变。",
    "Letters that were given up.": "放弃投递的消息（死信）。",
    "Only this one's.": "只看这个目的地的。",
    "Show letters that were given up, newest first, with the reason and the message.": (
        "列出死信，新的在前，含原因与内容。"
    ),
    "There is no dead letter.": "没有死信。",
    "Only this destination's.": "只重试这个目的地的。",
    "Only this one, by its number in the list.": "只重试列表中这个编号的。",
    "Try dead letters again, all of them or those named. They come after what was told meanwhile.": (
        "重试死信，全部或指定的。它们会排在其间已通知的变化之后。"
    ),
    "{letters} letters are tried again.": "重试 {letters} 条死信。",
}
