"""Tags: fields, names, tiers, and all mistakes of a file at once."""

import pytest

from limner.errors import DefinitionError
from limner.model.condition import TagTest
from limner.model.dump import dump_tag
from limner.model.fold import Op
from limner.model.parse import parse_tag, parse_tags
from limner.model.tag import Layer, Predicted, Rule, Tiers, name_groups

COUNT = {"count": "*"}


def test_all_fields() -> None:
    tag = parse_tag(
        "orders",
        {
            "title": {"zh": "订单数", "en": "Orders"},
            "layer": "fact",
            "group": "consumption",
            "owner": "growth@example.com",
            "description": "paid only",
            "unit": "次",
            "fold": COUNT,
        },
    )
    assert (tag.name, tag.layer, tag.group, tag.owner) == ("orders", Layer.FACT, "consumption", "growth@example.com")
    assert (tag.description, tag.unit) == ("paid only", "次")
    assert (tag.says("zh"), tag.says("en"), tag.says("fr")) == ("订单数", "Orders", "订单数")


def test_a_group_may_say_what_it_is_called() -> None:
    title = {"zh": "消费", "en": "Consumption"}
    tag = parse_tag("n", {"layer": "fact", "group": {"consumption": title}, "fold": COUNT})
    assert (tag.group, tag.group_title) == ("consumption", title)
    assert parse_tag("n", dump_tag(tag)) == tag
    plain = parse_tag("m", {"layer": "fact", "group": "consumption", "fold": COUNT})
    other = parse_tag("o", {"layer": "fact", "group": {"consumption": "Money"}, "fold": COUNT})
    assert name_groups([plain, tag, other]) == {"consumption": title}, "the first that says it, counts"


def test_a_draft_needs_only_layer_and_rule() -> None:
    assert parse_tag("draft", {"layer": "prediction", "model": "churn"}).definition == Predicted("churn")


@pytest.mark.parametrize(("title", "language"), [("订单数", "zh"), ("Orders", "en")])
def test_a_plain_title_goes_to_its_language(title: str, language: str) -> None:
    assert parse_tag("n", {"title": title, "layer": "fact", "fold": COUNT}).title == {language: title}


def test_tiers() -> None:
    branches = [{"if": {"a": {"gte": 5}}, "then": "high"}, {"if": {"a": {"gte": 1}}, "then": "mid"}]
    high, mid = (TagTest("a", Op.GTE, 5), "high"), (TagTest("a", Op.GTE, 1), "mid")
    for written, otherwise in [([], None), ([{"else": "low"}], "low"), ([{"else": None}], None)]:
        tag = parse_tag("tier", {"layer": "model", "when": [*branches, *written]})
        assert tag.definition == Tiers((high, mid), otherwise)


def test_a_rule() -> None:
    assert parse_tag("r", {"layer": "business", "if": {"a": 1}}).definition == Rule(TagTest("a", Op.EQ, 1))


@pytest.mark.parametrize("name", ["spend_90d", "近90天消费", "_x", "é"])
def test_names_that_work(name: str) -> None:
    assert parse_tag(name, {"layer": "fact", "fold": COUNT}).name == name


FACT = {"layer": "fact"}
HIGH = {"if": {"a": 1}, "then": "high"}


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("90d", {**FACT, "fold": COUNT}, "90d: '90d' cannot name a tag. Use letters"),
        ("a-b", {**FACT, "fold": COUNT}, "a-b: 'a-b' cannot name a tag."),
        ("ﬁt", {**FACT, "fold": COUNT}, "ﬁt: 'ﬁt' cannot name a tag."),
        (
            "all",
            {**FACT, "fold": COUNT},
            "all: 'all' is a word of the language and cannot name a tag. Did you mean all_tag?",
        ),
        ("a" * 65, {**FACT, "fold": COUNT}, "a" * 65 + ": the name is over 64 characters long."),
        ("x", None, "x: a tag is written as fields, but this is empty."),
        ("x", {"fold": COUNT}, "x: layer: the layer is missing. One of fact, prediction, model, business."),
        ("x", {"layer": "fcat", "fold": COUNT}, "x: layer: unknown layer 'fcat'. Did you mean fact?"),
        (
            "x",
            FACT,
            "x: the tag has no rule. Give it one of fold, expr, when, if, model, hand, imported, sql, quantiles.",
        ),
        ("x", {**FACT, "fold": COUNT, "expr": "a"}, "x: a tag has one rule, but this has fold and expr."),
        ("x", {**FACT, "sum": "amount"}, "x: sum: the measure sum stands outside the fold. Write fold: {sum: ...}."),
        ("x", {**FACT, "flod": COUNT, "fold": COUNT}, "x: flod: a tag has no field 'flod'. Did you mean fold?"),
        ("x", {**FACT, "fold": COUNT, "title": {"fr": "a"}}, "x: title.fr: a title has no field 'fr'. Known: en, zh."),
        ("x", {**FACT, "fold": COUNT, "title": {}}, "x: title: the title is empty."),
        ("x", {**FACT, "fold": COUNT, "group": {"zh": "消费"}}, "x: group: the group's name is missing: this is only"),
        ("x", {**FACT, "fold": COUNT, "group": {"a": "A", "b": "B"}}, "x: group: a tag stands in one group. Write con"),
        ("x", {**FACT, "fold": COUNT, "group": {"a": {"fr": "A"}}}, "x: group.a.fr: a title has no field 'fr'. Known:"),
        ("x", {**FACT, "fold": COUNT, "group": {}}, "x: group: a tag stands in one group."),
        ("x", {**FACT, "fold": COUNT, "owner": True}, "x: owner: owner must be text, but this is true. YAML reads on"),
        ("x", {**FACT, "model": 5}, "x: model: the name of a model must be text, but this is 5."),
        ("x", {**FACT, "when": {}}, "x: when: when is a list of branches."),
        ("x", {**FACT, "when": [{"else": "a"}]}, "x: when: when has no branch with a condition."),
        ("x", {**FACT, "when": [{"else": "a"}, HIGH]}, "x: when[0]: else comes last: branches after it are never"),
        (
            "x",
            {**FACT, "when": [{"if": {"a": 1}}]},
            "x: when[0]: the branch has no then. Write {if: {...}, then: high}.",
        ),
        ("x", {**FACT, "when": [{**HIGH, "esle": 1}]}, "x: when[0].esle: a branch has no field 'esle'."),
        (
            "x",
            {**FACT, "when": [HIGH, {"else": 5}]},
            "x: when: all values of a tag are of one kind, but these are mixed",
        ),
        ("x", {**FACT, "when": [{"if": {"a": 1}, "then": None}]}, "x: when[0].then: nothing equals null."),
    ],
)
def test_every_mistake_is_said(name: str, written: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_tag(name, written)
    assert len(caught.value.problems) == 1, str(caught.value)
    assert str(caught.value).startswith(said)


def test_good_tags_are_read_beside_bad_ones() -> None:
    tags, problems = parse_tags(
        {
            "good": {**FACT, "fold": COUNT},
            "bad": {"layer": "fcat", "fold": {"smu": "a", "within": "3x"}, "tilte": "t"},
            True: {**FACT, "fold": COUNT},
        },
        "tags/a.yaml",
    )
    assert [tag.name for tag in tags] == ["good"]
    assert [(problem.where, problem.field) for problem in problems] == [
        ("tags/a.yaml: bad", "tilte"),
        ("tags/a.yaml: bad", "layer"),
        ("tags/a.yaml: bad", "fold.smu"),
        ("tags/a.yaml: True", ""),
    ]
