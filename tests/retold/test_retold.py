"""Every sentence that a page may show is told in Chinese, with all that it holds; whatever comes, in a bounded time."""

from __future__ import annotations

import re
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.retold.spoken import ELSEWHERE, SOURCES, WHOLE, fill, spoken_in

from limner.errors import DefinitionError, MissingExtra, Problem
from limner.govern.sign_in import LockedOut
from limner.model.retelling import HOLE
from limner.retold import _SENTENCES, say_error
from limner.retold.fields import say_field
from limner.retold.things import THINGS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[a-z]+(?: [a-z]+){3}")
"""Of English."""
CODE = re.compile(r"`[^`]*`|\{.*\}|\[.*\]|“[^”]*”|'[^']*'|SELECT .*|'limner.*")
SECONDS = 0.25
"""Of a processor; some twenty times what it takes."""
FILES = sorted(file for file in SOURCES.rglob("*.py"))


@pytest.mark.parametrize("room", sorted({file.relative_to(SOURCES).parts[0] for file in FILES}))
def test_what_the_sources_say_is_told_in_chinese(room: str) -> None:
    """Say it in `limner/retold`, or in ELSEWHERE why no page shows it."""
    files = [file for file in FILES if file.relative_to(SOURCES).parts[0] == room]
    said = [(f"{file.relative_to(SOURCES)}:{line}", pieces) for file in files for line, pieces in spoken_in(file)]
    assert [each for each in said if not any(is_told(*filled) for filled in fill(each[1]))] == []


def is_told(sentence: str, values: list[str]) -> bool:
    chinese = say_error(sentence).get("zh", "")
    return bool(CHINESE.search(chinese)) and all(value in chinese for value in values)


def test_the_places_named_are_there() -> None:
    places = [place.partition(":")[0] for place in ELSEWHERE]
    assert [place for place in places if not (SOURCES / place).exists()] == []


@pytest.mark.parametrize("sentence", WHOLE)
def test_sentences_that_are_put_together(sentence: str) -> None:
    assert not WORDS.search(CODE.sub("", say_error(sentence)["zh"]))


def test_both_languages_hold_the_same_and_are_written_as_such() -> None:
    everything = _SENTENCES | THINGS
    assert {each: said for each, said in everything.items() if not is_equal(each, said)} == {}


def is_equal(english: str, chinese: str) -> bool:
    plain = CODE.sub("", chinese)
    return (
        set(HOLE.findall(chinese)) == set(HOLE.findall(english))
        and not WORDS.search(plain)
        and not re.search(r"[,;!?](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[,;!?]", plain)
        and (english[-1] not in ".?" or chinese[-1] in "。？")
    )


def test_each_sentence_is_read_off_its_own_pattern() -> None:
    """No other one takes it, and its values come through."""
    taken = {}
    for english, chinese in _SENTENCES.items():
        values = {name: f"v{number}x" for number, name in enumerate(HOLE.findall(english))}
        told = say_error(HOLE.sub(lambda hole, values=values: values[hole[1]], english)).get("zh")
        if told != HOLE.sub(lambda hole, values=values: values[hole[1]], chinese):
            taken[english] = told
    assert taken == {}


