"""What `ports.audiences.Audiences` promises. A new adapter is done when it is added to `store`."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.errors import Conflict
from limner.model.audience import Audience
from limner.model.parse import parse_condition
from limner.ports.catalog import AuditEntry

VIP = Audience("vip", parse_condition({"spend": {"gte": 100}}), {"zh": "贵宾"})
RULE = {"all": [{"did": "order_paid", "sum": "amount", "is": {"gte": 3}, "within": "30d"}, {"not": {"city": "上海"}}]}
BUYERS = Audience("买家", parse_condition(RULE), {})


def test_they_come_back_as_they_were_in_their_order(store: SqlCatalog, place: Path | str) -> None:
    assert store.audiences() == []
    store.put_audience(VIP)
    store.put_audience(BUYERS)
    again = open_catalog(place)
    assert again.audiences() == [VIP, BUYERS]
    again.close()


def test_one_of_a_known_name_takes_its_place(store: SqlCatalog) -> None:
    store.put_audience(VIP)
    store.put_audience(BUYERS)
    changed = Audience("vip", BUYERS.rule, {"en": "VIPs"})
    store.put_audience(changed)
    assert store.audiences() == [changed, BUYERS]


def test_dropped_ones_are_gone(store: SqlCatalog) -> None:
    store.put_audience(VIP)
    store.put_audience(BUYERS)
    entry = AuditEntry(5, "ada", "audience.drop", "vip")
    store.drop_audience("vip", [entry])
    assert store.audiences() == [BUYERS]
    assert store.audit("vip") == [entry]
    store.drop_audience("nobody")


def test_an_audience_and_its_audit_are_kept_together_or_not_at_all(store: SqlCatalog) -> None:
    entry = AuditEntry(5, None, "audience.save", "vip")  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        store.put_audience(VIP, [entry])
    assert store.audiences() == []
    store.put_audience(VIP)
    with pytest.raises(Conflict):
        store.drop_audience("vip", [entry])
    assert store.audiences() == [VIP]
