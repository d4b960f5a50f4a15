"""``python -m limner.work FOLDER``: do the task that is left in the folder, beside the server that left it there.

Like `limner.app` it may know rooms and adapters both; unlike it, it opens no workspace: it reads files nobody changes,
and writes files that the server takes over.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from limner.jobs.talk import write_error
from limner.jobs.tasks import (
    TASK,
    CompactTask,
    ExportTask,
    FoldTask,
    ImportTask,
    LearnTask,
    PackTask,
    Task,
    TrendTask,
    TypesTask,
)
from limner.work.line import Line

NICE = 19
IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
"""The number of the system call, by machine: neither Python nor libc has it."""
IDLE = 3 << 13
"""The class of those who get the disk when nobody else wants it."""

DOES: Mapping[type[Task], tuple[str, str]] = {
    ImportTask: ("importing", "import_files"),
    FoldTask: ("folding", "fold_columns"),
    ExportTask: ("exporting", "export_file"),
    CompactTask: ("compacting", "compact"),
    LearnTask: ("learning", "learn"),
    PackTask: ("packing", "pack"),
    TrendTask: ("trending", "measure_trend"),
    TypesTask: ("typifying", "seek_types"),
}
"""By kind of task: the module here, and its function."""


def main() -> None:
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which says what becomes of this
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    give_way()
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no message
    line = Line(sys.stdin.buffer, said)
    try:
        line.say({"result": do(pickle.loads((folder / TASK).read_bytes()), folder, line)})  # noqa: S301  our server's
    except Exception as error:  # the boundary to the server: it must get an answer
        sys.excepthook(type(error), error, error.__traceback__)
        line.say({"error": write_error(error)})


def give_way() -> None:
    """Behind everybody who wants the processor or the disk."""
    os.nice(NICE)
    number = IOPRIO_SET.get(os.uname().machine)
    if sys.platform == "linux" and number is not None:
        ctypes.CDLL(None, use_errno=True).syscall(number, 1, 0, IDLE)  # refused = the usual class, no harm


def do(task: Task, folder: Path, line: Line) -> Mapping[str, Any]:
    """Only what the task needs is loaded: an import wants no kernels."""
    module, name = DOES[type(task)]
    result: Mapping[str, Any] = getattr(import_module(f"limner.work.{module}"), name)(task, folder, line)
    return result


if __name__ == "__main__":
    main()
