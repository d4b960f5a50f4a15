"""Spark is an extra: without it, a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from limner.cluster import SparkEngine
from limner.errors import MissingExtra


@pytest.mark.parametrize("package", ["pyspark.sql", "pandas"])
def test_without_the_extra_it_is_named(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match="needs the extra 'spark'"):
        SparkEngine(tmp_path)
