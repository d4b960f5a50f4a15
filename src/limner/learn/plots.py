"""Curves of a card as pictures. Texts in them are English: the fonts that come along know no others."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

COLOURS = ("#1677ff", "#fa8c16", "#13c2c2", "#722ed1", "#52c41a", "#eb2f96")
FAINT = ("perfect", "random")
"""Lines to compare with."""
SIZE = (6.4, 4.4)
"""Inches."""
DOTS = 110
"""Per inch, of a PNG."""


def draw_curves(curves: Mapping[str, Mapping[str, Any]], format: str) -> dict[str, bytes]:
    """``curves``: as a card has them. The same curve gives the same bytes."""
    return {name: draw_curve(curve, format) for name, curve in curves.items()}


def draw_curve(curve: Mapping[str, Any], format: str) -> bytes:
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "limner", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        colours = iter(COLOURS * (1 + len(curve["lines"])))
        for name, points in curve["lines"].items():
            across, up = ([point[place] for point in points] for place in (0, 1))
            if name in FAINT:
                axes.plot(across, up, color="#bfbfbf", linestyle="--", linewidth=1, label=name)
            elif name.endswith(", actual"):  # beside the line that foretold it, in its colour
                axes.plot(across, up, color=axes.lines[-1].get_color(), linestyle=":", linewidth=1.6, label=name)
            else:
                axes.plot(across, up, color=next(colours), linewidth=1.8, marker="o", markersize=3, label=name)
        axes.set_xlabel(curve["axes"][0])
        axes.set_ylabel(curve["axes"][1])
        axes.set_title(curve["title"].get("en", ""), fontsize=11)
        axes.grid(alpha=0.25)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if len(curve["lines"]) > 1:
            axes.legend(frameon=False, fontsize=9)
        drawn = BytesIO()
        figure.savefig(drawn, format=format, metadata={"Date": None} if format == "svg" else None)
        return drawn.getvalue()
