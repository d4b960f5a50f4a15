/** How it all stands, this month and now. */
import { Alert, Card } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Overview } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { Figure } from "@/parts/figure";
import { Answered, Waiting } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { isNew } from "./new";

const FirstSteps = lazy(() => import("./first-steps").then((found) => ({ default: found.FirstSteps })));

export default function Page() {
  const { t } = useTranslation();
  const say = useSay();
  const [step] = useUrlState("step");
  const asked = useAnswer<Overview>("/api/v1/overview", { every: 15_000 });
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.home")}</h1>
          <p className="muted">{asked.data ? t("home.as_of", { at: say.instant(asked.data.as_of) }) : t("app.motto")}</p>
        </div>
      </div>
      <Answered asked={asked} rows={10}>
        {(overview) => (
          <div className="stack">
            {(isNew(overview) || step !== "") && (
              <Suspense fallback={<Waiting />}>
                <FirstSteps overview={overview} />
              </Suspense>
            )}
            <Alarms alarms={overview.alarms} />
            <Figures overview={overview} />
            {!overview.empty && <Trends trend={wholeDays(overview.trend)} />}
          </div>
        )}
      </Answered>
    </>
  );
}

function Alarms({ alarms }: { alarms: Overview["alarms"] }) {
  const { t } = useTranslation();
  const say = useSay();
  if (alarms.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t("home.alarms", { count: alarms.length })}
      description={
        <ul className="plain-list">
          {alarms.slice(0, 8).map((alarm) => (
            <li key={alarm.kind + alarm.subject}>
              <b>{alarm.subject}</b> {say.title(alarm.said, alarm.message)}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Figures({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const { customers, tags, jobs } = overview;
  const part = (count: number) => (customers > 0 ? t("home.of_all", { share: say.share(count / customers, 0) }) : "");
  const busy = jobs.running + jobs.waiting;
  return (
    <div className="figures four">
      <Figure name={t("home.customers")} value={say.number(customers)} to="/customers" />
      <Figure name={t("home.active")} value={say.number(overview.active_30d)} more={part(overview.active_30d)} />
      <Figure name={t("home.new")} value={say.number(overview.new_30d)} more={part(overview.new_30d)} />
      <Figure
        name={t("home.events_today")}
        value={say.number(overview.events_today)}
        more={t("home.events_all", { count: overview.events, shown: say.short(overview.events) })}
        to="/data"
      />
      <Figure
        name={t("home.tags")}
        value={say.number(tags.live)}
        more={t("home.tags_waiting", { drafts: tags.drafts, reviews: tags.in_review })}
        to="/tags"
      />
      <Figure name={t("home.audiences")} value={say.number(overview.audiences)} to="/audiences" />
      <Figure
        name={t("home.jobs")}
        value={say.number(busy)}
        more={jobs.failed > 0 ? t("home.jobs_failed", { count: jobs.failed }) : t("home.jobs_fine")}
        {...(may("manage_jobs") ? { to: "/data/jobs" } : {})}
      />
      <Figure
        name={t("home.freshness")}
        value={overview.freshness_seconds === null ? "–" : say.ago(overview.freshness_seconds)}
        more={overview.rejects > 0 ? t("home.rejects", { count: overview.rejects }) : t("home.no_rejects")}
        {...(may("watch_events") ? { to: "/data/rejects" } : {})}
      />
    </div>
  );
}

/** Today, which has only begun, would look like a fall; where there is nothing before it, it is shown. */
function wholeDays(trend: Overview["trend"]): Overview["trend"] {
  const whole = trend.slice(0, -1);
  return whole.some((each) => each.events > 0) ? whole : trend;
}

function Trends({ trend }: { trend: Overview["trend"] }) {
  const { t } = useTranslation();
  const lines = ["active", "new", "events"] as const;
  return (
    <div className="grid">
      {lines.map((line) => (
        <Card
          key={line}
          size="small"
          className="span-4"
          title={t(`home.trend_${line}`)}
          extra={line === "events" ? <Link to="/data">{t("room.data")}</Link> : null}
        >
          <Trend days={trend.map((each) => each.day)} values={trend.map((each) => each[line])} name={t(`home.trend_${line}`)} />
        </Card>
      ))}
    </div>
  );
}

function Trend({ days, values, name }: { days: string[]; values: number[]; name: string }) {
  const say = useSay();
  const option = useMemo(
    () => ({
      grid: { left: 4, right: 10, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (value: number) => say.number(value) },
      xAxis: { type: "category", data: days.map((day) => say.day(day)), boundaryGap: false, axisLabel: { hideOverlap: true } },
      yAxis: { type: "value", minInterval: 1, axisLabel: { formatter: (value: number) => say.short(value) }, splitNumber: 3 },
      series: [{ name, type: "line", data: values, showSymbol: false, smooth: 0.2, areaStyle: { opacity: 0.1 } }],
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
    [days, values, name, say.language],
  );
  return <Chart option={option} label={name} height={220} />;
}