def test_a_sentence_with_its_hint_and_its_place() -> None:
    problem = Problem("tags/a.yaml: vip", "if.citty", "there is no tag 'citty'.", "Did you mean city?")
    two = DefinitionError([problem, Problem("rule", "", "the condition is empty.")])
    first = "tags/a.yaml：vip：条件 › citty（if.citty）：没有标签“citty”。是否指 city？"
    assert say_error(str(two))["zh"] == f"{first}\n规则：条件为空。"
    assert say_error(str(MissingExtra("Folding on Spark", "spark")))["zh"].startswith("Folding on Spark 需要")
    assert say_error(str(LockedOut(30)))["zh"] == "密码错误次数过多。请在 30 秒后重试。"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("fold.within", "统计 › 时间范围"),
        ("rule.all[0].any[2].did", "规则 › 全部满足 › 第 1 个条件 › 满足任一 › 第 3 个条件 › 行为"),
        ("rule.sequence[1].where.channel", "规则 › 先后序列 › 第 2 步 › 限定 › channel"),
        ("when[0].then", "分层 › 第 1 档 › 取值"),
        ("if.city.in[2]", "条件 › city › 其中之一 › 第 3 项"),
        ("fold.of[1]", "统计 › 事件 › 第 2 项"),
        ("columns.amount", None),
        ("expr", None),
        ("a.b c", None),
        ("", None),
    ],
)
def test_a_field_is_told_step_by_step_and_as_it_is_written(path: str, said: str | None) -> None:
    assert say_field(path) == (None if said is None else f"{said}（{path}）")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("tags is a list, but x.", None),
        ("city must be text, but this is a list.", "city应为文本，这里却是列表。"),
        ("channel was never published.", "channel 从未发布。"),
        ("The role operator may not do this: it needs publish_tags.", "运营没有此项权限（publish_tags）。"),
        (
            "vip is retired; for this it must be published or deprecated.",
            "vip 目前已下线，须为已发布或已弃用才能这样操作。",
        ),
        (
            "vip is in use: tags: a, b; readers: shop (9 times).",
            "vip 正在被使用（标签：a, b；读取方：shop (9 times)）。",
        ),
        (
            "https://a.example refused a.csv: 403 Forbidden.",
            "https://a.example 拒收 a.csv：对方拒绝访问（403）。",
        ),
        (
            "churn: too little to learn from: there are only 3 customers (of 200) and 9 outcomes, and all are yes. "
            "Widen the population, lengthen the horizon, or wait for more data.",
            "churn：可学习的数据太少：只有 3 位客户（需 200 位）、9 个结果全部为“是”。"
            "请扩大范围、加长预测期，或等待更多数据。",
        ),
        (
            "audience not: name: 'not' is a word of the language and cannot name an audience.",
            "人群 not：name：“not”是定义语言的保留字，不能作人群的名称。",
        ),
        ("a.csv cannot be opened: No such file or directory.", "a.csv 无法打开：没有这个文件或目录。"),
        ("a.csv: No such file or directory.", "a.csv：没有这个文件或目录。"),
        (
            "The audience high is in use by audience top, destination crm. Change or drop those first.",
            "人群 high 正被 人群 top、目的地 crm 使用。请先修改或删除它们。",
        ),
        ("https://x/ did not take a.csv: their own words.", "https://x/ 未能接收 a.csv：their own words。"),
        ("Their own words. Nothing of ours.", None),
        ("", None),
    ],
)
def test_sentences(english: str, chinese: str | None) -> None:
    assert say_error(english).get("zh") == chinese


@pytest.mark.parametrize(
    "piece",
    [
        *("a: ", "a. ", "a: a. ", "Give a reason. ", "x is not published: ", "a refused b: ", "a, ", "a and b, "),
        *("'a' ", "There is no tag 'x'. ", "x: The package x shows y: ", "\n", "{a} "),
        "No version of x is good enough to serve: ",
    ],
)
def test_what_looks_like_many_sentences_is_not_taken_apart_for_ever(piece: str) -> None:
    """Whoever sends, or names things, may write them so."""
    for times in (20, 100, 900, 30_000):
        begun = thread_time()
        for end in ("", "x", "x.", "\n" * 40):
            assert say_error(piece * times + end)["en"] == piece * times + end
        assert thread_time() - begun < 4 * SECONDS


@given(st.lists(st.sampled_from([*_SENTENCES, "x. ", ": ", "\n", "v"]), max_size=12))
def test_whatever_is_put_together_is_told_or_left(pieces: list[str]) -> None:
    text = " ".join(pieces)
    begun = thread_time()
    said = say_error(text)
    assert thread_time() - begun < SECONDS
    assert said["en"] == text
    assert said.get("zh") != ""


def test_files_of_sentences_are_small() -> None:
    for file in Path(SOURCES / "retold").glob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) < 300, file
