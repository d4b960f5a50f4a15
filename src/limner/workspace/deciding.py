"""Verbs about who is who."""

from __future__ import annotations

from collections.abc import Sequence

from limner.identity.answers import Customer, Explanation, Merged, Parted, Report
from limner.identity.drawing import Drawing, draw_customer
from limner.workspace.opened import Opened


class Deciding(Opened):
    """Customers, their evidence, and what people decide about them."""

    def identity_show(self, key: str) -> Customer:
        with self._settled():
            self._one_id.refresh()
            return self._one_id.show(key)

    def identity_draw(self, key: str) -> Drawing:
        """The same as a graph: what links each identifier to another."""
        with self._settled():
            self._one_id.refresh()
            return draw_customer(self._one_id.snapshot, key)

    def identity_merge(self, a: str, b: str, author: str = "", reason: str = "") -> Merged:
        with self._settled():
            return self._one_id.merge(a, b, author, reason)

    def identity_split(self, keys: Sequence[str] | str, author: str = "", reason: str = "") -> Parted:
        """Take the first key, with the others, out of its customer; or undo the merge by hand that holds it there."""
        first, *together = [keys] if isinstance(keys, str) else keys
        with self._settled():
            return self._one_id.split(first, together, author, reason)

    def identity_explain(self, a: str, b: str) -> Explanation:
        with self._settled():
            self._one_id.refresh()
            return self._one_id.explain(a, b)

    def identity_report(self) -> Report:
        """Shared identifiers and the largest customers."""
        with self._settled():
            self._one_id.refresh()
            return self._one_id.report()
