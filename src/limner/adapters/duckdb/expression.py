"""SQL expressions that people write in mapping files: parsed by DuckDB itself, checked on its syntax tree, and written
anew from it, so that nothing but a scalar expression over the row's columns ever reaches a query."""

from __future__ import annotations

import json
from typing import Any

import duckdb

from limner.errors import DataError, did_you_mean
from limner.ports.rows import NUMBER_SUFFIX, Expression

Node = dict[str, Any]

MACROS = frozenset({"array_append", "array_prepend", "array_to_string", "date_add", "fdiv", "fmod", "if", "json",
                    "list_append", "list_avg", "list_count", "list_first", "list_last", "list_max", "list_median",
                    "list_min", "list_prepend", "list_reverse", "list_sum", "nullif", "split_part"})  # fmt: skip
"""Of DuckDB's macros, those that are plain functions of their arguments."""

ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**", "^"})
NUMERIC = ARITHMETIC | {"abs", "ceil", "ceiling", "floor", "round", "trunc", "sqrt", "ln", "log", "log10", "log2",
                        "exp", "pow", "power", "mod", "sign", "fdiv", "fmod"}  # fmt: skip
SAME_TYPE = frozenset({"greatest", "least", "nullif", "if"})
"""Their arguments are numbers when one of them or the place they stand in is."""
NUMBER_TYPES = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                          "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "NUMERIC", "REAL", "INT"})  # fmt: skip
ALLOWED = frozenset({"FUNCTION", "COLUMN_REF", "CONSTANT", "OPERATOR", "COMPARISON", "CONJUNCTION", "BETWEEN", "CASE",
                     "CAST", "LAMBDA", "LAMBDA_REF", "COLLATE", "TYPE"})  # fmt: skip
REFUSED = {
    "SUBQUERY": "a subquery",
    "WINDOW": "a window function",
    "STAR": "a star",
    "PARAMETER": "a parameter",
    "POSITIONAL_REFERENCE": "a column's number",
    "DEFAULT": "DEFAULT",
}


def parse_expression(connection: duckdb.DuckDBPyConnection, text: str, functions: frozenset[str]) -> Expression:
    """See `ports.rows.Rows.parse`; ``functions`` are the ones allowed."""
    tree = _parse(connection, text)
    node = _only_expression(tree, text)
    node["alias"] = ""
    bare = ".".join(node["column_names"]) if node["class"] == "COLUMN_REF" else None
    check = _Check(functions | MACROS)
    check.visit(node, False, frozenset())
    written = connection.execute("SELECT json_deserialize_sql($tree::JSON)", {"tree": json.dumps(tree)}).fetchall()
    sql = str(written[0][0]).removeprefix("SELECT ").strip()
    return Expression(sql, frozenset(check.columns), frozenset(check.numbers), bare)


def _parse(connection: duckdb.DuckDBPyConnection, text: str) -> Node:
    rows = connection.execute("SELECT json_serialize_sql($sql)", {"sql": f"SELECT {text}"}).fetchall()
    tree: Node = json.loads(rows[0][0])
    if tree.get("error"):
        raise DataError(f"{text!r} is not an SQL expression: {tree.get('error_message', 'it cannot be read')}.")
    return tree


def _only_expression(tree: Node, text: str) -> Node:
    """The one expression of ``SELECT expression``; anything more (FROM, WHERE, a second column ...) is refused."""
    statement = tree["statements"][0]["node"] if len(tree["statements"]) == 1 else {}
    plain = (
        statement.get("type") == "SELECT_NODE"
        and len(statement["select_list"]) == 1
        and statement["from_table"]["type"] == "EMPTY"
        and not any(statement.get(part) for part in ("where_clause", "having", "qualify", "sample", "modifiers"))
        and not statement["group_expressions"]
        and not statement["cte_map"]["map"]
    )
    if not plain or statement["select_list"][0]["alias"]:
        raise DataError(
            f"{text!r} must be one expression over the row, such as Quantity * UnitPrice.",
            hint="A column's name with spaces or signs stands in double quotes.",
        )
    expression: Node = statement["select_list"][0]
    return expression


