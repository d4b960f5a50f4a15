"""Every engine gives the same bits: what the embedded one gives."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.contract.engine.conftest import KNOWN_AT
from tests.contract.engine.lives import DAY, DAYS, START, make_tags

from limner.cluster import SparkEngine
from limner.errors import DataError, NotFound
from limner.model.column import Folded
from limner.model.parse import parse_tag
from limner.ports.engine import Engine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
FENCE = re.compile(r"^```(\w*)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(params=["embedded", pytest.param("spark_engine", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(request.param)


def demand_same(left: Folded, right: Folded) -> None:
    """Value by value, bit by bit."""
    assert left.as_of == right.as_of
    assert left.events == right.events
    assert same_bits(left.customers, right.customers)
    assert list(left.columns) == list(right.columns)
    for name, one in left.columns.items():
        other = right.columns[name]
        described = [(c.type, c.scale, c.dictionary, c.since_last) for c in (one, other)]
        assert described[0] == described[1], name
        for part in ("values", "offsets", "confidence"):
            assert same_bits(getattr(one, part), getattr(other, part)), f"{part} of {name}"


def same_bits(left: np.ndarray | None, right: np.ndarray | None) -> bool:
    """Of one type and shape and with the same bytes: also which NaN, and which zero."""
    if left is None or right is None:
        return left is right
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


INSTANTS = {
    "after everything": (START + (DAYS + 1) * DAY, None),
    "in the past": (START + 61 * DAY, None),
    "as known then": (KNOWN_AT - 10 * DAY, KNOWN_AT),
}


@pytest.mark.parametrize("instant", INSTANTS)
def test_every_engine_gives_the_bits_of_the_embedded_one(engine: Engine, embedded: Engine, instant: str) -> None:
    as_of, known_at = INSTANTS[instant]
    demand_same(engine.fold(make_tags(), as_of, known_at), embedded.fold(make_tags(), as_of, known_at))


def test_the_tags_find_something(embedded: Engine) -> None:
    """Else equality would say little."""
    folded = embedded.fold(make_tags(), START + DAYS * DAY)
    assert np.all(np.diff(folded.customers) > 0)
    assert folded.events == 10_000
    assert int(folded.columns["events"].values.sum()) > 9_500
    alike = [name for name, column in folded.columns.items() if len(np.unique(column.values)) < 2]
    assert alike == ["loss", "nobody_saw", "risk"]


def test_one_tag_alone(engine: Engine, embedded: Engine) -> None:
    """Reads no promoted property at all."""
    tags = [parse_tag("n", {"layer": "fact", "fold": {"count": "*"}})]
    demand_same(engine.fold(tags, KNOWN_AT), embedded.fold(tags, KNOWN_AT))


def test_a_sum_that_leaves_int64_is_refused(engine: Engine) -> None:
    """By the same words, though the error rises in a worker."""
    tags = [parse_tag("too_much", {"layer": "fact", "fold": {"sum": "weight"}})]
    with pytest.raises(DataError, match=r"^the sum behind too_much leaves the range of numbers"):
        engine.fold(tags, KNOWN_AT)


@pytest.mark.spark
def test_a_property_the_lake_does_not_have_is_named(spark_engine: SparkEngine) -> None:
    tags = [parse_tag("n", {"layer": "fact", "fold": {"last": "colour"}})]
    with pytest.raises(DataError, match="has no column for colour") as refusal:
        spark_engine.fold(tags, KNOWN_AT)
    assert "export_lake" in str(refusal.value.hint)


@pytest.mark.spark
def test_links_the_lake_does_not_have_are_named(spark_engine: SparkEngine) -> None:
    with pytest.raises(DataError, match="no links as known at 2025-12-27"):
        spark_engine.fold(make_tags(), KNOWN_AT, KNOWN_AT - DAY)


@pytest.mark.spark
def test_a_folder_that_is_no_lake_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is not a lake"):
        SparkEngine(tmp_path, spark)


@pytest.mark.spark
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_folds_on_spark(
    spark: SparkSession, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of its page; `tests/docs` leaves out the blocks marked ``py``, which need Java."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for found in FENCE.finditer((GUIDE / language / "cluster.md").read_text(encoding="utf-8")):
        kind, file, text = found.groups()
        if file:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(text, encoding="utf-8")
        elif kind in ("python", "py"):
            examples = doctest.DocTestParser().get_doctest(text, namespace, "cluster.md", None, 0)
            namespace = examples.globs
            doctest.DebugRunner().run(examples, clear_globs=False)
