"""Models: published truth on public data, and the time of a churn model over a large workspace.

    python benches/models.py truth [--data DIR]          AUC on Telco and bank marketing, five folds, with a peer
    python benches/models.py speed [--customers 200000]  training set at six past dates and fit, 100 folded features

The public data is not part of the repository: DIR has telco/telco_churn_80.csv and bank/bank_additional_80.parquet.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.population import Population
from limner.learn.contract import Known
from limner.learn.declaration import parse_model
from limner.learn.features import with_all_inputs
from limner.learn.kinds import KINDS
from limner.learn.leaks import find_leaks
from limner.learn.metrics import auc
from limner.learn.table import Table
from limner.learn.trees import grow
from limner.model.labels import Labels
from limner.model.parse import parse_tag

Array = npt.NDArray[Any]
FOLDS = 5
SEED = 0
DAY = 86_400_000_000


def read_telco(folder: Path) -> tuple[dict[str, list[Any]], Array]:
    with (folder / "telco" / "telco_churn_80.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    label = np.array([row["Churn"] == "true" for row in rows], float)
    columns: dict[str, list[Any]] = {}
    for name in rows[0]:
        if name in ("customerID", "Churn"):
            continue
        texts = [row[name].strip() for row in rows]
        try:
            columns[name] = [float(text) if text else None for text in texts]
        except ValueError:
            columns[name] = texts
    return columns, label


def read_bank(folder: Path) -> tuple[dict[str, list[Any]], Array]:
    import pyarrow.parquet as pq

    columns = pq.read_table(folder / "bank" / "bank_additional_80.parquet").to_pydict()
    return columns, np.array([str(value) in ("yes", "1", "True") for value in columns.pop("y")], float)


def splits(label: Array) -> Iterator[tuple[Array, Array]]:
    """Five folds with equal shares of yes, shuffled: (rows to fit, rows to test)."""
    chance, fold = np.random.default_rng(SEED), np.empty(len(label), int)
    for value in (0, 1):
        rows = chance.permutation(np.flatnonzero(label == value))
        fold[rows] = np.arange(len(rows)) % FOLDS
    for number in range(FOLDS):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def measure_truth(name: str, table: Table, label: Array) -> None:
    ours, theirs = [], []
    for fit, test in splits(label):
        grown = grow(table.take(fit), label[fit])
        ours.append(auc(label[test], grown.chances(table.take(test))))
        if (peer := ask_peer(table.matrix[fit], label[fit], table.matrix[test])) is not None:
            theirs.append(auc(label[test], peer))
    said = f", scikit-learn's histogram boosting {np.mean(theirs):.4f}" if theirs else ""
    print(f"{name}: AUC {np.mean(ours):.4f} (folds {min(ours):.3f} to {max(ours):.3f}){said}", flush=True)


def ask_peer(fit: Array, label: Array, test: Array) -> Array | None:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError:
        return None
    return np.asarray(HistGradientBoostingClassifier(random_state=SEED).fit(fit, label).predict_proba(test)[:, 1])


def truth(folder: Path) -> None:
    columns, label = read_telco(folder)
    table = Table.of(columns)
    print(f"Telco: leaks named: {[leak.feature for leak in find_leaks(table, label)]}")
    measure_truth("Telco churn", table, label)
    columns, label = read_bank(folder)
    table = Table.of(columns)
    print(f"bank: leaks named: {[leak.feature for leak in find_leaks(table, label)]}")
    measure_truth("bank marketing without duration", table.without(["duration"]), label)


# --- speed -----------------------------------------------------------------------------------------------------------


def make_timelines(customers: int) -> tuple[Any, Any]:
    """(slices, vocabulary) of 13 months: visits and orders, half of the customers stop at some day."""
    from limner.model.timeline import Column, Kind, Slice, Vocabulary

    chance = np.random.default_rng(3)
    counts = 5 + chance.poisson(chance.gamma(2, 15, customers))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    stop = np.where(chance.random(customers) < 0.5, 395, chance.integers(60, 395, customers))
    owner = np.repeat(np.arange(customers), counts)
    times = (chance.random(len(owner)) * stop[owner] * DAY).astype(np.int64)
    times = times[np.lexsort((times, owner))] + 20_000 * DAY
    columns: dict[str, Array] = {
        "time": times,
        "received_at": times,
        "day": (times // DAY).astype(np.int32),
        "hour": (times // 3_600_000_000 % 24).astype(np.int8),
        "name": chance.choice(4, len(owner), p=[0.6, 0.2, 0.1, 0.1]).astype(np.int32),
        "source": np.zeros(len(owner), np.int16),
        "seq": np.arange(1, len(owner) + 1, dtype=np.int64),
        "p1": (chance.gamma(2, 50, len(owner)) * 10_000).astype(np.int64),
        "p2": chance.integers(0, 12, len(owner)).astype(np.int32),
    }
    named = {
        ("amount", Kind.NUMBER): Column("p1", "amount", Kind.NUMBER),
        ("category", Kind.TEXT): Column("p2", "category", Kind.TEXT),
    }
    words = {"p2": tuple(f"category {code}" for code in range(12))}
    vocabulary = Vocabulary(("page", "view_item", "add_to_cart", "order_paid"), ("web",), named, words, "UTC")
    step = 20_000
    slices = []
    for begin in range(0, customers, step):
        end = min(begin + step, customers)
        first, last = offsets[begin], offsets[end]
        part = {name: column[first:last] for name, column in columns.items()}
        slices.append(Slice(np.arange(begin, end, dtype=np.int32), offsets[begin : end + 1] - first, part))
    return slices, vocabulary


def list_tags() -> list[Any]:
    """A hundred folds: counts, days, sums, means and recency of four events over several windows, and tastes."""
    tags = []
    for event in ("page", "view_item", "add_to_cart", "order_paid"):
        for days in (7, 14, 30, 60, 90, 180):
            for name, fold in (
                ("count", {"count": "*"}),
                ("days", {"days": "*"}),
                ("sum", {"sum": "amount"}),
                ("avg", {"avg": "amount"}),
            ):
                tags.append(
                    parse_tag(
                        f"{event}_{name}_{days}", {"layer": "fact", "fold": {**fold, "of": event, "within": f"{days}d"}}
                    )
                )
        tags.append(parse_tag(f"{event}_since", {"layer": "fact", "fold": {"since": event}}))
    return tags


class Timelines:
    """What a view is to a study: everybody's timelines, whoever asks."""

    def __init__(self, slices: list[Any]) -> None:
        self._slices = slices
        self.customers = np.concatenate([part.customers for part in slices])
        self.placement = self.customers

    def slices(self) -> Iterator[Any]:
        return iter(self._slices)


