"""YAML as people write it, with the traps closed: every mistake is a sentence with its file and line.

Only ``true`` and ``false`` are truth, numbers with a leading zero and dates stay text, a key given twice is an error,
and so is a bare ``on``, ``off``, ``yes`` or ``no``, which YAML tools read differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

import yaml

from limner.errors import DefinitionError, Problem

__all__ = ["dump_yaml", "load_yaml"]

HINTS = {
    "alias": "An unquoted * means something else in YAML: write '*' in quotes.",
    "mapping values are not allowed here": "Is the line above indented differently, or a text with a colon unquoted?",
    "while parsing a flow": "Is a bracket or a comma missing?",
    "'@'": "Put texts that begin with a special character in quotes.",
    "'`'": "Put texts that begin with a special character in quotes.",
    "'%'": "Put texts that begin with a special character in quotes.",
    "block end": "Is the line indented differently from those above?",
    "quoted scalar": "Is a closing quote missing?",
    "single document": "Put everything under one key, without --- between.",
}
"""Part of what the YAML reader says → what was probably meant."""


def load_yaml(content: bytes | str, where: str, fields: frozenset[str] = frozenset()) -> object:
    """The plain data of one YAML document; None when it is empty. ``fields`` may be bare, such as ``on`` of a join.

    Raises `DefinitionError` that names ``where`` and the line.
    """
    text = content if isinstance(content, str) else _decode(content, where)
    try:
        loader = _Loader(text, where, fields)
        data: object = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        _tell_syntax(error, text, where)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        _fail(where, line, f"a character that no text has: {text[error.position]!r}.", "Delete it.")
    except RecursionError:
        _fail(where, 1, "lists or fields are nested too deeply to be read.", None)
    if loader.problems:
        raise DefinitionError([problem for _, problem in sorted(loader.problems, key=lambda told: told[0])])
    return data


def _decode(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        _fail(
            where, line, "the file is not UTF-8 text.", "Save it as UTF-8 (editors on Windows may use GBK or UTF-16)."
        )


def _tell_syntax(error: yaml.MarkedYAMLError, text: str, where: str) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    if mark and line <= len(lines) and "\t" in lines[line - 1][: mark.column + 1]:
        _fail(where, line, "a tab stands where YAML wants spaces.", "Indent with spaces.")
    said = f"{error.context or ''} {error.problem or ''}"
    hint = next((hint for part, hint in HINTS.items() if part in said), None)
    _fail(where, line, f"this is not YAML: {error.problem or error.context}.", hint)


def _fail(where: str, line: int, message: str, hint: str | None) -> NoReturn:
    raise DefinitionError([Problem(f"{where}, line {line}", "", message, hint)])


def dump_yaml(document: object, width: int = 100) -> str:
    """Plain data as YAML that `load_yaml` and every other YAML tool read as the same."""
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=width)
    return text


class _Dumper(yaml.SafeDumper):
    """Puts in quotes what would be no text here (0e0), or elsewhere (012)."""


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012, filled below

    def __init__(self, text: str, where: str, fields: frozenset[str]) -> None:
        super().__init__(text)
        self.where = where
        self.fields = fields
        self.problems: list[tuple[int, Problem]] = []
        """With their lines."""

    def tell(self, node: yaml.Node, message: str, hint: str | None) -> None:
        line = node.start_mark.line + 1
        self.problems.append((line, Problem(f"{self.where}, line {line}", "", message, hint)))

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        lines: dict[object, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge" or not isinstance(key_node, yaml.ScalarNode):
                continue
            if key_node.value in self.fields:
                key_node.tag = "tag:yaml.org,2002:str"
            line = key_node.start_mark.line + 1
            if first := lines.get(key_node.value):
                self.tell(key_node, f"{key_node.value!r} is given twice.", f"It is on line {first} already.")
            lines.setdefault(key_node.value, line)
        return super().construct_mapping(node, deep)

    def construct_trap(self, node: yaml.ScalarNode) -> str:
        truth = "true" if node.value.lower() in ("on", "yes") else "false"
        self.tell(
            node, f"a bare {node.value} is text to some and {truth} to others.", f"Write '{node.value}' or {truth}."
        )
        return str(node.value)


RESOLVERS: Mapping[str, tuple[str, str]] = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "trap": (r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF", "yYnNoO"),
    "int": (r"[-+]?(?:0|[1-9][0-9]{0,17})", "-+0123456789"),
    "float": (
        r"[-+]?(?:(?:0|[1-9][0-9]*)?\.[0-9]+|(?:0|[1-9][0-9]*)\.)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?(?:0|[1-9][0-9]*)[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "merge": (r"<<", "<"),
}
"""What unquoted words are, by pattern and first characters; all else is text."""

for _kind, (_pattern, _first) in RESOLVERS.items():
    _first_characters = [*_first, ""] if _kind == "null" else list(_first)
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern})\Z"), _first_characters)
    if _kind in ("int", "float"):
        _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern})\Z"), _first_characters)
_Loader.add_constructor("tag:yaml.org,2002:trap", _Loader.construct_trap)
