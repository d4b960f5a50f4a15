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
from pathlib import Path
from typing import Any

from limner.jobs.talk import write_error
from limner.jobs.tasks import TASK, CompactTask, ExportTask, FoldTask, ImportTask, LearnTask, Task
from limner.work.line import Line

NICE = 19
IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
"""The number of the system call, by machine: neither Python nor libc has it."""
IDLE = 3 << 13
"""The class of those who get the disk when nobody else wants it."""


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
    match task:
        case ImportTask():
            from limner.work.importing import import_files

            return import_files(task, folder, line)
        case FoldTask():
            from limner.work.folding import fold_columns

            return fold_columns(task, folder, line)
        case ExportTask():
            from limner.work.exporting import export_file

            return export_file(task, folder, line)
        case CompactTask():
            from limner.work.compacting import compact

            return compact(task, folder, line)
        case LearnTask():
            from limner.work.learning import learn

            return learn(task, folder, line)


if __name__ == "__main__":
    main()
