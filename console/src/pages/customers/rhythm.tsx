/** At which hours and on which days somebody is there: tags that are 24 or 7 counts. */
import { Card } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Portrait } from "@/api/answers";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";

export function Rhythm({ portrait }: { portrait: Portrait }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const found = Object.entries(portrait.tags).flatMap(([name, tag]) => {
    const counts = tag.value;
    if (!Array.isArray(counts) || (counts.length !== 24 && counts.length !== 7)) return [];
    if (!counts.every((each) => typeof each === "number") || !counts.some(Boolean)) return [];
    return [{ name, counts: counts }];
  });
  if (found.length === 0) return null;
  return (
    <Card title={t("customers.rhythm")} size="small">
      {found.slice(0, 3).map(({ name, counts }) => (
        <div key={name}>
          <div className="muted small">{catalogue.title(name)}</div>
          <Columns counts={counts} label={catalogue.title(name)} />
        </div>
      ))}
    </Card>
  );
}

function Columns({ counts, label }: { counts: number[]; label: string }) {
  const say = useSay();
  const option = useMemo(() => {
    const locale = say.language === "zh" ? "zh-CN" : "en-GB";
    const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
    const names =
      counts.length === 7
        ? counts.map((_, day) => weekday.format(Date.UTC(2024, 0, 1 + day)))
        : counts.map((_, hour) => `${hour}`);
    return {
      grid: { left: 4, right: 4, top: 8, bottom: 20 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: names, axisLabel: { fontSize: 11, interval: counts.length === 7 ? 0 : 3 } },
      yAxis: { type: "value", show: false },
      series: [{ type: "bar", data: counts, barCategoryGap: "25%", itemStyle: { borderRadius: [3, 3, 0, 0] } }],
    };
  }, [counts, say.language]);
  return <Chart option={option} height={96} label={label} />;
}
