"""A workspace as Python sees it: the verbs of the command line and the API, each a few calls into the rooms."""

from __future__ import annotations

from limner.workspace.acting import Acting
from limner.workspace.admitting import Admitting
from limner.workspace.collecting import Collecting
from limner.workspace.deciding import Deciding
from limner.workspace.examining import Examining
from limner.workspace.folding import Folding
from limner.workspace.importing import Importing
from limner.workspace.looking import Looking
from limner.workspace.opened import silent
from limner.workspace.planning import Planning
from limner.workspace.previewing import Previewing
from limner.workspace.querying import Querying
from limner.workspace.seeking import Seeking
from limner.workspace.starting import Starting
from limner.workspace.trusting import Trusting

__all__ = ["Workspace", "silent"]


class Workspace(
    Collecting,
    Looking,
    Planning,
    Starting,
    Examining,
    Trusting,
    Folding,
    Importing,
    Querying,
    Acting,
    Previewing,
    Deciding,
    Admitting,
    Seeking,
):
    """One writer over one folder; safe to share between threads. Use it as a context manager.

    Every verb does its work at once and returns values whose ``as_dict()`` (where they have one) is the JSON document
    of the same command.
    """
