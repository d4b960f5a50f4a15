"""The sentences that the sources say, with samples where they hold something."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import limner

SOURCES = Path(limner.__file__).parent
ELSEWHERE = {
    "cli/": "has its own Chinese, see cli/chinese",
    "demo/": "is the command line's",
    "app.py": "opens workspaces: nobody reads a page before",
    "backup.py": "is the command line's",
    "doctor.py": "is the command line's",
    "cluster.py": "is the command line's",
    "rehearsal.py": "is the command line's",
    "parity/": "is the command line's",
    "settings/": "is read before there is a page",
    "adapters/spark/": "is the command line's",
    "tags/filing.py": "is the command line's",
    "tags/pulling.py": "is the command line's",
    "workspace/starting.py": "is the command line's",
    "api/port.py": "is said before there is a page",
    "api/cors.py": "is said to browsers of other sites",
    "collect/reasons.py": "is Chinese",
    "collect/clean.py": "is told by collect/reasons.py",
    "collect/violations.py": "is told by collect/reasons.py",
    "govern/reasons.py": "is Chinese",
    "learn/persona/portrayal.py": "says both languages",
    "learn/persona/writing.py:INSTRUCTION": "is for a language model",
    "retold/": "is Chinese",
}
"""Where sentences are no page's, and why."""
FOR_PROGRAMMERS = re.compile(
    r"equally long|not fitted yet|Call fit first|must be (numbers|one column|at least 1|above -1)|level is between"
    r"|was given its parameters|has the parameters|Labels must|features are wanted in each row|Features are a table"
    r"|The treatment is|Outcomes must|no finite number|rows and .* labels|in .* rows, first in row"
    r"|^You write persona cards"
)
"""Arguments nobody at a page can give, and what is said to a language model."""
FRAGMENTS = re.compile(
    r"^ |^\{where\} The rows|\(\{str\(error\)|^it needs \{|^\{least\} to|^at least \{least\}\.$|^sql: SELECT"
    r"|SELECT .* FROM|^DELETE|^UPDATE|\(\?"
)
"""They stand in other sentences only, see WHOLE, or are no sentences."""
WHOLE = [
    "a.csv.gz is damaged or cut short: EOF. The lines before line 7 were read. Copy it again.",
    "a.parquet is damaged from row 8 on (bad page). The rows before were read. Copy it again.",
    "The package vip shows identifiers as they are: it needs see_identifiers.",
    "200 is out of range: 0 to 1.",
    "0 is out of range: at least 1.",
]
HELD: Mapping[str, tuple[str, ...]] = {
    "say_bound(metric, bound)": ("least 0.6",),
    "said.removesuffix('.')": ("no JSON object: bad",),
    "why": ("is no field of a persona", "is no Parquet file", "is not a Parquet file"),
    "whose": ("an event itself",),
    "verb": ("wrote",),
    "where": ("at data.rows",),
    "error.strerror": ("Permission denied",),
    "told": ("c1 was first heard of at 2026-11-01",),
    "' or '.join(LANGUAGES)": ("zh or en",),
    "example": ("",),
    "'s' * (len(chain) > 1)": ("s",),
    "by": (" by ada",),
    "reason": (": as agreed",),
    "kind": ("a number",),
    "what": ("closes nothing", "name", "retired"),
}
"""What stands in a hole where it cannot be anything, by how it is written: one of these."""
Pieces = list[str | tuple[str]]
"""Texts, and how values between them are written."""


def spoken_in(file: Path) -> Iterator[tuple[int, Pieces]]:
    """The sentences of a file, with their lines."""
    named = file.relative_to(SOURCES).as_posix()
    if any(named.startswith(place) for place in ELSEWHERE):
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = [tree] if not named.startswith("api/") else [each for each in ast.walk(tree) if isinstance(each, ast.Raise)]
    for node in nodes:
        for line, pieces in _walk(node):
            template = "".join(piece if type(piece) is str else f"{{{piece[0]}}}" for piece in pieces)
            apart = FRAGMENTS.search(template) or FOR_PROGRAMMERS.search(template)
            if template[-1:] in set(".?") and " " in template and not apart:
                yield line, pieces


def _walk(node: ast.AST) -> Iterator[tuple[int, Pieces]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr in LOGS:
            continue
        if isinstance(child, ast.Constant | ast.JoinedStr):
            for pieces in _alternatives(child):
                yield child.lineno, pieces
        else:
            yield from _walk(child)


LOGS = {"debug", "info", "warning", "error", "exception", "log"}


def _alternatives(node: ast.expr) -> list[Pieces]:
    """Texts, with how a value in them is written; each way to say one or the other."""
    if isinstance(node, ast.Constant):
        return [[node.value]] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*_alternatives(node.body), *_alternatives(node.orelse)]
    if not isinstance(node, ast.JoinedStr):
        return []
    held = [
        _alternatives(value) if isinstance(value, ast.Constant) else _alternatives(value.value) or [[_write(value)]]
        for value in node.values
        if isinstance(value, ast.Constant | ast.FormattedValue)
    ]
    return [list(itertools.chain(*pieces)) for pieces in itertools.product(*held)]


def _write(value: ast.FormattedValue) -> tuple[str]:
    return (ast.unparse(value.value),)


def fill(pieces: Pieces) -> Iterator[tuple[str, list[str]]]:
    """The sentence with values in it, and those: anything, else what may stand there."""
    written = list(dict.fromkeys(piece[0] for piece in pieces if not isinstance(piece, str)))
    anything = {name: f"v{number}x" for number, name in enumerate(written)}
    held = {name: HELD.get(name, (anything[name],)) for name in written}
    for values in (anything, *(dict(zip(held, one, strict=True)) for one in itertools.product(*held.values()))):
        said = "".join(piece if isinstance(piece, str) else values[piece[0]] for piece in pieces)
        yield said, [value for name, value in values.items() if value == anything[name]]
