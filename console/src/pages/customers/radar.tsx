/** Where the customer stands among all, by a few numbers: the share of customers who have less. */
import { Card } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Insight, Portrait } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Answered, Nothing } from "@/parts/states";

import { pickCompared, rankIn } from "./face";

const EVERYBODY = { all: [] };

export function Radar({ portrait }: { portrait: Portrait; asOf: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const names = useMemo(() => pickCompared(portrait.tags), [portrait.tags]);
  const base = useAnswer<Insight>("/api/v1/audiences:insight", {
    body: { rule: EVERYBODY, tags: names },
    enabled: names.length >= 3 && may("count_audiences"),
    keep: true,
    fresh: 600_000,
  });
  if (!may("count_audiences")) return null;
  return (
    <Card title={t("customers.radar")} size="small">
      {names.length < 3 ? (
        <Nothing title={t("customers.radar_few")} />
      ) : (
        <Answered asked={base}>{(insight) => <Web portrait={portrait} names={names} insight={insight} />}</Answered>
      )}
    </Card>
  );
}

function Web({ portrait, names, insight }: { portrait: Portrait; names: string[]; insight: Insight }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const option = useMemo(() => {
    const ranks = names.map((name) => {
      const value = portrait.tags[name]?.value;
      return typeof value === "number" ? Math.round((rankIn(insight.tags[name]?.values ?? [], value) ?? 0) * 100) : 0;
    });
    return {
      tooltip: { valueFormatter: (value: number) => say.share(value / 100, 0) },
      legend: { bottom: 0 },
      radar: {
        center: ["50%", "47%"],
        radius: "54%",
        indicator: names.map((name) => ({ name: wrap(catalogue.title(name)), max: 100 })),
      },
      series: [
        {
          type: "radar",
          data: [
            { name: t("customers.this_one"), value: ranks, areaStyle: { opacity: 0.22 } },
            { name: t("customers.middle"), value: names.map(() => 50), lineStyle: { type: "dashed" }, symbol: "none" },
          ],
        },
      ],
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
  }, [portrait, names, insight, catalogue, say.language]);
  return <Chart option={option} height={290} label={t("customers.radar_says")} />;
}

/** Over several lines, so that it finds room beside the web: by words, or where there are none by letters.
 *
 * wrap("Items looked at in 30 days") is "Items looked\nat in 30 days" */
export function wrap(title: string): string {
  const words = /\s/.test(title) ? title.split(/\s+/) : (title.match(/.{1,7}/gsu) ?? []);
  const [between, most] = /\s/.test(title) ? [" ", 14] : ["", 7];
  return words
    .reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      if (last === undefined || last.length + word.length >= most) return [...lines, word];
      return [...lines.slice(0, -1), last + between + word];
    }, [])
    .join("\n");
}
