"""Curves of a card as pictures, in English or Chinese.

Colours are those that the colour-blind tell apart too (Okabe, Ito 2008); lines differ by their marks as well.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from itertools import cycle
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from limner.learn.plot_words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Language = Literal["zh", "en"]
Curve = Mapping[str, Any]
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9")
MARKS = ("o", "s", "^", "D", "v", "P", "X")
"""One more than colours: so no two lines of a plot have both."""
FAINT = ("perfect", "random")
"""Lines to compare with."""
SIZE = (6.4, 4.4)
"""Inches."""
DOTS = 110
"""Per inch, of a PNG."""
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "SimHei",
)
"""Fonts that have Chinese, as far as a machine has any of them. An SVG names them all, for whoever looks at it."""
FALLBACK = "DejaVu Sans"
_drawing = Lock()
"""What is drawn by, and warned of, is the whole process's."""

log = logging.getLogger(__name__)


def draw_curves(curves: Mapping[str, Curve], format: str, language: Language = "en") -> dict[str, bytes]:
    """``curves``: as a card has them. The same curve gives the same bytes. A PNG is in English where no font of this
    machine has Chinese."""
    if language == "zh" and format == "png" and not find_chinese():
        log.warning("No font of this machine has Chinese: the plots are in English. One of %s will do.", CHINESE)
        language = "en"
    return {name: draw_curve(curve, format, language) for name, curve in curves.items()}


@cache
def find_chinese() -> tuple[str, ...]:
    """Those of `CHINESE` that are there."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return tuple(name for name in CHINESE if name in known)


def draw_curve(curve: Curve, format: str, language: Language) -> bytes:
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    fonts = [*find_chinese(), *(CHINESE if format == "svg" else ())] if language == "zh" else []
    looks: Any = {"svg.hashsalt": "limner", "svg.fonttype": "none", "font.size": 10, "font.family": [*fonts, FALLBACK]}
    drawn = BytesIO()
    with _drawing, rc_context(looks), warnings.catch_warnings():
        # Fonts that only who looks at an SVG has are neither found nor measured here.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        lines = {say(name, language): points for name, points in curve["lines"].items()}
        axes.set_xlabel(say(curve["axes"][0], language))
        axes.set_ylabel(say(curve["axes"][1], language))
        axes.set_title(curve["title"].get(language, ""), fontsize=11)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        if all(len(points) == 1 for points in lines.values()):
            draw_points(axes, lines)
        else:
            draw_lines(axes, lines, [say(name, language) for name in FAINT])
        figure.savefig(drawn, format=format, metadata={"Date": None} if format == "svg" else None)
    return drawn.getvalue()


def draw_lines(axes: Axes, lines: Mapping[str, Sequence[Sequence[float]]], faint: Sequence[str]) -> None:
    colours, marks = cycle(COLOURS), cycle(MARKS)
    before = ""
    for name, points in lines.items():
        across, up = zip(*points, strict=True) if points else ((), ())
        if name in faint:
            axes.plot(across, up, color="#8c8c8c", linestyle="--", linewidth=1, label=name)
        elif before and name.startswith(before):  # what came, beside the line that foretold it, in its colour
            axes.plot(across, up, color=axes.lines[-1].get_color(), linestyle=":", linewidth=1.6, label=name)
        else:
            axes.plot(across, up, color=next(colours), linewidth=1.8, marker=next(marks), markersize=4, label=name)
        before = name
    if len(lines) > 1:
        axes.legend(frameon=False, fontsize=9)


def draw_points(axes: Axes, lines: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """Lines of one point: bars where their places are 0, 1, 2 ..., else a map, each called by its name."""
    places = [float(points[0][0]) for points in lines.values()]
    heights = [float(points[0][1]) for points in lines.values()]
    if all(place == round(place) for place in places) and len({*places}) == len(places):
        axes.bar(places, heights, width=0.6, color=COLOURS[0])
        axes.set_xticks(places, list(lines))
        axes.grid(visible=False, axis="x")
        return
    for name, across, up, colour, mark in zip(lines, places, heights, cycle(COLOURS), cycle(MARKS)):
        axes.scatter([across], [up], color=colour, marker=mark, s=60)
        axes.annotate(name, (across, up), xytext=(6, 4), textcoords="offset points", fontsize=8)
    axes.margins(x=0.22, y=0.12)
