"""The command line's texts in Chinese, by their English."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    # personas
    "Personas: the typical customers, as cards and as a tag.": "人物原型：典型客户，既是卡片，也是标签。",
    "p1, p2, ...: as `personas list` has it.": "p1、p2……：见 `personas list`。",
    "Why; kept with the version.": "原因；与版本一并保存。",
    "Seek the typical customers among those there are now; nothing is published by it.": (
        "在现有客户中寻找典型客户；不会发布。"
    ),
    "How many personas; the data decides unless given.": "几个人物原型；不写则由数据决定。",
    "List the personas with their sizes, and how far they can be relied on.": "列出人物原型、人数及其可靠程度。",
    "No personas yet: `limner personas fit` seeks them.": "还没有人物原型：运行 `limner personas fit` 寻找。",
    "stability {stability}, rules agree with types {agreement}, sought in {tags} tags": (
        "稳定性 {stability}，规则与类型一致 {agreement}，依据 {tags} 个标签"
    ),
    "Not published: `limner personas publish` makes them a tag.": (
        "尚未发布：运行 `limner personas publish` 发布为标签。"
    ),
    "Show a persona's card, and what was written on it when.": "查看一张人物卡片，以及何时写过什么。",
    "Write its picture there, as SVG.": "把头像以 SVG 写到该文件。",
    "Write on a persona's card: a new version, which later fits leave as it is.": (
        "改写人物卡片：成为新版本，以后重新寻找时予以保留。"
    ),
    "What it is called.": "名称。",
    "In short.": "简介。",
    "A moment in their life.": "生活场景。",
    "Why they buy; may be repeated.": "购买动机；可重复。",
    "What they want to reach; may be repeated.": "目标；可重复。",
    "In their words; may be repeated.": "原话；可重复。",
    "Alone: this version becomes the newest again.": "单独给出时：该版本重新成为最新版本。",
    "Let the language model of limner.toml tell a persona's card, from its figures alone.": (
        "由 limner.toml 中的语言模型撰写人物卡片，只依据其数字。"
    ),
    "Make the personas a tag that says of everybody, at any instant, which one they are.": (
        "把人物原型发布为标签：任何时刻都能说出每位客户属于哪一个。"
    ),
    "Though the types are not stable.": "即使类型不稳定也发布。",
    "The tag {tag} says so now, as version {version}.": "标签 {tag} 现为版本 {version}，已按此计算。",
    "persona": "人物原型",
    "worth": "价值",
    "of all": "全体占比",
    "motives": "动机",
    "goals": "目标",
    "quotes": "原话",
    # models
    "Models: declared in files, fitted on the past, published as tags.": (
        "模型：在文件中声明，用过去的数据训练，发布为标签。"
    ),
    "The model's name, as models/*.yaml has it.": "模型的名字，见 models/*.yaml。",
    "A version; the newest unless given.": "版本；不写即最新。",
    "List models, how good the newest version is, and which one is published.": (
        "列出模型、最新版本的质量，以及已发布的版本。"
    ),
    "There are no models: declare one in models/*.yaml.": "没有模型：请在 models/*.yaml 中声明。",
    "Check the files of models; what is wrong is said with its place.": "检查模型文件；问题会指出所在位置。",
    "{count} models, nothing is wrong.": "共 {count} 个模型，没有问题。",
    "Fit a new version on what was known at past instants, and test it on later ones.": (
        "用过去各时点当时已知的内容训练新版本，并在之后的时间上检验。"
    ),
    "Test a version again, on the latest time whose outcome is known.": "在结果已知的最近时间上重新检验一个版本。",
    "Show a model: its versions, and the card of one of them.": "查看模型：各版本，以及其中一个的说明卡。",
    "{name} was never fitted: `limner models fit {name}` does.": "{name} 尚未训练：运行 `limner models fit {name}`。",
    "Write what a version says of everybody into the tags that show it; refused below the stated quality.": (
        "把一个版本对所有客户的预测写入引用它的标签；低于声明的质量则拒绝。"
    ),
    "Say why a customer's prediction would be what it is now.": "说明一位客户当前预测值的原因。",
    "Draw the curves of a version's card: calibration, gain, survival ...": (
        "画出一个版本说明卡中的曲线：校准、增益、生存……"
    ),
    "The folder for the files.": "存放文件的文件夹。",
    "What to draw.": "画成什么格式。",
    "There is no curve to draw.": "没有可画的曲线。",
    "The model says nothing of this customer.": "模型对这位客户没有预测。",
    "model": "模型",
    "fitted": "训练时间",
    "quality": "质量",
    "passed": "合格",
    "not good enough": "不合格",
    "feature": "特征",
    "weight": "权重",
    "positives": "正例",
    "examples": "样本",
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
    # what to do next
    "What to do next about customers: actions of actions.yaml.": "对客户的下一步行动：actions.yaml 中的行动。",
    "List the actions there are.": "列出行动。",
    "Say what to do about one customer now, why, and why nothing else.": "此刻对一位客户做什么，为什么，为何不做别的。",
    "Decide about everybody who meets a rule.": "对满足条件的每个人作出决定。",
    "Remember the decision as an event: it is about to be done.": "把决定记为事件：即将执行。",
    "Remember the decisions as events: they are about to be done.": "把决定记为事件：即将执行。",
    "There are no actions.": "没有行动。",
    "action": "行动",
    "channel": "渠道",
    "gain": "收益",
    "explored": "随机探索",
    "remembered": "已记录",
    "cost": "成本",
    # offers
    "Offer a customer the items that go best with them, each with its reason.": "推荐最适合这位客户的商品，附理由。",
    "Rank these items instead of choosing some.": "给这些商品排序，而不是自行挑选。",
    "How many items.": "商品数量。",
    "The model; may be left out where one is declared.": "模型；只声明了一个时可不写。",
    "When and where.": "时间与地点。",
    "item": "商品",
    "score": "得分",
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
    "absent": "文件中没有",
    "group": "分组",
    "name": "名称",
    "layer": "层",
    "title": "标题",
    # fold, profile, export
    "Fold every customer's timeline into the columns of all tags.": "把每位客户的时间线折叠成全部标签列。",
    "Print the plan instead of running it.": "只打印计划，不执行。",
    "Print one customer's portrait, by layer.": "按层打印一位客户的画像。",
    "Write a row per customer to a file: its id, identifiers and tags.": (
        "写出文件：每位客户一行，含客户号、标识与标签。"
    ),
    "customers": "客户",
    "events": "事件",
    "tags": "标签",
    "as_of": "截至",
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
    # identity, erase
    "Which identifiers are one customer (One-ID).": "哪些标识是同一位客户（One-ID）。",
    "Show a customer's identifiers, and which of them are shared by too many to link anybody.": (
        "显示客户的标识，以及其中因共用而不再关联的。"
    ),
    "type": "类型",
    "value": "值",
    "shared": "共用",
    "first seen": "首次出现",
    "last seen": "最近出现",
    "Say that two keys are one customer. Kept as an event; split takes it back.": (
        "认定两个标识是同一位客户。作为事件保存；可用 split 撤回。"
    ),
    "Take identifiers out of their customer; they become one of their own, with their events.": (
        "把标识从客户中拆出，连同其事件成为另一位客户。"
    ),
    "The identifiers that leave: type:value.": "要拆出的标识：类型:值。",
    "Stop following a customer, such as a bot: its events are kept, its portrait stays as it is.": (
        "停止跟随某位客户（如爬虫）：事件照存，画像停在此刻。"
    ),
    "Follow a customer again, with all that came in meanwhile.": "恢复跟随某位客户，期间的事件一并计入。",
    "Say why two keys are, or are not, one customer: the chain of events that links them.": (
        "说明两个标识为何是（或不是）同一位客户：关联的事件链。"
    ),
    "Remove a person from everything that is stored. There is no way back.": "把一个人从全部存储中抹除，不可恢复。",
    "Do not ask.": "不再询问。",
    "Erasing cannot be undone: say --yes to do it without being asked.": "抹除不可撤销：加 --yes 则不再询问。",
    "Erase {key} for ever?": "确定永久抹除 {key}？",
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
    "Where letters go; for segment the host, to which /v1/batch is added.": (
        "消息发往的地址；segment 格式写主机，自动加 /v1/batch。"
    ),
    "Signed Standard Webhooks, or Segment's protocol.": "带签名的 Standard Webhooks，或 Segment 协议。",
    "For segment.": "用于 segment 格式。",
    "Its address may lie in a private network, and be http.": "允许内网地址，也允许 http。",
    "Have a system told of changes from now on, and print the secret that letters are signed with, once.": (
        "从现在起把变化通知给一个系统，并打印一次签名密钥。"
    ),
    "{name} is told of everything after position {position}.": "{name} 将收到位置 {position} 之后的全部变化。",
    "Tell it nothing any more, at once. Its position is remembered.": "立即停止通知，记住它的位置。",
    "Go on where it was disabled, as far back as changes are kept.": "从停用处继续，最早到仍保留的变化。",
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
