"""Who lets go of a base last does not have its files removed."""

from __future__ import annotations

import time
from pathlib import Path
from threading import current_thread
from weakref import finalize

import numpy as np

from limner.timeline.base import BaseWriter
from limner.timeline.leaving import let_go
from limner.timeline.shard import Shard


def test_files_are_let_go_of_by_a_thread_of_their_own(tmp_path: Path) -> None:
    writer, shards = BaseWriter(tmp_path), 3
    files = []
    for one in range(shards):
        columns = {"time": np.array([7]), "seq": np.array([one])}
        files.append(writer.write(Shard(np.array([one], np.int32), np.array([0, 1]), columns)))
    base = writer.make_ready(files, shards, "Asia/Shanghai", (), np.arange(shards, dtype=np.int32))
    gone: list[str] = []
    for shard in base.shards:
        finalize(shard.columns["time"], lambda: gone.append(current_thread().name))
    del shard
    let_go(base)
    time.sleep(0.1)
    assert base.shards[0].columns["time"].tolist() == [7]
    assert not gone, "somebody reads it"
    del base
    for _ in range(500):
        if len(gone) == shards:
            break
        time.sleep(0.02)
    assert gone == ["letting go"] * shards
