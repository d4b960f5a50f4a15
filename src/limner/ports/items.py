"""The item table: what goods, content or rooms are, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pyarrow as pa


class Items(Protocol):
    def add(self, items: pa.Table) -> int:
        """Keep versions (columns id, attributes, valid_from as in `limner.collect.chunk.ITEM_BATCH`); how many were
        new. Events are looked up in them anew, those that came before included."""
        ...

    def revision(self) -> int:
        """Another one after every `add` that changed what is looked up."""
        ...

    def known(self, instant: int) -> Mapping[str, Mapping[str, Any]]:
        """The attributes of every item by id, as they are at an instant (µs UTC)."""
        ...
