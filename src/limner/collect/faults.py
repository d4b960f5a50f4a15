"""What is wrong with lines that should be JSON objects."""

from __future__ import annotations

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NOT_JSON = "not JSON"
DEEPEST = 400
"""Brackets inside brackets. Whoever reads such JSON later has a stack of limited depth."""
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def suspect(text: str) -> str:
    """SQL: may this JSON text hold NaN or Infinity, which DuckDB reads and JSON does not know?"""
    return f"coalesce(contains({text}, 'NaN') OR contains({text}, 'Infinity'), false)"


def with_infinite(faults: pa.Array, suspects: pa.ChunkedArray, lines: pa.Array) -> pa.Array:
    """``faults`` with those of the suspect lines that do hold NaN or Infinity outside of texts."""
    found: dict[int, str] = {}
    for i in np.flatnonzero(suspects.to_numpy()):
        try:
            json.loads(lines[i].as_py(), parse_constant=_refuse)
        except ValueError as error:
            found[int(i)] = f"{NOT_JSON}: {error}"
    if not found:
        return faults
    mask = np.zeros(len(faults), np.bool_)
    mask[list(found)] = True
    return pc.replace_with_mask(faults, pa.array(mask), pa.array(list(found.values()), pa.string()))


def with_deep(faults: pa.Array, lines: pa.Array) -> pa.Array:
    """``faults`` with those of lines nested deeper than `DEEPEST`. Only long lines with many brackets are looked at."""
    long = np.flatnonzero(pc.greater_equal(pc.binary_length(lines), 2 * DEEPEST).to_numpy(zero_copy_only=False))
    if not len(long):
        return faults
    texts = lines.take(pa.array(long))
    brackets = pc.add(pc.count_substring(texts, "["), pc.count_substring(texts, "{")).to_numpy()
    deep = [int(i) for i in long[brackets > DEEPEST] if measure_depth(lines[i].as_py()) > DEEPEST]
    if not deep:
        return faults
    mask = np.zeros(len(faults), np.bool_)
    mask[deep] = True
    return pc.if_else(pa.array(mask), f"{NOT_JSON}: nested deeper than {DEEPEST} levels", faults)


def measure_depth(text: str) -> int:
    """How many brackets are open at once, outside of quoted texts.

    >>> measure_depth('{"a": [1, "[[["], "b": []}')
    2
    """
    depth = deepest = 0
    for token in _STRUCTURE.finditer(text):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def explain(fault: str, line: str) -> str:
    """Say precisely what is wrong with a line, where SQL could not."""
    if fault.startswith(f"{NOT_JSON}:"):
        return fault
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"{NOT_JSON}: {error}" if fault == NOT_JSON else fault
    if not isinstance(value, dict):
        return "not a JSON object"
    return f"{NOT_JSON}: it holds half a surrogate pair" if fault == NOT_JSON else fault
