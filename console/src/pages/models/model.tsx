/** One model's card: how good, on what, and the steps to take. */
import { Alert, App, Button, Card, Progress, Table, Tag } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { ask, type Path } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { Figure } from "@/parts/figure";
import { Answered, Nothing } from "@/parts/states";

import type { Card as ModelCard, Curve, ModelShown } from "./answers";

interface Job {
  id: number;
  state: string;
  done?: number;
  total?: number;
  error?: string | null;
}

export function Model() {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const { message } = App.useApp();
  const name = useParams().name ?? "";
  const [job, setJob] = useState<number | null>(null);
  const asked = useAnswer<ModelShown>("/api/v1/models/{name}", { params: { name }, every: job === null ? 30_000 : 3_000 });
  const followed = useAnswer<Job>("/api/v1/jobs/{id}", {
    params: { id: job ?? 0 },
    enabled: job !== null && may("manage_jobs"),
    every: 1_000,
  });
  const start = useWrite(
    (step: "fit" | "publish") => ask<Job>("post", `/api/v1/models/{name}:${step}` as Path, { params: { name } }),
    ["/api/v1/models", "/api/v1/models/{name}"],
    (made) => setJob(made.id),
  );
  const go = (step: "fit" | "publish") =>
    start.mutate(step, { onError: (problem) => void message.error({ content: <span className="pre-line">{problem.message}</span>, duration: 8 }) });
  const state = followed.data?.state;
  const busy = job !== null && state !== "done" && state !== "failed" && state !== "cancelled";
  return (
    <Answered asked={asked} rows={10}>
      {(model) => (
        <>
          <div className="page-head">
            <div className="titles">
              <div className="row">
                <h1>{say.title(model.title, name)}</h1>
                {model.published !== null && <Tag color="success">{t("models.published_version", { version: model.published })}</Tag>}
              </div>
              <p className="muted">
                <code>{name}</code> · {t(`models.kind_${model.kind}`, model.kind)}
              </p>
            </div>
            {may("change_tags") && model.declared && (
              <Button loading={busy} onClick={() => go("fit")}>
                {t("models.fit")}
              </Button>
            )}
            {may("publish_tags") && model.version !== null && (
              <Button type="primary" disabled={busy || !model.passed} onClick={() => go("publish")}>
                {t("models.publish")}
              </Button>
            )}
          </div>
          <div className="stack">
            {busy && (
              <Progress percent={Math.round((100 * (followed.data?.done ?? 0)) / (followed.data?.total || 1))} status="active" aria-label={t("models.fit")} />
            )}
            {state === "failed" && <Alert type="error" showIcon title={followed.data?.error ?? t("state.failed")} />}
            {model.missing.length > 0 && (
              <Alert type="warning" showIcon title={t("models.missing")} description={<span className="pre-line">{model.missing.join("\n")}</span>} />
            )}
            {model.card ? <CardPage card={model.card} /> : <Nothing title={t("models.fit_first")} />}
            <Card size="small" title={t("models.versions")}>
              <Table
                size="small"
                rowKey="version"
                pagination={false}
                scroll={{ x: "max-content" }}
                dataSource={model.versions}
                columns={[
                  { title: t("word.version"), render: (_, row) => `v${row.version}` },
                  { title: t("models.fitted_at"), render: (_, row) => say.instant(row.fitted_at) },
                  { title: t("tags.author"), dataIndex: "author" },
                  { title: t("word.status"), render: (_, row) => <Tag color={row.passed ? "success" : "warning"}>{t(row.passed ? "models.ready" : "models.not_ready")}</Tag> },
                  { title: t("tags.published_at"), render: (_, row) => (row.published_at ? say.instant(row.published_at) : "–") },
                ]}
              />
            </Card>
          </div>
        </>
      )}
    </Answered>
  );
}

function CardPage({ card }: { card: ModelCard }) {
  const { t } = useTranslation();
  const say = useSay();
  const features = card.about?.features?.slice(0, 15) ?? [];
  const widest = Math.max(0.001, ...features.map((each) => each.share));
  return (
    <>
      <div className="figures">
        {Object.entries(card.metrics)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <Figure key={name} name={t(`metric.${name}`, name)} value={say.number(value ?? 0, 3)} more={t(`metric_says.${name}`, "")} />
          ))}
      </div>
      {card.dates?.test && (
        <p className="muted small">
          {t("models.tested_on", { at: say.instant(card.dates.test), horizon: card.dates.horizon ?? "" })}
        </p>
      )}
      <div className="grid">
        {Object.entries(card.curves).map(([name, curve]) => (
          <Card key={name} size="small" className="span-6" title={say.title(curve.title, name)}>
            <Plot curve={curve} name={say.title(curve.title, name)} />
          </Card>
        ))}
        {features.length > 0 && (
          <Card size="small" className="span-12" title={t("models.features")}>
            {features.map((each) => (
              <Bar key={each.feature} name={say.title(each.title, each.feature)} share={each.share / widest} figures={say.share(each.share)} />
            ))}
          </Card>
        )}
      </div>
    </>
  );
}

function Plot({ curve, name }: { curve: Curve; name: string }) {
  const say = useSay();
  const { t } = useTranslation();
  const option = useMemo(() => {
    const axis = (at: number) => {
      const said = curve.axes[at];
      return typeof said === "string" ? said : say.title(said, "");
    };
    return {
      grid: { left: 8, right: 16, top: 16, bottom: 48, containLabel: true },
      legend: { bottom: 0 },
      tooltip: { trigger: "axis", valueFormatter: (value: number) => say.number(value, 3) },
      xAxis: { type: "value", name: axis(0), nameLocation: "middle", nameGap: 26 },
      yAxis: { type: "value", name: "", axisLabel: { formatter: (value: number) => say.number(value) } },
      series: Object.entries(curve.lines).map(([line, data]) => ({
        name: t(`models.line_${line}`, line),
        type: "line",
        data,
        showSymbol: data.length <= 12 && line === "model",
        lineStyle: line === "model" ? {} : { type: "dashed" },
      })),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
  }, [curve, say.language]);
  return <Chart option={option} height={280} label={name} />;
}
