"""Whatever a file looks like, one tag is put in or taken out and the rest stays."""

from __future__ import annotations

import pytest
import yaml

from limner.tags.writing import drop_tag, put_tag

NEW = {"layer": "fact", "title": {"zh": "新", "en": "on"}, "fold": {"sum": "amount", "where": {"day": "2026-11-01"}}}
SHAPES = {
    "block": "tags:\n  a:\n    layer: fact\n    fold:\n      count: '*'\n\n  # about b\n  b: {layer: fact}\n# end\n",
    "flow": "tags: {a: {layer: fact}, b: {layer: model}}\n",
    "flow over lines": "tags: {\n  a: {layer: fact},\n  b: {layer: model}\n}\n",
    "json": '{"tags": {"a": {"layer": "fact"}, "b": {"layer": "model"}}}',
    "deep": "tags:\n      a:\n          layer: fact\n      b:\n          layer: model",
    "text": "tags:\n  b: {layer: model}\n  a:\n    description: |\n      two\n      lines\n",
    "windows": "tags:\r\n  a: {layer: fact}\r\n  b: {layer: model}\r\n",
    "one": "tags:\n  a: {layer: fact}\n",
    "list": "tags:\n  a:\n    when:\n    - if: {x: 1}\n      then: 2\n    - else: 3  # last\n  b: {layer: model}\n",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_one_tag_is_put_in(shape: str, name: str) -> None:
    text = SHAPES[shape]
    expected = yaml.safe_load(text)["tags"] | {name: NEW}
    again = put_tag(text, name, NEW)
    assert yaml.safe_load(again)["tags"] == expected
    for comment in ("# about b", "# end", "# last"):
        assert (comment in again) == (comment in text)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_one_tag_is_taken_out(shape: str, name: str) -> None:
    text = SHAPES[shape]
    expected = {key: value for key, value in yaml.safe_load(text)["tags"].items() if key != name}
    assert (yaml.safe_load(drop_tag(text, name))["tags"] or {}) == expected


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "tags:\n", "tags: {}\n"])
def test_a_file_without_tags_gets_its_first(text: str) -> None:
    assert yaml.safe_load(put_tag(text, "a", NEW)) == {"tags": {"a": NEW}}
