"""One-ID: who a key is, why, and what people decide about it. The verbs over the `Observations` port."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from limner.identity.answers import Customer, Explanation, Merged, Part, Parted, Report
from limner.identity.deciding import plan_merge, plan_split
from limner.identity.explaining import explain_keys
from limner.identity.graph import Graph, build_graph, extend_graph
from limner.identity.rules import Rules
from limner.identity.showing import report_graph, show_customer
from limner.identity.snapshot import Snapshot, customer_id
from limner.ports.observations import Decision, Observations


class OneId:
    """The identity graph over a log, kept in step with it by `refresh`. Safe to share between threads."""

    def __init__(self, observations: Observations, rules: Rules | None = None, region: str = "CN") -> None:
        self._observations = observations
        self._rules = rules or Rules()
        self._region = region
        self._snapshot: Snapshot | None = None
        self._lock = RLock()

    @property
    def snapshot(self) -> Snapshot:
        """As of the last refresh; the first reading builds it."""
        return self._snapshot or self.refresh()

    @property
    def graph(self) -> Graph:
        return self.snapshot.graph

    def refresh(self) -> Snapshot:
        """Take in what the log has gained. Call it after every append; cheap when nothing is new."""
        with self._lock:
            observed, decisions = self._observations.observed(), self._observations.decisions()
            known = self._snapshot
            if known is None:
                graph = build_graph(observed, decisions, self._rules)
            elif observed is known.observed and tuple(decisions) == known.graph.decisions:
                return known  # without a look at millions of fragments
            else:
                graph = extend_graph(known.graph, observed, decisions, self._rules)
                if graph is known.graph:
                    return known  # with what was worked out from it
            self._snapshot = Snapshot(self._observations, observed, graph, self._region)
            return self._snapshot

    def snapshot_at(self, known_at: int) -> Snapshot:
        """What was known at an instant (µs UTC): its observations and decisions, and links by these alone."""
        observed, decisions = self._observations.observed(known_at), self._observations.decisions(known_at)
        return Snapshot(self._observations, observed, build_graph(observed, decisions, self._rules), self._region)

    def resolve_key(self, key: str) -> int:
        """The customer number of ``type:value`` or of a customer id, old ones included. Raises NotFound."""
        return self.snapshot.resolve(key)

    def show(self, key: str) -> Customer:
        return show_customer(self.snapshot, key)

    def explain(self, left: str, right: str) -> Explanation:
        return explain_keys(self.snapshot, left, right)

    def report(self) -> Report:
        return report_graph(self.snapshot)

    def merge(self, left: str, right: str, author: str = "", reason: str = "") -> Merged:
        """Make two customers one, caps notwithstanding. Conflict when they are."""
        with self._lock:
            decision = plan_merge(self.refresh(), left, right, author, reason)
            numbers = sorted(int(self.graph.root[node]) for node in decision.left + decision.right)
            seq = self._decide(decision)
        return Merged(seq, customer_id(numbers[0]), customer_id(numbers[1]))

    def split(self, key: str, together: Sequence[str] = (), author: str = "", reason: str = "") -> Parted:
        """Take ``key`` (and what goes with it) out of its customer, or undo the merges by hand that hold it there."""
        with self._lock:
            decision, undoes = plan_split(self.refresh(), key, together, author, reason)
            seq = self._decide(decision)
            first, *others = (self.snapshot.find(named) for named in (key, *together))
            strangers = tuple(node for node in others if self.graph.root[node] != self.graph.root[first])
            if strangers:  # asked to leave together, though no event holds them together
                self._decide(Decision("merge", (first,), strangers, author=author, reason=reason))
            taken, *rest = self._parts(decision)
        return Parted(seq, undoes, taken, tuple(rest))

    def _decide(self, decision: Decision) -> int:
        seq = self._observations.decide(decision)
        self.refresh()
        return seq

    def _parts(self, decision: Decision) -> list[Part]:
        """The customers the nodes of a split now are, the one taken out first."""
        parts: dict[int, list[int]] = {}
        for node in decision.left + decision.right:
            parts.setdefault(int(self.graph.root[node]), []).append(node)
        return [Part(customer_id(number), tuple(self.snapshot.keys(nodes))) for number, nodes in parts.items()]
