"""Verbs about the tracking plan: read it, and change it while events come in."""

from __future__ import annotations

from typing import Any

from limner.govern.expecting import NEW, expect
from limner.model.clock import now
from limner.model.dump import digest_state
from limner.model.tracking import parse_tracking
from limner.model.yaml_text import load_yaml
from limner.ports.catalog import AuditEntry
from limner.replacing import replace_text
from limner.workspace.opened import Opened

PLAN = "events.yaml"


class Planning(Opened):
    """The tracking plan, as it is written."""

    def plan_show(self) -> dict[str, Any]:
        """The text of ``events.yaml``, and the state it is in."""
        path = self.parts.folder / PLAN
        text = path.read_bytes() if path.exists() else b""
        return {"text": text.decode(), "state": digest_state(text.decode())}

    def plan_save(self, text: str, expected: str | None = None, author: str = "") -> dict[str, Any]:
        """Write the plan anew. It holds for the next event; where names or types of events change, the log has to be
        opened anew for it: ``applied`` is false then. ``expected``: the ``state`` that was read; None = any.

        NEW = there is none yet.

        Raises `DefinitionError` with all that is wrong with it, Stale where somebody else changed it.
        """
        tracking = parse_tracking(load_yaml(text.encode(), PLAN), PLAN)
        with self._settled():
            if expected != NEW or (self.parts.folder / PLAN).exists():
                expect(PLAN, self.plan_show()["state"], expected)
            replace_text(self.parts.folder / PLAN, text)
            held = self.parts.tracking
            applied = (tracking.aliases(), tracking.types()) == (held.aliases(), held.types())
            if applied:
                self.parts.contract.renew(tracking)
            self.parts.catalog.record(AuditEntry(now(), author, "plan.save", PLAN))
        return {**self.plan_show(), "applied": applied}
