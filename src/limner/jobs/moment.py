"""A moment of the workspace in a folder: all that a process needs to fold it, and nothing that changes any more.

The base's files are there under second names (hard links), so that a compaction may take them away meanwhile. The tail
is written; it is bounded. What orders events of one instant the reader asks the server for: it is asked rarely.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from limner.fold.plan import Plan, build_plan
from limner.fold.population import Population
from limner.ports.log import Progress
from limner.study import FoldedStudy
from limner.timeline.base import open_base
from limner.timeline.gather import ReadKeys
from limner.timeline.residence import Residence
from limner.timeline.shard import map_rows, write_rows
from limner.timeline.tail import Tail
from limner.timeline.view import View

PLAN = "plan.pickle"
SEEDS = "seeds.pickle"
VIEW = "view.pickle"
NAMES = "names.arrow"
STUDY = "study.pickle"
TOLD = ("asks", "thens", "later", "root", "dates", "first", "last", "seq", "zone", "census", "threads")
PLACEMENT = "placement.npy"
TAIL = "tail.arrow"
BASE = "base"


def hold_base(folder: Path, view: View) -> None:
    """Let the base's files outlive the base. The caller holds the lock: nobody takes them away meanwhile."""
    (folder / BASE).mkdir(mode=0o700, parents=True)
    if view.base is not None:
        view.base.link(folder / BASE)


def write_view(folder: Path, view: View) -> None:
    """What `read_view` reads, after `hold_base`. Needs no lock: nothing of a view changes."""
    if view.newer.rows:
        write_rows(folder / TAIL, view.newer)
    np.save(folder / PLACEMENT, view.placement)
    (folder / VIEW).write_bytes(pickle.dumps((view.tail.after, dict(view.grains))))


def read_view(folder: Path, read_keys: ReadKeys) -> View:
    """The timelines, mapped from the folder."""
    after, grains = pickle.loads((folder / VIEW).read_bytes())  # noqa: S301  our server's, where only it may write
    placement = np.load(folder / PLACEMENT)
    tail = Tail(after)
    if (folder / TAIL).exists():
        tail.add(*map_rows(folder / TAIL))
    base = open_base(folder / BASE)
    return View(base, tail, tail.shard(), placement, grains, read_keys, Residence(placement))


def write_plan(folder: Path, plan: Plan, seen: Mapping[str, frozenset[str]]) -> None:
    """What to fold by. ``seen``: the JSON types of the properties it reads."""
    (folder / PLAN).write_bytes(pickle.dumps((list(plan.tags), plan.vocabulary, dict(seen))))


def read_plan(folder: Path) -> Plan:
    tags, vocabulary, seen = pickle.loads((folder / PLAN).read_bytes())  # noqa: S301  as above
    return build_plan(tags, vocabulary, seen.__getitem__)


def write_seeds(folder: Path, seeds: Mapping[int, Population]) -> None:
    """What is known without a summary at the instants that a fold asks about."""
    (folder / SEEDS).write_bytes(pickle.dumps(dict(seeds)))


def read_seeds(folder: Path) -> Callable[[int], Population]:
    seeds: Mapping[int, Population] = pickle.loads((folder / SEEDS).read_bytes())  # noqa: S301  as above
    return seeds.__getitem__


def write_study(folder: Path, study: FoldedStudy) -> None:
    """What `read_study` reads, beside view and plan."""
    told = {name: getattr(study, name) for name in TOLD}
    (folder / STUDY).write_bytes(pickle.dumps(told))


def read_study(folder: Path, read_keys: ReadKeys, progress: Progress) -> FoldedStudy:
    told = pickle.loads((folder / STUDY).read_bytes())  # noqa: S301  as above
    return FoldedStudy(view=read_view(folder, read_keys), plan=read_plan(folder), progress=progress, **told)


def write_names(folder: Path, identifiers: pa.Table) -> None:
    """Who is who, for an export: columns customer, type, value."""
    with pa.OSFile(str(folder / NAMES), "wb") as file, pa.ipc.new_file(file, identifiers.schema) as writer:
        writer.write_table(identifiers)


def read_names(folder: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(folder / NAMES))).read_all()
