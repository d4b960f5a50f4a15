"""Examples in docstrings are true."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import limner

NEEDS_EXTRA = ("limner.adapters.spark",)
MODULES = [
    module.name
    for module in pkgutil.walk_packages(limner.__path__, "limner.")
    if not module.name.startswith(NEEDS_EXTRA) and ".migrations" not in module.name
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
