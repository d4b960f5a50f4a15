"""The command line's texts in Chinese, by their English: a file per area, one table."""

from __future__ import annotations

from collections.abc import Mapping

from limner.cli.chinese.access import ACCESS
from limner.cli.chinese.arrivals import ARRIVALS
from limner.cli.chinese.audiences import AUDIENCES
from limner.cli.chinese.customers import CUSTOMERS
from limner.cli.chinese.models import MODELS
from limner.cli.chinese.shared import SHARED
from limner.cli.chinese.tags import TAGS
from limner.cli.chinese.workspaces import WORKSPACES

AREAS: tuple[Mapping[str, str], ...] = (SHARED, WORKSPACES, ARRIVALS, TAGS, CUSTOMERS, AUDIENCES, MODELS, ACCESS)
CHINESE: Mapping[str, str] = {english: chinese for area in AREAS for english, chinese in area.items()}