def make_steady() -> Any:
    from limner.study import FoldedStudy

    class Steady(FoldedStudy):
        """Links never changed; what had been received is asked of every event nonetheless."""

        def then(self, tags: Any, as_of: int) -> Any:
            return self._fold(self.view, tags, as_of, Population(as_of), as_of)

    return Steady


def speed(customers: int, threads: int) -> None:
    from limner.fold.plan import build_plan
    from limner.study import find_ends

    Steady = make_steady()  # noqa: N806
    slices, vocabulary = make_timelines(customers)
    tags = list_tags()
    rows = sum(int(part.offsets[-1]) for part in slices)
    written = {
        "kind": "churn",
        "event": "order_paid",
        "horizon": "30d",
        "dates": 6,
        "features": [tag.name for tag in tags],
    }
    declared = parse_model("churn", written, KINDS)
    kind, known = KINDS["churn"], Known(tags, vocabulary.names, {}, Labels())
    asks = kind.asks(declared, known)
    view: Any = Timelines(slices)
    plan = build_plan(
        with_all_inputs(asks, tags), vocabulary, lambda path: frozenset({"number" if path == "amount" else "string"})
    )
    ends = find_ends(view, 2**62)
    dates = kind.dates(declared, ends.first, ends.last, "UTC")
    with TemporaryDirectory() as census:
        study = Steady(
            view=view, plan=plan, asks=asks, thens={}, later={ends.last: Population(0)}, root=view.customers,
            dates=dates, first=ends.first, last=ends.last, seq=rows, zone="UTC", census=Path(census), threads=threads,
            progress=lambda what, done, total: None,
        )  # fmt: skip
        told: dict[str, float] = {}
        began = time.perf_counter()
        study.progress = lambda what, done, total: told.setdefault(what, time.perf_counter() - began)
        fitted = kind.fit(declared, study)
        seconds = time.perf_counter() - began
        found = fitted.evaluate(declared, study)
    built = told.get("fit", seconds)
    looked = f"{len(tags)} features, {len(dates.train)} past dates, {threads} threads"
    print(f"{customers:,} customers, {rows:,} events, {looked}")
    print(f"training set {built:.1f} s, fit {seconds - built:.1f} s, together {seconds:.1f} s")
    print(f"AUC on later time {found.metrics['auc']:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["truth", "speed"])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    if asked.what == "truth":
        truth(asked.data)
    else:
        speed(asked.customers, asked.threads)


if __name__ == "__main__":
    main()
