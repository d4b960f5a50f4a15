"""Unix sockets have short names: a path the kernel takes, however deep the workspace lies."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOCKET = "limner.sock"
"""In the workspace's folder."""
LONGEST = 100
"""Bytes. Kernels allow 104 (macOS) to 108 (Linux) with the closing zero."""


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """The path itself or, when it is too long for a socket, one through a private link to its folder.

    Binding and connecting follow the link at once, so it is needed only inside the ``with``.
    """
    whole = str(path.absolute())
    if len(whole.encode()) <= LONGEST:
        yield whole
        return
    with tempfile.TemporaryDirectory(prefix="limner-") as private:
        link = Path(private) / "w"
        link.symlink_to(path.absolute().parent, target_is_directory=True)
        yield str(link / path.name)
