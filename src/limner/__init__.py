"""Limner (画师): customer portraits from timelines of events.

>>> import limner
>>> workspace = limner.open("shop")  # doctest: +SKIP
"""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import TYPE_CHECKING

from limner.errors import LimnerError

if TYPE_CHECKING:
    from limner.app import Credentials
    from limner.backup import Backup
    from limner.workspace import Workspace

__version__ = version("limner")
__all__ = ["LimnerError", "__version__", "init", "open", "restore"]


def init(path: str | os.PathLike[str], timezone: str = "Asia/Shanghai") -> Credentials:
    """Make an empty workspace and return its first keys, which are shown only now."""
    from limner.app import init_workspace

    return init_workspace(path, timezone)


def open(path: str | os.PathLike[str]) -> Workspace:
    """Open a workspace for this process alone; close it, or use it as a context manager."""
    from limner.app import open_workspace

    return open_workspace(path)


def restore(backup: str | os.PathLike[str], path: str | os.PathLike[str]) -> Backup:
    """Make a workspace of a backup, in a new or empty folder."""
    from pathlib import Path

    from limner.backup import restore_backup
    from limner.workspace import silent

    return restore_backup(Path(backup), Path(path), silent)
