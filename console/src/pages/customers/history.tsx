/** One tag of one customer over time. */
import { Segmented } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Answered } from "@/parts/states";
import { useUrlState } from "@/parts/url";

interface Past {
  points: string[];
  tags: Record<string, Json[]>;
}

export function History({ customer, name }: { customer: string; name: string }) {
  const { t } = useTranslation();
  const [days, setDays] = useUrlState("days", "90");
  const asked = useAnswer<Past>("/api/v1/profiles/{key}/history", {
    params: { key: customer },
    query: { tags: name, days, points: 30 },
    keep: true,
  });
  return (
    <div className="stack-small">
      <div className="row between">
        <h2>{t("customers.history")}</h2>
        <Segmented
          size="small"
          value={days}
          onChange={(next) => setDays(next)}
          options={[30, 90, 365].map((each) => ({ value: String(each), label: t("customers.days", { count: each }) }))}
        />
      </div>
      <Answered asked={asked}>{(past) => <Line past={past} name={name} />}</Answered>
    </div>
  );
}

function Line({ past, name }: { past: Past; name: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const values = useMemo(() => past.tags[name] ?? [], [past, name]);
  const numeric = values.every((each) => each === null || typeof each === "number");
  const steps = useMemo(() => changes(past.points, values), [past.points, values]);
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 12, top: 12, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (value: Json) => catalogue.value(name, value) },
      xAxis: { type: "category", data: past.points.map((each) => say.day(each)), boundaryGap: false },
      yAxis: { type: "value", axisLabel: { formatter: (value: number) => say.short(value) } },
      series: [{ type: "line", step: "end", data: values, showSymbol: false, areaStyle: { opacity: 0.12 } }],
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
    [past, name, say.language],
  );
  if (numeric && values.some((each) => each !== null)) {
    return <Chart option={option} height={200} label={t("customers.history_of", { name: catalogue.title(name) })} />;
  }
  return (
    <ol className="plain-list">
      {steps.map((step) => (
        <li key={step.at} className="row between">
          <span>{catalogue.value(name, step.value)}</span>
          <span className="muted small">{say.day(step.at)}</span>
        </li>
      ))}
    </ol>
  );
}

function changes(points: readonly string[], values: readonly Json[]): { at: string; value: Json }[] {
  const steps: { at: string; value: Json }[] = [];
  let before: string | null = null;
  points.forEach((at, index) => {
    const value = values[index] ?? null;
    const now = JSON.stringify(value);
    if (now !== before) steps.push({ at, value });
    before = now;
  });
  return steps.reverse();
}
