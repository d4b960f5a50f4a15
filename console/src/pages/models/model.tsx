/** One model's card: how good, on what, and the steps to take. */
import { Alert, Button, Card, Table, Tag } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { ask, type Path } from "@/api/client";
import { useLongWrite, type Job } from "@/api/jobs";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { Figure } from "@/parts/figure";
import { JobProgress } from "@/parts/job";
import { Answered, NotDone, Nothing } from "@/parts/states";

import type { Card as ModelCard, Curve, ModelShown } from "./answers";

export function Model() {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const name = useParams().name ?? "";
  const asked = useAnswer<ModelShown>("/api/v1/models/{name}", { params: { name }, every: 30_000 });
  const start = useLongWrite(
    (step: "fit" | "publish") => ask<Job>("post", `/api/v1/models/{name}:${step}` as Path, { params: { name } }),
    ["/api/v1/models", "/api/v1/models/{name}", "/api/v1/tags"],
  );
  const busy = start.isPending;
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
              <Button loading={busy} onClick={() => start.mutate("fit")}>
                {t("models.fit")}
              </Button>
            )}
            {may("publish_tags") && model.version !== null && (
              <Button type="primary" disabled={busy || !model.passed} title={model.passed ? undefined : t("models.missing")} onClick={() => start.mutate("publish")}>
                {t("models.publish")}
              </Button>
            )}
          </div>
          <div className="stack">
            <JobProgress job={start.job} />
            <NotDone problem={start.error} />
            {model.missing.length > 0 && (
              <Alert type="warning" showIcon title={t("models.missing")} description={<span className="pre-line">{model.missing.map((one, at) => say.title(model.said?.[at], one)).join("\n")}</span>} />
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
      const said = curve.axes[at] ?? "";
      return t(`axis.${said.replace(/\W+/g, "_")}`, said);
    };
    return {
      grid: { left: 8, right: 16, top: 32, bottom: 48, containLabel: true },
      legend: { bottom: 0 },
      tooltip: { trigger: "axis", valueFormatter: (value: number) => say.number(value, 3) },
      xAxis: { type: "value", name: axis(0), nameLocation: "middle", nameGap: 26 },
      yAxis: { type: "value", name: axis(1), nameTextStyle: { align: "left" }, axisLabel: { formatter: (value: number) => say.number(value) } },
      series: Object.entries(curve.lines).map(([line, data]) => ({
        name: t(`models.line_${line}`, line),
        type: "line",
        data,
        showSymbol: data.length === 1 || (data.length <= 12 && line === "model"),
        symbolSize: data.length === 1 ? 12 : 5,
        lineStyle: line === "model" ? {} : { type: "dashed" },
      })),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
  }, [curve, say.language]);
  return <Chart option={option} height={280} label={name} />;
}
