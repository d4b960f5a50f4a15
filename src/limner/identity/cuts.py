"""What people decided by hand: which pairs of identifiers no observation may link, and which are linked regardless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from limner.ports.observations import Decision


class Cuts:
    """The splits among decisions, asked pair by pair. Few and small beside the observations, so plain dicts."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._sides: dict[int, dict[int, bool]] = {}
        for place, decision in enumerate(decisions):
            if decision.kind == "split":
                for on_left, nodes in ((True, decision.left), (False, decision.right)):
                    for node in nodes:
                        self._sides.setdefault(node, {})[place] = on_left

    def __bool__(self) -> bool:
        return bool(self._sides)

    def __contains__(self, node: int) -> bool:
        return node in self._sides

    def apart(self, one: int, other: int, after: int = -1) -> bool:
        """Are they on two sides of a split (of one made after the ``after``-th decision)?"""
        ours, theirs = self._sides.get(one), self._sides.get(other)
        if ours is None or theirs is None:
            return False
        return any(place > after and theirs.get(place, side) != side for place, side in ours.items())

    def mask(self, size: int) -> npt.NDArray[np.bool_]:
        """Per node: is it named by any split?"""
        mask = np.zeros(size, np.bool_)
        mask[list(self._sides)] = True
        return mask

    def groups(self, nodes: Iterable[int]) -> list[list[int]]:
        """An event's identifiers, strongest first, parted so that no group holds two that are apart.

        Each goes with the first group it may join; so those a split does not name stay with the strongest.
        """
        groups: list[list[int]] = []
        for node in nodes:
            for group in groups:
                if not any(self.apart(node, member) for member in group):
                    group.append(node)
                    break
            else:
                groups.append([node])
        return groups


def hand_links(decisions: Sequence[Decision], cuts: Cuts) -> list[tuple[int, int]]:
    """Pairs joined by a merge and not parted by a later split."""
    return [
        (one, other)
        for place, decision in enumerate(decisions)
        if decision.kind == "merge"
        for one in decision.left
        for other in decision.right
        if not cuts.apart(one, other, after=place)
    ]
