/** The parts of the engine that are used, and the one theme of all charts. */
import { BarChart, GraphChart, HeatmapChart, LineChart, RadarChart, ScatterChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  RadarComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { LabelLayout } from "echarts/features";
import { init, registerTheme, use as equip } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { SERIES, type Shade } from "@/app/theme";

equip([
  BarChart,
  GraphChart,
  HeatmapChart,
  LineChart,
  RadarChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  RadarComponent,
  TooltipComponent,
  VisualMapComponent,
  LabelLayout,
  CanvasRenderer,
]);

const INK = {
  light: { text: "#1c2130", soft: "#545b6b", line: "#e3e6ed", ground: "#ffffff" },
  dark: { text: "#e8eaf0", soft: "#aab0bf", line: "#2e3542", ground: "#1f242e" },
} as const;

for (const shade of ["light", "dark"] as const) {
  const ink = INK[shade];
  const axis = {
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: { color: ink.soft },
    splitLine: { lineStyle: { color: ink.line } },
  };
  registerTheme(`limner-${shade}`, {
    color: SERIES[shade],
    backgroundColor: "transparent",
    textStyle: { color: ink.text, fontFamily: "inherit" },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    legend: { textStyle: { color: ink.soft }, icon: "roundRect", itemWidth: 12, itemHeight: 8 },
    tooltip: {
      backgroundColor: ink.ground,
      borderColor: ink.line,
      textStyle: { color: ink.text, fontSize: 13 },
      confine: true,
    },
    line: { symbol: "circle", symbolSize: 5, lineStyle: { width: 2 } },
    graph: { label: { color: ink.text } },
    radar: {
      axisName: { color: ink.soft },
      axisLine: { lineStyle: { color: ink.line } },
      splitLine: { lineStyle: { color: ink.line } },
      splitArea: { show: false },
    },
  });
}

export function drawIn(box: HTMLElement, shade: Shade) {
  return init(box, `limner-${shade}`);
}

export type Engine = { drawIn: typeof drawIn };
