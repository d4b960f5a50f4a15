"""One-ID from scratch: 10 M links over 5 M identifiers, caps and priorities included, beside scipy's kernel alone.

    python benches/identity.py [--links 10000000]

Two sets of observations. *uniform*: random pairs under caps nobody reaches, so that both must give the very same
components. *shop*: a million people with phones, cookies and openids, shop phones and family browsers; scipy is given
the links that remain once the shared identifiers are known, which is the easier half of the work.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from limner.identity.graph import Graph, build_graph, extend_graph
from limner.identity.rules import Rules, TypeRule
from limner.ports.observations import Observed

T = TypeVar("T")

TYPES = ("user_id", "phone", "email", "openid", "anonymous_id")
NEVER = TypeRule(limit=10**9, fan_out=10**9)


def uniform(links: int) -> Observed:
    """Random pairs over half as many identifiers as links."""
    rng = np.random.default_rng(1)
    size = links // 2
    return pairs(rng.integers(0, size, (links, 2), np.int32), np.zeros(size, np.int16))


def shop(links: int) -> Observed:
    """Five identifiers per person, seen in pairs; one order in 50 bears a shop's phone, one login in 50 is on somebody
    else's browser."""
    rng = np.random.default_rng(2)
    people = links // 10
    shares = (1, 1, 0.5, 0.5, 2)
    counts = [int(people * share) for share in shares]
    starts = np.cumsum([0, *counts])
    node_types = np.repeat(np.arange(len(shares), dtype=np.int16), counts)
    owner = rng.integers(0, people, links).astype(np.int32)
    kind = rng.choice(np.arange(1, 5), links, p=[0.3, 0.1, 0.1, 0.5])
    spread = rng.integers(0, 2, links)
    other = starts[kind] + np.where(kind == 4, owner * 2 + spread, owner % np.array(counts)[kind])
    shops = starts[1] + rng.integers(0, max(people // 10_000, 1), links)
    other = np.where((kind == 1) & (rng.random(links) < 0.02), shops, other)
    family = (kind == 4) & (rng.random(links) < 0.02)
    other = np.where(family, starts[4] + (owner * 2 + 2) % counts[4], other)
    return pairs(np.stack([owner, other.astype(np.int32)], axis=1), node_types)


def pairs(nodes: npt.NDArray[np.int32], node_types: npt.NDArray[np.int16]) -> Observed:
    offsets = np.arange(0, 2 * len(nodes) + 1, 2, dtype=np.int64)
    return Observed(TYPES, node_types, offsets, nodes.reshape(-1), np.ones(len(nodes), np.bool_))


def scipy_roots(observed: Observed, shared: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """The same partition, by scipy: the smallest node of each component."""
    left, right = observed.nodes[0::2], observed.nodes[1::2]
    kept = ~(shared[left] | shared[right])
    size = len(shared)
    links = coo_array((np.ones(int(kept.sum()), np.int8), (left[kept], right[kept])), shape=(size, size))
    count, labels = connected_components(links, directed=False)
    smallest = np.full(count, size, np.int32)
    np.minimum.at(smallest, labels, np.arange(size, dtype=np.int32))
    return smallest[labels]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = perf_counter()
    answer = work()
    return answer, perf_counter() - start


def compare(name: str, observed: Observed, rules: Rules) -> Graph:
    graph, ours = timed(lambda: build_graph(observed, [], rules))
    roots, theirs = timed(lambda: scipy_roots(observed, graph.shared))
    if not np.array_equal(graph.root, roots):
        raise SystemExit(f"{name}: the components differ from scipy's")
    customers = len(np.unique(graph.root))
    print(
        f"{name:8} {len(observed.live):>11,} links {len(graph.root):>10,} identifiers {customers:>10,} customers "
        f"{int(graph.shared.sum()):>8,} shared | limner {ours:5.2f} s, scipy without caps {theirs:5.2f} s, "
        f"ratio {theirs / ours:4.2f}, same components"
    )
    return graph


def extend(observed: Observed, graph: Graph, more: int, rules: Rules) -> None:
    """A tick: ``more`` new cookies, each seen with somebody known."""
    size = len(graph.root)
    rng = np.random.default_rng(3)
    people = int((observed.node_types == 0).sum())
    fresh = np.stack([rng.integers(0, people, more), np.arange(size, size + more)], axis=1).astype(np.int32)
    node_types = np.concatenate([observed.node_types, np.full(more, len(TYPES) - 1, np.int16)])
    longer = pairs(np.concatenate([observed.nodes.reshape(-1, 2), fresh]), node_types)
    extend_graph(graph, longer, [], rules)  # a server's memory is warm
    extended, seconds = timed(lambda: extend_graph(graph, longer, [], rules))
    again, scratch = timed(lambda: build_graph(longer, [], rules))
    if not (np.array_equal(extended.root, again.root) and np.array_equal(extended.customer_of, again.customer_of)):
        raise SystemExit("extending differs from building from scratch")
    print(f"extend   {more:>11,} links more: {seconds * 1000:.0f} ms, from scratch {scratch * 1000:.0f} ms, same graph")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=10_000_000)
    links = parser.parse_args().links
    build_graph(shop(1000), [], Rules())  # compile
    compare("uniform", uniform(links), Rules(dict.fromkeys(TYPES, NEVER)))
    observed = shop(links)
    graph = compare("shop", observed, Rules())
    extend(observed, graph, 1000, Rules())
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB, observations and scipy included")


if __name__ == "__main__":
    main()
