/** The identifiers of a customer and what links them, as the chart draws them. */
import type { EChartsCoreOption } from "echarts/core";

export interface Node {
  id: string;
  type: string;
  value: string;
  capped: boolean;
  first: string | null;
  last: string | null;
}

export interface Edge {
  from: string;
  to: string;
  observations: number;
  first: string | null;
  last: string | null;
  by: "events" | "merge" | "split";
  event: string | null;
  author: string | null;
  reason: string | null;
}

export interface Linked {
  customer_id: string;
  nodes: Node[];
  edges: Edge[];
}

/** Up to so many each has all the room it wants. */
const FEW = 8;
const HEIGHT = 420;

/** Pixels: more of them need more room. */
export function heightOf(count: number): number {
  return Math.min(760, HEIGHT + 10 * Math.max(0, count - FEW));
}

/** Laid out once, before it is drawn: a label that would stand on another is left out, and shown when one points at it. */
export function drawWeb(linked: Linked, line: string | undefined, call: (type: string) => string, narrow = false): EChartsCoreOption {
  const types = [...new Set(linked.nodes.map((node) => node.type))];
  const many = linked.nodes.length > FEW;
  return {
    tooltip: {},
    legend: { bottom: 0, type: "scroll", data: types.map(call) },
    series: [
      {
        type: "graph",
        layout: "force",
        roam: true,
        draggable: true,
        bottom: 40,
        force: { initLayout: "circular", repulsion: narrow ? 260 : 600, edgeLength: narrow ? [50, 90] : [110, 190], layoutAnimation: false },
        categories: types.map((type) => ({ name: call(type) })),
        label: { show: true, position: "bottom", width: narrow ? 84 : 130, overflow: "truncate", textBorderWidth: 0 },
        labelLayout: { hideOverlap: true },
        emphasis: { label: { show: true } },
        data: linked.nodes.map((node) => ({
          id: node.id,
          name: node.value,
          category: types.indexOf(node.type),
          symbolSize: many ? 20 : 30,
          itemStyle: node.capped ? { opacity: 0.35 } : {},
        })),
        edges: linked.edges.map((edge) => ({
          source: edge.from,
          target: edge.to,
          value: edge.observations,
          lineStyle: {
            width: 1 + Math.min(4, Math.log2(1 + edge.observations)),
            type: edge.by === "events" ? "solid" : "dashed",
            color: line,
            curveness: 0.05,
          },
        })),
      },
    ],
  };
}
