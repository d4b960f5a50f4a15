/** How many met a condition, week by week. */
import { Modal } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Rule } from "@/api/answers";
import { useLongAnswer } from "@/api/jobs";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { JobProgress } from "@/parts/job";
import { Answered } from "@/parts/states";

export interface Trended {
  points: { as_of: string; size: number; means: Record<string, number | null> }[];
}

export function TrendOf({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open title={t("rule.trend")} footer={null} onCancel={onClose} width={560}>
      <TrendLine rule={rule} />
    </Modal>
  );
}

export function TrendLine({ rule, days = 7 }: { rule: Rule | string; days?: number }) {
  const { t } = useTranslation();
  const { asked, job } = useLongAnswer<Trended>("/api/v1/audiences:trend", { rule, days });
  return (
    <>
      <JobProgress job={job} />
      <Answered asked={asked}>{(trend) => <Sizes trend={trend} label={t("rule.trend")} />}</Answered>
    </>
  );
}

function Sizes({ trend, label }: { trend: Trended; label: string }) {
  const say = useSay();
  const option = useMemo(
    () => ({
      grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (value: number) => say.number(value) },
      xAxis: { type: "category", data: trend.points.map((each) => say.day(each.as_of)), axisLabel: { hideOverlap: true } },
      yAxis: { type: "value", scale: true, axisLabel: { formatter: (value: number) => say.short(value) } },
      series: [{ type: "line", data: trend.points.map((each) => each.size), areaStyle: { opacity: 0.1 } }],
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
    [trend, say.language],
  );
  return <Chart option={option} height={220} label={label} />;
}
