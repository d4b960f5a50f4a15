"""Verbs about who is who."""

from __future__ import annotations

from collections.abc import Sequence

from limner.errors import NotFound
from limner.identity.answers import Customer, Explanation, Merged, Parted, Report
from limner.identity.drawing import Drawing, draw_customer
from limner.identity.snapshot import customer_id
from limner.workspace.opened import Opened


class Deciding(Opened):
    """Customers, their evidence, and what people decide about them."""

    def identity_show(self, key: str) -> Customer:
        with self._settled():
            self._one_id.refresh()
            return self._one_id.show(key)

    def are_of(self, key: str, customers: Sequence[int]) -> list[bool]:
        """Which of these customers, as they were numbered once, are who the key is today. DataError: not a key."""
        snapshot = self._one_id.refresh()
        try:
            number = snapshot.resolve(key)
        except NotFound:
            return [customer_id(customer) == key for customer in customers]
        root = snapshot.graph.root
        return [customer < len(root) and int(root[customer]) == number for customer in customers]

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
