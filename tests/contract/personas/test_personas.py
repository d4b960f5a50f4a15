"""What `ports.personas.Personas` promises. A new adapter is done when it is added to `store`."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, SqlPersonas, open_catalog
from limner.errors import Conflict
from limner.ports.catalog import AuditEntry
from limner.ports.personas import PersonaFit, StoredCard


def card(persona: str, version: int = 1, at: int = 5) -> StoredCard:
    return StoredCard(persona, version, {"name": {"zh": "早起的人"}}, "ada", "", at)


@pytest.fixture
def personas(store: SqlCatalog) -> SqlPersonas:
    return SqlPersonas(store)


def test_fits_come_back_with_their_cards_in_their_order(personas: SqlPersonas, place: Path | str) -> None:
    assert personas.fits() == []
    first = personas.add_fit(PersonaFit({"types": 2}, "ada", 5), [card("p1"), card("p2")])
    second = personas.add_fit(PersonaFit({"types": 1}, "bob", 9), [card("p1", 2, 9)])
    assert (first.number, second.number) == (1, 2)
    again = open_catalog(place)
    kept = SqlPersonas(again)
    assert kept.fits() == [first, second]
    assert kept.card_versions("p1") == [card("p1"), card("p1", 2, 9)]
    assert kept.card_versions() == [card("p1"), card("p2"), card("p1", 2, 9)]
    again.close()


def test_a_version_is_kept_once(personas: SqlPersonas) -> None:
    personas.add_card(card("p1"))
    with pytest.raises(Conflict):
        personas.add_card(card("p1", at=8), [AuditEntry(8, "bob", "persona.edit", "p1")])
    assert personas.card_versions("p1") == [card("p1")]


def test_a_fit_whose_cards_cannot_be_kept_leaves_no_trace(personas: SqlPersonas) -> None:
    with pytest.raises(Conflict):
        personas.add_fit(PersonaFit({}, "ada", 5), [card("p1"), card("p1")])
    assert personas.fits() == []
    assert personas.card_versions() == []


def test_of_nobody_there_is_nothing(personas: SqlPersonas) -> None:
    assert personas.card_versions("p9") == []
