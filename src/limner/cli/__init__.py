"""The command line: ``limner -w DIR COMMAND``. Parses, calls one verb of the workspace, shows the answer."""

from limner.cli.main import main

__all__ = ["main"]
