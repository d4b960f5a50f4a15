"""Models and personas: what they are declared by, why they cannot be trained, and why they are not published."""

from __future__ import annotations

from collections.abc import Mapping

_DECLARED: Mapping[str, str] = {
    "There is no model {name}.": "没有模型{name}。",
    "Declare it in {folder}/*.yaml.": "请在 {folder}/*.yaml 中声明。",
    "the kind is missing.": "没有写明模型的种类。",
    "models look in whole days.": "模型以整数天为单位。",
    "Write {days}d.": "请写 {days}d。",
    "features are auto, or a list of tags and folds.": "features 应为 auto，或一列标签和聚合。",
    "Write [orders_90d, {visits: {count: '*', of: page}}].": "写法如 [orders_90d, {visits: {count: '*', of: page}}]。",
    "a list of names is wanted.": "这里应为一列名称。",
    "Write [name, name].": "写法如 [名称, 名称]。",
    "a whole number from 1 to {most} is wanted.": "这里应为 1 至 {most} 的整数。",
    "a whole number from 2 to {most} is wanted.": "这里应为 2 至 {most} 的整数。",
    "Leave it out: the data decides.": "不写则由数据决定。",
    "a tag, or a list of tags, is wanted.": "这里应为一个或一列标签。",
    "{name} is a published tag already.": "{name} 已是发布的标签。",
    "Call the fold otherwise.": "请给这个聚合换个名称。",
    "{label} is the answer, and no feature.": "{label} 是要预测的结果，不能作特征。",
    "bands are a list of numbers that ascend.": "bands 应为从小到大的一列数字。",
    "Write [18, 25, 35, 45].": "写法如 [18, 25, 35, 45]。",
    "like whom?": "没有写明与谁相似。",
    "Give seeds: the name of an audience, or a condition such as {vip: true}.": (
        "请给出种子：人群名，或条件，如 {vip: true}。"
    ),
    "the fewest and the most days are wanted.": "这里应为最少和最多天数。",
    "Write [45, 75].": "写法如 [45, 75]。",
    "ascending bounds are wanted.": "这里应为从小到大的分界。",
    "Write [15, 30, 60, 120].": "写法如 [15, 30, 60, 120]。",
    "recency, frequency and money need equally many bounds.": "recency、frequency、money 的分界数应相同。",
    "The bounds of {name} must ascend, and be one at least: {bounds}.": (
        "{name} 的分界应从小到大，至少一个：{bounds}。"
    ),
    "a sequence cannot be foretold.": "序列不能作为预测目标。",
    "Foretell its last step.": "请预测它的最后一步。",
    "what is foretold lies in the horizon.": "预测目标的时间由 horizon 决定。",
    "Leave within, before, between and after out.": "请去掉 within、before、between 和 after。",
    "who was in a snapshot of {name} is no outcome.": "是否在 {name} 的快照中，不能作为预测目标。",
    "Name the audience without the snapshot.": "请只写人群，不写快照。",
    "what is to be foretold?": "没有写明预测什么。",
    "Give event: order_paid, or label: {did: order_paid, sum: amount, is: {gte: 300}}.": (
        "请写 event: order_paid，或 label: {did: order_paid, sum: amount, is: {gte: 300}}。"
    ),
    "which event is waited for?": "没有写明等待哪个事件。",
    "Give event: order_paid.": "写法如 event: order_paid。",
    "which campaign was drawn by lot?": "没有写明是哪次随机分组的活动。",
    "Write trial: {event: ..., arm: ..., treated: ...}.": "写法为 trial: {event: ..., arm: ..., treated: ...}。",
    "the arm that was left alone is another than the one that was treated.": "对照组与实验组不能相同。",
    "which events are interactions?": "没有写明哪些事件算互动。",
    "there are no interactions.": "没有写任何互动事件。",
    "Write {order_paid: {item: 'products[].sku', weight: 5}, view_item: sku}.": (
        "写法如 {order_paid: {item: 'products[].sku', weight: 5}, view_item: sku}。"
    ),
    "a list of attributes of items is wanted.": "这里应为一列物品属性。",
    "Write [category, brand].": "写法如 [category, brand]。",
    "which interests?": "没有写明有哪些兴趣。",
    "Write {健康: {保健: 1, 运动: 0.5}}.": "写法如 {健康: {保健: 1, 运动: 0.5}}。",
    "no word speaks for it.": "没有代表它的词。",
    "Write {保健: 1, 运动: 0.5}, or [保健, 运动].": "写法如 {保健: 1, 运动: 0.5}，或 [保健, 运动]。",
    "which tastes?": "没有写明有哪些偏好。",
    "Write {category: {order_paid: 'products[].category'}, weekday: [order_paid]}.": (
        "写法如 {category: {order_paid: 'products[].category'}, weekday: [order_paid]}。"
    ),
    "no event is read.": "没有读取任何事件。",
    "Write {order_paid: 'products[].category', view_item: category}.": (
        "写法如 {order_paid: 'products[].category', view_item: category}。"
    ),
    "there is no event {name} in the log.": "日志里没有事件{name}。",
    "new ({new} days) must be over 0 and end no later than growing ({growing}).": (
        "新客期（{new} 天）应大于 0，且不长于成长期（{growing}）。"
    ),
    "fading ({fading}) must be over 0 and begin no later than lost ({lost}).": (
        "衰退期（{fading}）应大于 0，且不晚于流失（{lost}）。"
    ),
    "{name} are the fewest and the most days, over 0 and in this order: {least}, {most}.": (
        "{name} 依次为最少和最多天数，都应大于 0：{least}、{most}。"
    ),
    "Nobody may be lost before fading: fading_days must not exceed lost_days.": (
        "先衰退后流失：fading_days 不能大于 lost_days。"
    ),
    "The balance of scores and diversity is 0 to 1, not {balance}.": (
        "得分与多样性的权衡应在 0 至 1 之间，不能是 {balance}。"
    ),
    "A half-life is over 0 days; this is {days}.": "半衰期应大于 0 天，这里是 {days}。",
}
_TRAINING: Mapping[str, str] = {
    "the data is too short: it must be longer than the horizon.": "数据时间太短，应长于预测期。",
    (
        "too little to learn from: the truth is known of {known} customers (of {wanted}), and {values} "
        "values have {each} of them (of 2)."
    ): "可学习的数据太少：已知结果的客户 {known} 位（需 {wanted} 位），满 {each} 位的取值 {values} 个（需 2 个）。",
    "Ask more of them, or join values.": "请多收集一些，或合并取值。",
    "nobody is in its population at the past instants it would learn from.": (
        "在用来学习的过去时点上，没有客户符合其范围。"
    ),
    "too few to learn from: there are {seeds} seeds (of {wanted}) among {count} customers.": (
        "可学习的数据太少：{count} 位客户中有 {seeds} 个种子（需 {wanted} 个）。"
    ),
    "Widen the rule of the seeds.": "请放宽种子的条件。",
    "too little to learn from: {buyers} customers have bought (of {wanted} at least).": (
        "可学习的数据太少：买过的客户 {buyers} 位（至少 {wanted} 位）。"
    ),
    "Widen the population, wait for more data, or say least: {customers: ...}.": (
        "请扩大范围、等待更多数据，或设置 least: {customers: ...}。"
    ),
    "Import what customers did.": "请导入客户的行为数据。",
    "too little to learn from: only {customers} customers (of {wanted}) did any of what it reads.": (
        "可学习的数据太少：只有 {customers} 位客户（需 {wanted} 位）有相关行为。"
    ),
    "Read more events, wait for more data, or say least: {customers: ...}.": (
        "请读取更多事件、等待更多数据，或设置 least: {customers: ...}。"
    ),
    "none of its words is in anything that customers did or answered.": "客户的行为和回答中没有出现它的任何一个词。",
    "Write the words as they stand in the properties that are read.": "请按所读属性中的写法填写这些词。",
    "the data is too short: an outcome takes {days} days, and so does that of the test.": (
        "数据时间太短：结果需要 {days} 天，检验也需要同样长。"
    ),
    "Shorten the horizon, or wait.": "请缩短预测期，或等待更多数据。",
    "too little to learn from: there are only {lacking}.": "可学习的数据太少：只有 {lacking}。",
    "Widen the population, lengthen the horizon, or wait for more data.": "请扩大范围、加长预测期，或等待更多数据。",
    (
        "too little to learn from: {customers} customers had to do with {items} items; at least {wanted} and "
        "{least} are needed."
    ): "可学习的数据太少：{customers} 位客户与 {items} 件物品有过互动，至少需要 {wanted} 位和 {least} 件。",
    "Declare more events as interactions, or wait for more data.": "请声明更多互动事件，或等待更多数据。",
    "the data is too short: an outcome takes {horizon}.": "数据时间太短：结果需要 {horizon}。",
    "nothing is known of anybody from before the trial of {at}.": "{at} 实验之前没有任何客户的数据。",
    "Is trial.at the day on which the arms were drawn?": "trial.at 是分组当天吗？",
    "the horizon of {horizon} after the trial is not over yet.": "实验后的观察期 {horizon} 还没有结束。",
    "Wait, or shorten the horizon.": "请等待，或缩短观察期。",
    "nobody is in the arms {treated} and {control} of the trial.": "实验的{treated}组和{control}组里没有客户。",
    "It has {arms}.": "现有 {arms}。",
    "Nobody has the event, or not by then.": "没有客户有这个事件，或当时还没有。",
    (
        "{count} customers have a history before the split and took up something new after it; at least "
        "{least} are needed."
    ): "在切分点之前有记录、之后又有新互动的客户有 {count} 位，至少需要 {least} 位。",
    "Choose an earlier split, or wait for more events.": "请选更早的切分点，或等待更多事件。",
    "All interactions are on one side of the split: there is nothing to hold against.": (
        "互动都在切分点的同一侧，无从检验。"
    ),
    "The weight of an interaction must be a number of 0 or more.": "互动的权重应为不小于 0 的数字。",
    "There are no interactions: nobody has had to do with any item.": "没有互动：客户与物品之间没有任何往来。",
    "Do the events have the names and the item property that are declared?": "事件名和物品属性是否与声明一致？",
    "No item has interactions of {least} customers: there is nothing to learn from.": (
        "没有物品被 {least} 位客户互动过，无从学习。"
    ),
    "EASE is for up to {most} items; there are {items}.": "EASE 最多用于 {most} 件物品，现有 {items} 件。",
    "Use item_to_item or als.": "请改用 item_to_item 或 als。",
    "Nobody has bought anything yet: there are no quantiles to cut at.": "还没有客户买过东西，无法按分位划分。",
    "frequency is 0 in all rows: nobody has bought again, and there is nothing to fit.": "没有客户复购过，无从训练。",
    "A fit needs at least {least} customers; there are {count}.": "训练至少需要 {least} 位客户，现有 {count} 位。",
    "A fit needs at least {least} customers{who}; there are {count}.": (
        "训练至少需要 {least} 位客户（{who}），现有 {count} 位。"
    ),
    "These purchase histories do not determine the model: one of its parameters grows without bound.": (
        "现有的购买记录不足以确定模型：有参数无界增长。"
    ),
    "Customers must differ in how often they buy, and some must have stopped.": (
        "客户的购买频次须有差别，且有一部分已不再购买。"
    ),
    "All {count} labels are yes: there is nothing to tell apart.": "{count} 个样本的结果全部为“是”，无从区分。",
    "All {count} labels are no: there is nothing to tell apart.": "{count} 个样本的结果全部为“否”，无从区分。",
    "There is no feature to learn from.": "没有可用的特征。",
    "Every feature is the same for all customers: there is nothing to learn from.": "所有客户的特征都相同，无从学习。",
    "One of the labels is too rare to be learned: there are too few of it to set some aside.": (
        "有一类结果太少，不足以留出一部分检验。"
    ),
    "Nobody was treated: nobody was treated, and there is nothing to compare with.": "没有实验组客户，无从比较。",
    "Nobody was left alone: everybody was treated, and there is nothing to compare with.": (
        "没有对照组客户，无从比较。"
    ),
    "Nobody was {arm}: {other}, and there is nothing to compare with.": "没有“{arm}”一组的客户（{other}），无从比较。",
    "An effect is found only where a part of the customers, drawn by lot, was left alone.": (
        "只有随机留出一部分客户作对照，才能测出增益。"
    ),
    "Only {count} customers were treated; at least {least} are needed.": (
        "实验组只有 {count} 位客户，至少需要 {least} 位。"
    ),
    "Only {count} customers were left alone; at least {least} are needed.": (
        "对照组只有 {count} 位客户，至少需要 {least} 位。"
    ),
    "Only {count} customers were {arm}; at least {least} are needed.": (
        "{arm} 组只有 {count} 位客户，至少需要 {least} 位。"
    ),
    "The outcome is {value} for everybody: there is no effect to be found.": (
        "所有客户的结果都是 {value}，测不出增益。"
    ),
}
_TESTED: Mapping[str, str] = {
    "The data is too short to test it on later time.": "数据时间太短，无法在之后的时间上检验。",
    "The data is too short to test it on time it was not fitted on.": "数据时间太短，无法在训练之外的时间上检验。",
    "On the time it is tested on, all outcomes are the same.": "检验期内的结果全部相同。",
    "There is no seed left to test it on.": "没有留下可检验的种子。",
    "Nobody of whom an interest is said did anything in the time of the test.": (
        "有兴趣结论的客户在检验期内都没有行为。"
    ),
    "Nobody of whom a taste is said did anything in the time of the test.": "有偏好结论的客户在检验期内都没有行为。",
    "{metric} could not be measured; at least {bound} is demanded.": "{metric}无法测出，要求至少 {bound}。",
    "{metric} could not be measured; at most {bound} is demanded.": "{metric}无法测出，要求至多 {bound}。",
    "{metric} is {found}; at least {bound} is demanded.": "{metric}为 {found}，要求至少 {bound}。",
    "{metric} is {found}; at most {bound} is demanded.": "{metric}为 {found}，要求至多 {bound}。",
    "{leak}. Leave it out with without: [{name}], or say that it is none with trust: [{name}].": (
        "{leak}。请用 without: [{name}] 排除它；若确无泄漏，用 trust: [{name}] 声明。"
    ),
}
_KEPT: Mapping[str, str] = {
    "The model's files cannot be read: {error}.": "模型文件无法读取：{error}。",
    "Fit the model again.": "请重新训练。",
    "Fit the model again; what was published before stays as it is.": "请重新训练；此前发布的保持不变。",
    "{folder} is a model of the kind {found}, not {kind}.": "{folder} 是 {found} 模型，不是 {kind}。",
    "The files of {folder} are not as they were written.": "{folder} 的文件与写入时不符。",
    "The files of {folder} cannot be read: {error}.": "{folder} 的文件无法读取：{error}。",
    "The files of {folder} have format {found}; this Limner reads {known}.": (
        "{folder} 的文件格式为 {found}，当前版本支持 {known}。"
    ),
    "The model's files have format {found}; this Limner reads {known}.": (
        "模型文件的格式为 {found}，当前版本支持 {known}。"
    ),
    "The model reads {lacking}, which the table does not have.": "模型需要 {lacking}，数据中没有。",
    "{name} was a number when the model was fitted, and is not one now.": "{name} 在训练时是数字，现在不是了。",
    "{name} has no curve {curve}.": "{name} 没有曲线{curve}。",
    "{name} is not published: {cause}": "{name} 没有发布：{cause}",
    "What was published before stays as it is.": "此前发布的保持不变。",
    "Declare one, {definition}, and `limner tags apply`.": "请声明一个：{definition}，再运行 `limner tags apply`。",
    "No published tag shows {name}.": "没有已发布的标签引用 {name}。",
    "{tag}: {model} says no {output}.": "{tag}：{model} 没有输出{output}。",
    "Write model: {name: {model}, type: {wanted}}.": "请写 model: {name: {model}, type: {wanted}}。",
    "{tag} takes {given}, but what {model} says is {wanted}.": (
        "{tag} 的类型是 {given}，而 {model} 的输出是 {wanted}。"
    ),
}
_PERSONAS: Mapping[str, str] = {
    "There is no persona {name}.": "没有人物原型{name}。",
    "The card of {persona} has no version {version}; the newest is {newest}.": (
        "{persona} 的卡片没有版本 {version}，最新为 {newest}。"
    ),
    "No personas have been sought yet.": "还没有寻找过人物原型。",
    "`limner personas fit` seeks them.": "点“重新寻找”，或运行 `limner personas fit`。",
    (
        "The types are not stable: among resampled customers they are found again with an adjusted Rand "
        "index of {stability}, and {wanted} is wanted. What is published stays."
    ): "类型不稳定：在重抽样的客户中再次找到的一致性（调整兰德指数）为 {stability}，要求 {wanted}。已发布的保持不变。",
    "Seek them in other tags, ask for fewer, wait for more customers, or publish with force.": (
        "请换用其他标签、减少数量、等待更多客户，或强制发布。"
    ),
    "Nothing is to be changed.": "没有要修改的内容。",
    "Give some of {fields}.": "可修改 {fields}。",
    "{key} is measured, and not written.": "{key} 来自测量，不能修改。",
    "{key} is no field of a persona.": "人物原型没有 {key} 这一项。",
    "{key} is a text, or {example}.": "{key} 应为文本，或 {example}。",
    "{key} is a list of at most {most} texts.": "{key} 应为至多 {most} 条文本。",
    "{key} wants a text of 1 to {most} letters.": "{key} 应为 1 至 {most} 个字。",
    "There are {count} customers to find types among; fewer than {least} would show chance.": (
        "可分型的客户有 {count} 位，少于 {least} 位时结果只是偶然。"
    ),
    "Wait for more, or widen the population.": "请等待更多客户，或扩大范围。",
    "Personas need two tags at least that tell customers apart: words, truths, or numbers you name.": (
        "人物原型至少需要两个能区分客户的标签：文字、真假，或您指定的数字。"
    ),
    "A tag must have a value for one in twenty customers, and not the same one for all.": (
        "标签须对至少二十分之一的客户有值，且取值不能全部相同。"
    ),
    "The language model at {url} answered {status}.": "语言模型 {url} 答复 {status}。",
    "The language model at {url} cannot be reached: {error}.": "无法连接语言模型 {url}：{error}。",
    "The language model's answer has no text.": "语言模型的回答没有文本。",
    "The language model's answer is no card: name, summary and scene are all missing.": (
        "语言模型的回答不是卡片：缺少名称、简介和场景。"
    ),
    "The language model's answer is no JSON object.": "语言模型的回答不是 JSON 对象。",
    "No language model is configured in {path}: templates write.": "{path} 没有配置语言模型，由模板撰写。",
}
MODELS: Mapping[str, str] = {**_DECLARED, **_TRAINING, **_TESTED, **_KEPT, **_PERSONAS}