class _Check:
    """Walks the tree, refuses what is not a function of the row, and marks columns read as numbers."""

    def __init__(self, functions: frozenset[str]) -> None:
        self.functions = functions
        self.columns: set[str] = set()
        self.numbers: set[str] = set()

    def visit(self, node: Node, number: bool, bound: frozenset[str]) -> None:
        """``number``: the place needs a number. ``bound``: names of lambda parameters, which are no columns."""
        kind = node["class"]
        if kind not in ALLOWED:
            what = REFUSED.get(kind, kind.lower().replace("_", " "))
            raise DataError(f"An expression may use the row's columns, constants and functions; {what} is not allowed.")
        if kind == "COLUMN_REF":
            self._column(node, number, bound)
        elif kind == "FUNCTION":
            self._function(node, number, bound)
        elif kind == "LAMBDA":
            names = frozenset(".".join(ref["column_names"]) for ref in _lambda_names(node["lhs"]))
            self.visit(node["expr"], False, bound | names)
        elif kind == "CAST":
            # try_cast says that texts which are no numbers are to be null: it gets the text.
            strict = not node["try_cast"] and node["type_expr"]["type_name"].upper() in NUMBER_TYPES
            self.visit(node["child"], strict, bound)
        elif kind == "CASE":
            for check in node["case_checks"]:
                self.visit(check["when_expr"], False, bound)
                self.visit(check["then_expr"], number, bound)
            self.visit(node["else_expr"], number, bound)
        else:
            parts = _operands(node)
            compares = kind in {"COMPARISON", "BETWEEN"} or node["type"] in {"COMPARE_IN", "COMPARE_NOT_IN"}
            passes = number and node["type"] == "OPERATOR_COALESCE"
            numeric = passes or ((compares or node["type"] == "OPERATOR_COALESCE") and any(map(_is_number, parts)))
            for part in parts:
                self.visit(part, numeric, bound)

    def _column(self, node: Node, number: bool, bound: frozenset[str]) -> None:
        names = node["column_names"]
        if names[0] in bound:
            return
        name = ".".join(names)
        (self.numbers if number else self.columns).add(name)
        node["column_names"] = [name + NUMBER_SUFFIX if number else name]

    def _function(self, node: Node, number: bool, bound: frozenset[str]) -> None:
        name = node["function_name"].lower()
        if name not in self.functions or node.get("schema") or node.get("catalog"):
            hint = did_you_mean(name, self.functions)
            raise DataError(f"The function {name} is not allowed in an expression over the row.", hint=hint)
        if node.get("filter") or node.get("distinct") or node["order_bys"]["orders"]:
            raise DataError(f"{name} with FILTER, DISTINCT or ORDER BY is not allowed: a row is read by itself.")
        arguments = [argument["expression"] for argument in node["arguments"]]
        numeric = name in NUMERIC or (name in SAME_TYPE and (number or any(map(_is_number, arguments))))
        for position, argument in enumerate(arguments):
            self.visit(argument, numeric and not (name == "if" and position == 0), bound)


def _operands(node: Node) -> list[Node]:
    """Child expressions of comparisons, conjunctions and operators."""
    if "children" in node:
        return list(node["children"])
    return [node[part] for part in ("left", "right", "input", "lower", "upper", "child") if part in node]


def _lambda_names(left: Node) -> list[Node]:
    if left["class"] == "COLUMN_REF":
        return [left]
    return [argument["expression"] for argument in left.get("arguments", [])] or list(left.get("children", []))


def _is_number(node: Node) -> bool:
    """Is this surely a number, whatever the columns hold?"""
    if node["class"] == "CONSTANT":
        return node["literal"]["kind"] in {"INTEGER", "DECIMAL", "FLOAT", "DOUBLE", "NUMBER", "NUMERIC"}
    if node["class"] == "FUNCTION":
        return node["function_name"].lower() in NUMERIC
    return node["class"] == "CAST" and node["type_expr"]["type_name"].upper() in NUMBER_TYPES
