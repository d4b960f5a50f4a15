"""The verbs of a workspace are spread over files by area: none may hide another's."""

from __future__ import annotations

from collections import defaultdict

from limner.workspace import Workspace

EVERYWHERE = {
    "__init__",
    "__module__",
    "__doc__",
    "__annotations__",
    "close",
    "__firstlineno__",
    "__static_attributes__",
}
ASKED_FOR = {"_admit", "_adopt", "_drop_idle", "_forget_derived", "_notice", "_others_using", "_wanted_tags"}
"""By one area, and answered by a later one."""


def test_no_area_hides_what_another_says() -> None:
    said: dict[str, list[str]] = defaultdict(list)
    for area in Workspace.__mro__:
        if area.__module__.startswith("limner.workspace"):
            for name in vars(area).keys() - EVERYWHERE:
                said[name].append(area.__name__)
    assert {name: areas for name, areas in said.items() if len(areas) > 1 and name not in ASKED_FOR} == {}
