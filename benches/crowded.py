"""The console in Chromium where there is far too much of all: 10,000 tags, and one customer with 200,000 events. How
long until each page shows what it is about, and until each thing that somebody does is seen to be done.

    python -m benches.crowded [--workspace DIR] [--turns 5]

Without a workspace one is made, see `crowd.py`. Of each thing: how long until the page stirs at all (the longest from a
key or a click to the next frame), until it shows what was meant, the longest work the page did without a pause, and
what it asked the server for.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benches.console import PASSWORD, measure, say_visits
from benches.crowd import crowd


def say_paces(paces: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
    print(f"{'what':44}{'stirred, p50':>13}{'most':>6}{'shown, p50':>12}{'most':>7}{'longest':>9} ms{'kB':>8}")
    for what, took in paces.items():
        middle = {figure: median(one[figure] for one in took) for figure in took[0]}
        most = {figure: max(one[figure] for one in took) for figure in took[0]}
        stirred = f"{middle['stirred']:13.0f}{most['stirred']:6.0f}"
        shown = f"{middle['shown']:12.0f}{most['shown']:7.0f}{most['longest']:9.0f}"
        print(f"{what:44}{stirred}{shown}{middle['bytes'] / 1e3:11.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = asked.workspace or Path(scratch) / "shop"
        if asked.workspace is None:
            crowd(folder, PASSWORD)
        took = measure(folder, Path(scratch), asked.turns, "pace")
    say_visits(took["visits"])
    say_paces(took["paces"])


if __name__ == "__main__":
    main()
