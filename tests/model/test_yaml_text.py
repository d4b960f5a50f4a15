"""YAML as people write it: traps, and a sentence with the line for every mistake."""

import pytest

from limner.errors import DefinitionError
from limner.model.yaml_text import load_yaml


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# nothing\n", None),
        ("a: 1\nb: -2.5\nc: 1e3\nd: .5", {"a": 1, "b": -2.5, "c": 1000.0, "d": 0.5}),
        ("a: true\nb: False\nc: ~\nd:", {"a": True, "b": False, "c": None, "d": None}),
        ("a: 2026-11-01\nb: 10:30\nc: 007\nd: 1_000", {"a": "2026-11-01", "b": "10:30", "c": "007", "d": "1_000"}),
        ("a: '*'\nb: 'no'\nc: \"on\"", {"a": "*", "b": "no", "c": "on"}),
        ("近90天: [一, 二]", {"近90天": ["一", "二"]}),
        ("x: &w {a: 1}\ny: {<<: *w, b: 2}", {"x": {"a": 1}, "y": {"a": 1, "b": 2}}),
        ("n: 123456789012345678901", {"n": "123456789012345678901"}),
        (b"\xef\xbb\xbfa: 1", {"a": 1}),
    ],
)
def test_what_is_read(text: str | bytes, data: object) -> None:
    assert load_yaml(text, "f") == data


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml, line 3: 'a' is given twice. It is on line 1 already."),
        ("x:\n  c: no", "f.yaml, line 2: a bare no is text to some and false to others. Write 'no' or false."),
        ("on: 1", "f.yaml, line 1: a bare on is text to some and true to others. Write 'on' or true."),
        ("x:\n\ty: 1", "f.yaml, line 2: a tab stands where YAML wants spaces. Indent with spaces."),
        (
            "fold: {count: *, of: a}",
            "f.yaml, line 1: this is not YAML: expected alphabetic or numeric character, but found",
        ),
        ("a: {b: 1\nc: 2", "f.yaml, line 2: this is not YAML: "),
        ("a: b: c", "f.yaml, line 1: this is not YAML: mapping values are not allowed here. Is the line above"),
        (
            "a: 'b\nc: 1",
            "f.yaml, line 2: this is not YAML: found unexpected end of stream. Is a closing quote missing?",
        ),
        (
            "a: 1\n---\nb: 2",
            "f.yaml, line 2: this is not YAML: but found another document. Put everything under one key",
        ),
        ("a: !!python/name:os.system x", "f.yaml, line 1: this is not YAML: could not determine a constructor"),
        ("{[a]: 1}", "f.yaml, line 1: this is not YAML: found unhashable key."),
        (b"a: 1\nb: \xff", "f.yaml, line 2: the file is not UTF-8 text. Save it as UTF-8"),
        ("a: 1\nb: 消费".encode("gb18030"), "f.yaml, line 2: the file is not UTF-8 text. Save it as UTF-8"),
        ("a: 1\nb: \x07", "f.yaml, line 2: a character that no text has: '\\x07'. Delete it."),
        ("[" * 1000, "f.yaml, line 1: lists or fields are nested too deeply to be read."),
    ],
)
def test_every_mistake_is_said(text: str | bytes, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_yaml(text, "f.yaml")
    assert str(caught.value).startswith(said)


def test_all_traps_are_said_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        load_yaml("a: yes\nb: off\na: 1", "f")
    assert [problem.where for problem in caught.value.problems] == ["f, line 1", "f, line 2", "f, line 3"]


def test_an_unquoted_star_is_explained() -> None:
    with pytest.raises(DefinitionError, match=r"write '\*' in quotes"):
        load_yaml("fold: {count: *}", "f")
