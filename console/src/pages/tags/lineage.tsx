/** What a tag is made of, and what is made of it. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useAnswer } from "@/api/questions";
import { SERIES, useShade } from "@/app/theme";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { useCatalogue, useEventTitles } from "@/parts/catalogue";
import { Answered } from "@/parts/states";

interface Line {
  name: string;
  needs: { tags: string[]; events: string[]; properties: string[] };
  used_by: { tags: string[]; audiences: string[]; destinations: string[]; readers: Record<string, number> };
}

export function Lineage({ name }: { name: string }) {
  const asked = useAnswer<Line>("/api/v1/tags/{name}/lineage", { params: { name } });
  return <Answered asked={asked}>{(line) => <Drawn line={line} />}</Answered>;
}

const KINDS = ["property", "event", "tag", "audience", "destination", "reader"] as const;

function Drawn({ line }: { line: Line }) {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { shade } = useShade();
  const catalogue = useCatalogue();
  const events = useEventTitles();
  const { option, height, links } = useMemo(() => {
    const before = [
      ...line.needs.properties.map((each) => ({ kind: "property", id: each, label: each })),
      ...line.needs.events.map((each) => ({ kind: "event", id: each, label: events.title(each) })),
      ...line.needs.tags.map((each) => ({ kind: "tag", id: each, label: catalogue.title(each) })),
    ];
    const after = [
      ...line.used_by.tags.map((each) => ({ kind: "tag", id: each, label: catalogue.title(each) })),
      ...line.used_by.audiences.map((each) => ({ kind: "audience", id: each, label: each })),
      ...line.used_by.destinations.map((each) => ({ kind: "destination", id: each, label: each })),
      ...Object.keys(line.used_by.readers).map((each) => ({ kind: "reader", id: each, label: each })),
    ];
    const rows = Math.max(before.length, after.length, 1);
    const place = (those: typeof before, x: number, side: string) =>
      those.map((each, at) => ({
        id: `${side}:${each.kind}:${each.id}`,
        name: each.label,
        category: KINDS.indexOf(each.kind as (typeof KINDS)[number]),
        value: [x, (at + 0.5) * (rows / those.length)],
        label: { position: side === "in" ? "left" : "right" },
      }));
    const nodes = [
      ...place(before, 0, "in"),
      { id: "self", name: catalogue.title(line.name), category: 2, value: [1, rows / 2], symbolSize: 26, label: { position: "bottom", fontWeight: "bold" } },
      ...place(after, 2, "out"),
    ];
    return {
      height: Math.max(220, rows * 44 + 70),
      links: new Map(
        [...before, ...after].flatMap((each) =>
          each.kind === "tag" ? [[each.label, `/tags/${each.id}`]] : each.kind === "audience" ? [[each.label, `/audiences/${each.id}`]] : [],
        ),
      ),
      option: {
        legend: { bottom: 0, data: KINDS.map((each) => t(`lineage.${each}`)) },
        grid: { left: 190, right: 190, top: 16, bottom: 52 },
        xAxis: { type: "value", min: 0, max: 2, show: false },
        yAxis: { type: "value", min: 0, max: rows, inverse: true, show: false },
        series: [
          {
            type: "graph",
            coordinateSystem: "cartesian2d",
            symbolSize: 14,
            edgeSymbol: ["none", "arrow"],
            edgeSymbolSize: 7,
            label: { show: true, width: 170, overflow: "truncate" },
            lineStyle: { color: SERIES[shade][6], curveness: 0.1 },
            categories: KINDS.map((each) => ({ name: t(`lineage.${each}`) })),
            data: nodes,
            edges: [
              ...before.map((each) => ({ source: `in:${each.kind}:${each.id}`, target: "self" })),
              ...after.map((each) => ({ source: "self", target: `out:${each.kind}:${each.id}` })),
            ],
          },
        ],
      },
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
  }, [line, shade, catalogue, say.language]);
  return (
    <Chart
      option={option}
      height={height}
      label={t("tags.lineage_says", { needs: line.needs.tags.length + line.needs.events.length, users: line.used_by.tags.length })}
      onClick={(label) => {
        const to = links.get(label);
        if (to) void go(to);
      }}
    />
  );
}
