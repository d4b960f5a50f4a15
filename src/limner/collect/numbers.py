"""Reading numbers: SQL that turns the texts people write into numbers, and numbers and texts into JSON.

Read are ``-12.5``, ``1e3``, thousands separators (``1,234.50``), currency signs (``￥99``, ``$ 5``), ``99元``, per cent
(``15%`` = 0.15) and full-width digits (``１２３``).
"""

from __future__ import annotations

FLOATING = ("FLOAT", "DOUBLE")
TEXTS = ("VARCHAR",)
CANONICAL = r"-?(0|[1-9]\d{0,14})(\.\d{1,12})?"
"""Texts that are JSON numbers without a doubt: no leading zeros, and not too long for a double."""
_CODE = r"[-+]?[0０][0-9０-９].*|[-+]?\d{16,}.*"
"""Texts whose digits are a code rather than a number."""
_FULL_WIDTH = ("０１２３４５６７８９．，％－＋￥＄　", "0123456789.,%-+¥$ ")
_WRITTEN = r"[-+]?\s*[¥$€£]?\s*[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?\s*(%|元)?"


def read_number(text: str) -> str:
    """SQL: DOUBLE or null from the text column ``text`` (an SQL name)."""
    plain = f"translate(trim({text}), '{_FULL_WIDTH[0]}', '{_FULL_WIDTH[1]}')"
    digits = f"try_cast(regexp_replace({plain}, '[^0-9.+-]', '', 'g') AS DOUBLE)"
    written = (
        f"CASE WHEN regexp_full_match({plain}, '{_WRITTEN}') "
        f"THEN {digits} / CASE WHEN ends_with({plain}, '%') THEN 100 ELSE 1 END END"
    )
    usual = f"try_cast({text} AS DOUBLE)"
    return f"coalesce(CASE WHEN isfinite({usual}) THEN {usual} END, {written})"


def is_code(text: str) -> str:
    """SQL: is the text a code, whatever number its digits would make?"""
    return f"regexp_full_match({text}, '{_CODE}')"


def text_as_json(text: str, lenient: bool) -> str:
    """SQL: a text cell as JSON text, a number when it is one. ``lenient``: written in any of the ways above."""
    written = f"WHEN NOT {is_code(text)} AND {read_number(text)} IS NOT NULL THEN {_double(read_number(text))}"
    other = written if lenient else ""
    word = "" if lenient else f"WHEN {text} >= ':' THEN to_json({text})"  # no digit comes first: not worth a regexp
    return f"CASE {word} WHEN regexp_full_match({text}, '{CANONICAL}') THEN {text} {other} ELSE to_json({text}) END"


def value_as_json(value: str, kind: str, computed: bool) -> str:
    """SQL: a value of SQL type ``kind`` as JSON text; null, NaN and Infinity give null. Times become ISO 8601 texts."""
    if kind in FLOATING:
        exact = f"CASE WHEN {_is_whole(value)} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) ELSE to_json({value}) END"
        shown = _double(value) if computed else exact
        return f"CASE WHEN isfinite({value}) THEN {shown} END"
    if kind == "JSON":
        return f"nullif(CAST({value} AS VARCHAR), 'null')"
    if kind.startswith("TIMESTAMP"):
        utc = "Z" if kind.endswith("TIME ZONE") else ""
        plain = f"CAST({value} AS TIMESTAMP)"
        return f"CASE WHEN isfinite({plain}) THEN '\"' || replace(CAST({plain} AS VARCHAR), ' ', 'T') || '{utc}\"' END"
    if kind.startswith("DECIMAL") or kind.endswith("INT") or kind in ("INTEGER", "UINTEGER", "BOOLEAN"):
        return f"CAST({value} AS VARCHAR)"
    return f"CAST(to_json({value}) AS VARCHAR)"


def identifier_text(value: str, kind: str) -> str:
    """SQL: a cell of SQL type ``kind`` as an id: whole numbers without ``.0``, blank is null."""
    if kind in FLOATING or kind.startswith("DECIMAL"):
        whole = f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
        text = f"CASE WHEN {_is_whole(value)} THEN {whole} ELSE CAST({value} AS VARCHAR) END"
        return f"CASE WHEN isfinite({value}) THEN {text} END" if kind in FLOATING else text
    if kind in TEXTS:
        whole = f"ends_with({value}, '.0') AND regexp_full_match({value}, '\\d+\\.0')"
        return (
            f"CASE WHEN {value} < '!' AND trim({value}) = '' THEN NULL WHEN {whole} THEN {value}[:-3] ELSE {value} END"
        )
    return f"CAST({value} AS VARCHAR)"


def _is_whole(value: str) -> str:
    return f"{value} = trunc({value}) AND abs({value}) < 1e15"


def _double(value: str) -> str:
    """Fifteen significant digits: the noise of binary fractions (6 * 2.55 = 15.299999999999999) goes."""
    return f"printf('%.15g', {value})"
