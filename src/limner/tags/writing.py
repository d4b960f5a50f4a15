"""Change one tag in the text of a YAML file, and nothing around it: comments and order are people's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from textwrap import indent
from typing import Any

import yaml

from limner.model.yaml_text import dump_yaml

HEAD = "tags:\n"
Entry = tuple[yaml.ScalarNode, yaml.Node]


def put_tag(text: str, name: str, definition: Mapping[str, Any]) -> str:
    """The text with this definition in place of the tag's, or added at the end. The text is one that can be read."""
    parent = _find_parent(text)
    if parent is None:
        return (
            (text.rstrip() + "\n" if text.strip() and "tags:" not in text else "")
            + HEAD
            + _write_block(name, definition, 2)
        )
    for key, value in parent.value:
        if key.value == name:
            start, end = int(key.start_mark.index), _end_of(value)
            return f"{text[:start]}{_write(name, definition, parent, key.start_mark.column)}{text[end:]}"
    if parent.flow_style:
        end = int(parent.end_mark.index) - 1
        comma = ", " if parent.value else ""
        return text[:end] + comma + _write(name, definition, parent, 0) + text[end:]
    last_key, last = parent.value[-1]
    end, column = _end_of(last), int(last_key.start_mark.column)
    line_end = text.find("\n", end)
    at = len(text) if line_end < 0 else line_end
    return text[:at] + "\n" + " " * column + _write(name, definition, parent, column) + text[at:]


def drop_tag(text: str, name: str) -> str:
    """The text without the tag."""
    parent = _find_parent(text)
    for key, value in [] if parent is None else parent.value:
        if key.value == name:
            before, after = text[: key.start_mark.index], text[_end_of(value) :]
            if parent is not None and parent.flow_style:
                rest = after.lstrip()
                return before + rest[1:].lstrip() if rest.startswith(",") else before.rstrip().rstrip(",") + after
            rest = after.partition("\n")[2] if not after.startswith("\n") else after[1:]
            return before.rstrip(" ") + rest
    return text


def _find_parent(text: str) -> yaml.MappingNode | None:
    """The mapping of names to definitions; None where there is none."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    found = [value for key, value in root.value if key.value == "tags" and isinstance(value, yaml.MappingNode)]
    return found[0] if found and (found[0].value or found[0].flow_style) else None


def _end_of(node: yaml.Node) -> int:
    """Where its own text ends: a block ends for the reader only at what follows, comments included."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end_of(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _write(name: str, definition: Mapping[str, Any], parent: yaml.MappingNode, column: int) -> str:
    if parent.flow_style:
        return f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(definition, ensure_ascii=False)}"
    return _write_block(name, definition, column).strip()


def _write_block(name: str, definition: Mapping[str, Any], column: int) -> str:
    fields = dump_yaml({name: dict(definition)}, width=120)
    return indent(fields, " " * column)
