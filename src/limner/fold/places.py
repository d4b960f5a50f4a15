"""Which row each customer has. Customers are dense numbers: to look them up takes less than to sort them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel

Places = npt.NDArray[np.int32]
"""By customer: the row and one, 0 = there is none. So room for those who are to come is zeros, which take no memory."""
Numbers = npt.NDArray[np.int32]
SPARSE = 8
"""Numbers for each customer there is: beyond that looking through all of them takes longer than sorting."""


def note_places(customers: Numbers, room: int = 0) -> Places:
    """Of customers in the order of their rows; ``room``: for how many customers."""
    places = np.zeros(max(room, int(customers.max(initial=0)) + 1), np.int32)
    number(customers, places)
    return places


@kernel
def number(customers: Numbers, places: Places) -> None:
    """Notes the place of each, and one, where it is looked for; others go on meanwhile."""
    for row, customer in enumerate(customers):
        places[customer] = row + 1


def look_up(places: Places, customers: Numbers) -> Places:
    """The rows of these customers; -1 for who has none."""
    inside = customers < len(places)
    if np.all(inside):
        return places[customers] - np.int32(1)
    return np.where(inside, places[np.where(inside, customers, 0)], 0) - np.int32(1)


def order_ascending(customers: Numbers) -> npt.NDArray[np.int64] | None:
    """The rows in the order of their customers, each of whom is there once; None where they are in order."""
    falls = np.flatnonzero(customers[1:] < customers[:-1])
    if not len(falls):
        return None
    if len(falls) == 1:  # those who were not touched, then those who were
        return merge(customers, int(falls[0]) + 1)
    if int(customers.max()) > SPARSE * len(customers):
        return np.argsort(customers, kind="stable")
    places = note_places(customers)
    return np.subtract(places if np.all(places) else places[places > 0], 1, dtype=np.int64)


@kernel
def merge(customers: Numbers, second: int) -> npt.NDArray[np.int64]:
    """The rows of two runs that ascend, the other beginning at ``second``, as one that does."""
    order = np.empty(len(customers), np.int64)
    i, j = 0, second
    for place in range(len(order)):
        if j == len(customers) or (i < second and customers[i] < customers[j]):
            order[place] = i
            i += 1
        else:
            order[place] = j
            j += 1
    return order
