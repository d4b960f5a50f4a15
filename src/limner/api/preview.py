"""A try of a tag that is not declared: what it would say of a sample of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from limner.audiences.insight import compare_audience
from limner.fold.fold import fold
from limner.fold.portrait import FoldedRow, draw_portrait
from limner.model.clock import iso_time, now, read_instant
from limner.model.parse import parse_tag
from limner.workspace import Workspace

DRAFT = "draft"
EXAMPLES = 10


def preview_draft(
    workspace: Workspace, definition: Mapping[str, Any], sample: int, as_of: str | None
) -> dict[str, Any]:
    """``as_of``, ``size`` of the sample, ``coverage`` (share with a value), ``values`` and some ``examples``.

    Raises DefinitionError with everything that is wrong in the definition.
    """
    tag = parse_tag(DRAFT, definition)
    zone = workspace.parts.zone
    instant = now() if as_of is None else read_instant(as_of, zone)
    moment = workspace.moment(extra=[tag])
    everybody = moment.view.customers
    chosen = everybody[:: max(len(everybody) // sample, 1)][:sample]
    folded = fold(moment.plan, moment.view.slice_of(chosen), instant)
    members = np.ones(len(chosen), np.bool_)
    insight = compare_audience(folded, members, None, [DRAFT], zone, smallest_cell=1)
    values = [asdict(share) for share in insight.tags[DRAFT].values]
    shown = [draw_portrait(FoldedRow(folded, row, zone), [tag], [], zone) for row in range(min(len(chosen), EXAMPLES))]
    return {
        "as_of": iso_time(instant, zone),
        "size": len(chosen),
        "coverage": 1 - sum(cell["count"] for cell in values if cell["value"] is None) / max(len(chosen), 1),
        "values": [{name: value[name] for name in ("value", "count", "share")} for value in values],
        "examples": [{"customer_id": each.customer_id, **each.tags[DRAFT].as_dict()} for each in shown],
    }
