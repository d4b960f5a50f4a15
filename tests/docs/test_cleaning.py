"""Names of the tracking plan and of enrichment are a contract: both guides have all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.collect.enrich import PROPERTIES, TRAITS
from limner.collect.enrichment.campaign import CLICK_IDS
from limner.collect.enrichment.referrer import TrafficSource
from limner.model.contract import Mode, PropertyType
from limner.model.parse_contract import FIELDS
from limner.model.tracking import Unplanned

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
NAMES = sorted({*PROPERTIES, *TRAITS, *CLICK_IDS, *TrafficSource, *Mode, *PropertyType, *FIELDS, *Unplanned})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_name_is_documented(language: str) -> None:
    text = (GUIDE / language / "cleaning.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in text] == []
