from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from limner.api.verbs import Relayed, call_verb, crash_document, error_document, plain
from limner.errors import DefinitionError, LimnerError, NotFound, Problem


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Point:
    x: int
    colour: Colour


class Report:
    def as_dict(self) -> dict[str, Any]:
        return {"point": Point(1, Colour.RED), "at": datetime(2026, 11, 1, tzinfo=UTC)}


class Shop:
    def fold(self, progress: Any, as_of: str | None = None) -> Report:
        progress("fold", 1, 2)
        return Report()

    def profile(self, key: str) -> None:
        raise NotFound(f"Nobody is {key}.")

    def close(self) -> None:
        raise AssertionError("not a verb")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Report(), {"point": {"x": 1, "colour": "red"}, "at": "2026-11-01T00:00:00+00:00"}),
        ({"a": np.int64(3), "b": np.array([1.5, np.nan])}, {"a": 3, "b": [1.5, None]}),
        ((Path("/x"), frozenset({1})), ["/x", [1]]),
        (float("inf"), None),
        (True, True),
    ],
)
def test_answers_become_plain(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_a_verb_is_called_and_tells_its_progress() -> None:
    told: list[tuple[str, int, int]] = []
    answer = call_verb(Shop(), "fold", {"as_of": None}, lambda *words: told.append(words))
    assert answer["point"]["x"] == 1
    assert told == [("fold", 1, 2)]


@pytest.mark.parametrize("verb", ["close", "parts", "__class__"])
def test_only_verbs_can_be_called(verb: str) -> None:
    with pytest.raises(LimnerError, match="no verb"):
        call_verb(Shop(), verb, {}, print)


def test_an_error_survives_the_way_to_another_process() -> None:
    error = DefinitionError([Problem("a.yaml: x", "fold", "is wrong.", "Mend it.")])
    document = error_document(Relayed(error_document(error)))
    assert document == error_document(error)
    assert document["problems"][0]["hint"] == "Mend it."


def test_an_os_error_names_its_file() -> None:
    document = crash_document(FileNotFoundError(2, "No such file or directory", "orders.csv"))
    assert document == {"code": "data", "message": "orders.csv: No such file or directory."}
