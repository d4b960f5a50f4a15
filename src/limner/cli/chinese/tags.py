"""Tags, and the values they are given."""

from __future__ import annotations

from collections.abc import Mapping

TAGS: Mapping[str, str] = {
    # tags
    "The tag system, as YAML files in tags/.": "标签体系：tags/ 下的 YAML 文件。",
    "Read the files and say everything that is wrong with them.": "检查标签文件，一次列出全部问题。",
    "Show what apply would change, and what was changed by another door meanwhile.": (
        "显示 apply 将改变什么，以及其间别处改了什么。"
    ),
    "Publish the tags as the files have them. What is absent from the files stays, unless --prune.": (
        "按文件发布标签。文件中没有的保留，除非加 --prune。"
    ),
    "Take out tags that are absent from the files.": "下线文件中没有的标签。",
    "The files count, whatever was published by another door.": "以文件为准，不管别处发布了什么。",
    "published, deprecated, retired, draft, previewed, submitted or approved; may be repeated.": (
        "published 已发布、deprecated 不再推荐、retired 已下线、draft 草稿、previewed 已预览、submitted 已提交或"
        " approved 已批准；可重复。"
    ),
    "conflicting": "两处都改了",
    "published": "已发布",
    "deprecated": "不再推荐",
    "retired": "已下线",
    "preparing": "准备中",
    "draft": "草稿",
    "previewed": "已预览",
    "submitted": "已提交",
    "approved": "已批准",
    "draft: {stage}": "另有草稿：{stage}",
    "who": "谁",
    "why": "原因",
    "Even though it is in use; with a reason.": "即使有人在用；须写明原因。",
    "Write into the files what was published by another door since they agreed.": "把别处发布的改动写回标签文件。",
    "These tags; else all that are behind.": "这些标签；不写则为所有落后的。",
    "Also over what the files changed themselves.": "文件自己改过的也覆盖。",
    "Write a draft of a tag, to be submitted for review. What is published stays as it is.": (
        "写一个标签的草稿，供提交审核。已发布的不变。"
    ),
    "As in a tags file, YAML or JSON; @FILE reads it.": "写法同标签文件，YAML 或 JSON；@文件 则从文件读取。",
    "Forget a draft. What is published stays.": "丢弃草稿。已发布的不变。",
    "The draft of {name} is gone.": "{name} 的草稿已丢弃。",
    "Ask somebody else to review the draft; it needs a title, a group and an owner by now.": (
        "提交草稿，请他人审核；此时须有标题、分组和负责人。"
    ),
    "Take a submission back; it is a draft again.": "撤回提交，回到草稿。",
    "Let a submission of somebody else be published.": "批准他人提交的草稿。",
    "Send a submission back, with a reason; it is a draft again.": "驳回提交并说明原因，回到草稿。",
    "List what waits for a reviewer, or for publication, oldest first.": "列出待审核与待发布的草稿，先来的在前。",
    "Make an approved draft what is computed from now on.": "发布已批准的草稿，从此按它计算。",
    "Publish the definition of an older version as a new version.": "把旧版本的定义作为新版本发布。",
    "Whose definition is published again.": "要重新发布哪个版本的定义。",
    "Advise against a tag, which is computed as before. Says who uses it.": (
        "不再推荐一个标签，仍照常计算。会说明谁在用。"
    ),
    "Publish a deprecated or retired tag again, as it was.": "按原样恢复不再推荐或已下线的标签。",
    "Compute a tag no more; its versions stay. Says who uses it; forced, the tags that read it go with it.": (
        "下线一个标签，版本保留。会说明谁在用；强制时，读取它的标签一并下线。"
    ),
    "List the versions of a tag, oldest first, with what each changed.": "列出标签的各个版本及其改动，先旧后新。",
    "Compare the draft with what is published, or two versions, field by field.": (
        "逐项比较草稿与已发布的，或两个版本。"
    ),
    "Show what a tag needs, itself and through others, and who uses it.": (
        "显示一个标签需要什么（含间接的），以及谁在用。"
    ),
    "Show how tags are: coverage, freshness, stability, power, near-duplicates, users; zombies are marked.": (
        "显示标签健康：覆盖率、新鲜度、稳定性、区分力、近似重复、使用者；无人用的会标出。"
    ),
    "Try a draft on some customers: distribution, coverage, examples with their evidence. Nothing is changed.": (
        "在抽样客户上试算草稿：分布、覆盖率、带依据的例子。不改变任何东西。"
    ),
    "A file of tags, or of one definition; it need not be in tags/.": (
        "标签文件，或只含一个定义的文件；不必在 tags/ 里。"
    ),
    "This tag of the file; without a file its draft, else what is published.": (
        "文件中的这个标签；不给文件时为它的草稿，无草稿则为已发布的定义。"
    ),
    "How many customers of them are looked at.": "抽取多少位客户。",
    "As things stood then.": "以当时的情况为准。",
    "The same seed gives the same customers.": "种子相同，抽到的客户相同。",
    "{n} customers, {share} of them have a value.": "{n} 位客户，其中 {share} 有值。",
    "since": "更新于",
    "How far sources are believed where they contradict each other.": "各来源说法不一时，各自的可信程度。",
    "List the sources: reliability as configured and as learned, claims compared, agreement with others.": (
        "列出来源：配置的与学到的可信度、参与比较的说法数、与其他来源的一致率。"
    ),
    "Show one source, trait by trait.": "逐项资料显示一个来源。",
    "As it stands on events.": "即事件上记载的名称。",
    "As it was learned by then; else by the last midnight.": "截至该时刻学到的；不写则为最近一次零点的。",
    "configured": "配置",
    "reliability": "可信度",
    "claims": "说法数",
    "agreement": "一致率",
    "This tag; else all.": "这个标签；不写则为全部。",
    "Look now; else as it was found last, once a day.": "现在查看；否则取每天一次的最近结果。",
    "coverage": "覆盖率",
    "distinct": "不同值",
    "newest event": "最新事件",
    "stability": "稳定性",
    "like": "近似",
    "zombie": "无人用",
    "Else the one before --to.": "不写则为 --to 的前一个。",
    "Else the draft, or the newest.": "不写则为草稿，无草稿则为最新版本。",
    "The draft is {stage} ({who}).": "草稿：{stage}（{who}）。",
    "Something else was published since it was written.": "草稿写成之后，又有别的内容发布。",
    "{name} is published as version {version}.": "{name} 已发布为第 {version} 版。",
    "{name} is {status}.": "{name}：{status}。",
    "List the tags by group.": "按分组列出标签。",
    "Show one tag: what it says, its definition, what it reads, who reads it, its history.": (
        "显示一个标签：含义、定义、读取什么、被谁使用、历史。"
    ),
    "List the starter tag systems, or print one: save it in tags/ and change it.": (
        "列出起步标签体系，或打印其中一套：存入 tags/ 后修改。"
    ),
    "Print this one, as YAML.": "打印这一套（YAML）。",
    "The tag's name.": "标签名。",
    "Note": "提示",
    "{n} tags are right.": "{n} 个标签没有问题。",
    "Nothing changes.": "没有变化。",
    "added": "新增",
    "restored": "恢复",
    "changed": "修改",
    "removed": "下线",
    "used by tags": "使用它的标签",
    "used by audiences": "使用它的人群",
    "used by destinations": "使用它的目的地",
    "absent": "文件中没有",
    "group": "分组",
    "name": "名称",
    "layer": "层",
    "title": "标题",
    "Say a published tag as one sentence, in Chinese and in English.": "用中英文各一句话说明已发布的标签。",
    "Write a starter tag system into tags/, to be trimmed; nothing is overwritten.": (
        "把一套起步标签写入 tags/，供删改；不覆盖任何文件。"
    ),
    "A starter, as `templates` lists them.": "起步标签体系的名字，见 templates。",
    "Wrote {n} tags into {file}.": "已把 {n} 个标签写入 {file}。",
    # values that are given
    "Enter the value of a tag of one customer; it is an event on the timeline.": (
        "为一位客户录入标签的值；它是时间线上的一个事件。"
    ),
    "Take a value that was entered by hand away again.": "撤销手工录入的值。",
    "List the forms of forms.yaml and what they ask for.": "列出 forms.yaml 中的表单及其字段。",
    "Enter what a form asks of a customer, in one event.": "按表单录入一位客户的多项值，记为一个事件。",
    "Give an imported tag the values of a file, in the place of those it has.": (
        "用文件中的值更新导入标签，取代原有的值。"
    ),
    "Run the queries of SQL tags.": "运行 SQL 标签的查询。",
    "List what imports and queries wrote, the last first.": "列出导入与查询写入的记录，最近的在前。",
    "There are no forms.": "没有表单。",
    "Of the kind the tag takes.": "须符合标签的类型。",
    "Why; kept with the value.": "原因；与值一并保存。",
    "A form of forms.yaml.": "forms.yaml 中的表单。",
    "One field; give it again.": "一个字段；可多次给出。",
    "CSV, Excel, Parquet, JSON lines, or a database's URL.": "CSV、Excel、Parquet、JSON lines 文件，或数据库 URL。",
    "Whom a row is of, such as phone:mobile.": "每行属于谁：类型:列名，如 phone:mobile。",
    "The column of the values; none for a list of members.": "值所在的列；名单则不写。",
    "Until when the values hold; else as the tag says.": "值的有效期；不写则按标签的定义。",
    "SQL tags; all unless given.": "SQL 标签；不写即全部。",
    "Only those whose time has come.": "只运行到期的。",
    "unknown": "尚无此人",
    "empty": "空行",
    "expires_at": "失效时间",
    "run": "记录号",
    "at": "时间",
    "author": "录入人",
}
