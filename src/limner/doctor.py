"""The doctor: how much there is, and whether what is derived still agrees with the log."""

from __future__ import annotations

from typing import Any

from limner.fold.columns import load_columns
from limner.fold.plan import needs
from limner.identity.one_id import OneId
from limner.model.clock import iso_time
from limner.model.timeline import Kind
from limner.parts import Parts
from limner.tags.registry import current_tags


def examine(parts: Parts, one_id: OneId) -> dict[str, Any]:
    """Counts, watermarks, sizes in bytes and a list of what somebody should look at."""
    seq = parts.log.watermark()
    one_id.refresh()
    report = one_id.report()
    stored = load_columns(parts.folder / "columns", verify=True)
    advice = []
    if stored is not None and stored.seq != seq:
        advice.append(f"The tag columns have consumed {stored.seq} of {seq} rows: `limner fold` brings them up.")
    if stored is None and seq:
        advice.append("There are no tag columns yet: `limner fold` makes them.")
    if rejects := parts.rejects.count():
        advice.append(f"{rejects} rows are waiting among the rejects: `limner rejects list`.")
    if shared := sum(report.shared.values()):
        advice.append(f"{shared} identifiers are shared by too many to link anybody.")
    tags = current_tags(parts.registry)
    numbers = sorted(path for path, kind in needs(tags, parts.seen) if kind is Kind.NUMBER)
    advice += [str(each) for each in parts.seen.unreadable(numbers)]
    return {
        "folder": str(parts.folder.absolute()),
        "timezone": parts.zone,
        "seq": seq,
        "customers": report.customers,
        "tags": len(tags),
        "rejects": rejects,
        "columns_as_of": None if stored is None else iso_time(stored.folded.as_of, parts.zone),
        "columns_seq": None if stored is None else stored.seq,
        "bytes": {
            name: sum(path.stat().st_size for path in sorted(parts.folder.glob(pattern)) if path.is_file())
            for name, pattern in {"log": "log.duckdb*", "timelines": "timelines/*", "columns": "columns/**/*"}.items()
        },
        "advice": advice,
    }
