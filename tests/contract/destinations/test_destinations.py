"""What `ports.destinations.Destinations` promises. A new adapter is done when it is added to `store`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.errors import Conflict
from limner.ports.catalog import AuditEntry
from limner.ports.destinations import Destination, Shape

CRM = Destination("crm", "https://crm.example.com/hook", Shape.STANDARD, "sealed", ("城市", "spend"), (), False, 5)
ADS = Destination("ads", "http://10.0.0.7:8080", Shape.SEGMENT, "sealed", (), ("vip",), True, 6, 7)


def test_they_come_back_as_they_were_in_their_order(store: SqlCatalog, place: Path | str) -> None:
    assert store.destinations() == []
    store.put_destination(CRM)
    store.put_destination(ADS)
    again = open_catalog(place)
    assert again.destinations() == [CRM, ADS]
    assert again.destinations()[0].shape is Shape.STANDARD
    again.close()


def test_one_of_a_known_name_takes_its_place(store: SqlCatalog) -> None:
    store.put_destination(CRM)
    store.put_destination(ADS)
    changed = replace(CRM, url="https://other.example.com", tags=(), disabled_at=9)
    store.put_destination(changed)
    assert store.destinations() == [changed, ADS]


def test_a_destination_and_its_audit_are_kept_together_or_not_at_all(store: SqlCatalog) -> None:
    entry = AuditEntry(5, "ada", "destination.add", "crm")
    store.put_destination(CRM, [entry])
    assert store.audit("crm") == [entry]
    with pytest.raises(Conflict):
        store.put_destination(ADS, [replace(entry, who=None)])  # type: ignore[arg-type]
    assert store.destinations() == [CRM]
