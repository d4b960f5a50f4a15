// @vitest-environment node
import { init, use as equip } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { expect, test, vi } from "vitest";

import { drawWeb, heightOf, type Linked } from "@/pages/customers/web";

vi.stubGlobal("matchMedia", () => ({ matches: true }));
await import("@/charts/engine"); // with the parts the console has
equip([SVGRenderer]);

/** Everybody at the desk of one shop: devices around a phone. */
function link(count: number): Linked {
  const types = ["phone", "anonymous_id", "openid", "device_id"];
  const nodes = Array.from({ length: count }, (_, n) => {
    const type = types[n % 4] ?? "";
    return { id: `${n}`, type, value: `1380000${1000 + n}`, capped: false, first: null, last: null };
  });
  const edges = nodes.slice(1).map((node, n) => ({
    from: String(n % 3),
    to: node.id,
    observations: 1 + (n % 5),
    first: null,
    last: null,
    by: "events" as const,
    event: null,
    author: null,
    reason: null,
  }));
  return { customer_id: "c1", nodes, edges };
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where the labels of identifiers stand. */
function readLabels(linked: Linked): Box[] {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 560, height: heightOf(linked.nodes.length) });
  chart.setOption(drawWeb(linked, "#888", (type) => type));
  const names = new Set(linked.nodes.map((node) => node.value));
  const found: Box[] = [];
  for (const shown of chart.getZr().storage.getDisplayList(true)) {
    const { text } = shown.style as { text?: string };
    if (shown.type !== "tspan" || shown.ignore || !text || !names.has(text)) continue;
    const box = shown.getBoundingRect().clone();
    if (shown.transform) box.applyTransform(shown.transform);
    found.push({ left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height });
  }
  chart.dispose();
  return found;
}

const meets = (one: Box, other: Box) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

test.each([3, 7, 12, 30, 60])("labels of %d identifiers do not stand on each other", (count) => {
  const labels = readLabels(link(count));
  expect(labels.length).toBeGreaterThan(count < 8 ? count - 1 : 5);
  expect(labels.flatMap((one, at) => labels.slice(at + 1).filter((other) => meets(one, other)))).toEqual([]);
});
