"""What is learned."""

from __future__ import annotations

from collections.abc import Mapping

MODELS: Mapping[str, str] = {
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
}
