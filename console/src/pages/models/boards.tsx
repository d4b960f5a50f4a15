/** What is predicted, and the boards of marketing: each stage with its goal and its audience one click away. */
import { Button, Card, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { useCatalogue } from "@/parts/catalogue";
import { Answered, Nothing } from "@/parts/states";

import type { ModelRow } from "./answers";
import { goalOf } from "./goals";
import { Spread, useSpread } from "./spread";

/** Tags whose values are stages or segments, as far as a workspace has them. */
const BOARDS = ["lifecycle_stage", "lifecycle", "rfm_segment", "value_tier", "churn_warning"];
const WORTH = ["clv_12m", "clv", "customer_value", "expected_spend_90d", "spend_365d"];

export function Boards() {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const { may } = useSession();
  const models = useAnswer<{ models: ModelRow[] }>("/api/v1/models");
  const boards = BOARDS.filter((name) => catalogue.byName.has(name)).slice(0, 4);
  const worth = WORTH.find((name) => catalogue.byName.has(name));
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.models")}</h1>
          <p className="muted">{t("models.motto")}</p>
        </div>
        <Link to="/models/next-best-action">
          <Button>{t("actions.title")}</Button>
        </Link>
      </div>
      <div className="stack">
        <Answered asked={models}>
          {(answer) =>
            answer.models.length === 0 ? (
              <Card>
                <Nothing title={t("models.none")} />
              </Card>
            ) : (
              <div className="cards">
                {answer.models.map((model) => (
                  <ModelCard key={model.name} model={model} />
                ))}
              </div>
            )
          }
        </Answered>
        {may("count_audiences") && (
          <div className="grid">
            {boards.map((name) => (
              <Board key={name} name={name} />
            ))}
            {worth && <Spread name={worth} title="models.worth" />}
          </div>
        )}
      </div>
    </>
  );
}

function ModelCard({ model }: { model: ModelRow }) {
  const { t } = useTranslation();
  const say = useSay();
  const shown = Object.entries(model.metrics)
    .filter(([, value]) => value !== null)
    .slice(0, 3);
  return (
    <Link to={`/models/${model.name}`} className="figure model-card">
      <div className="row between">
        <b>{say.title(model.title, model.name)}</b>
        {model.version === null ? (
          <Tag>{t("models.unfitted")}</Tag>
        ) : model.published !== null ? (
          <Tag color="success">{t("models.published")}</Tag>
        ) : (
          <Tag color={model.passed ? "processing" : "warning"}>{t(model.passed ? "models.ready" : "models.not_ready")}</Tag>
        )}
      </div>
      <div className="muted small">{t(`models.kind_${model.kind}`, model.kind)}</div>
      <div className="facts" style={{ marginTop: 10 }}>
        {shown.map(([name, value]) => (
          <div key={name} className="fact">
            <div className="fact-name">{t(`metric.${name}`, name)}</div>
            <div className="fact-value number">{say.number(value ?? 0, 3)}</div>
          </div>
        ))}
      </div>
      <div className="muted small" style={{ marginTop: 8 }}>
        {model.fitted_at ? t("models.fitted", { at: say.instant(model.fitted_at), version: model.version }) : t("models.fit_first")}
      </div>
    </Link>
  );
}

function Board({ name }: { name: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const catalogue = useCatalogue();
  const asked = useSpread(name);
  const audience = (value: string) => `/audiences/new?rule=${encodeURIComponent(JSON.stringify({ [name]: value }))}`;
  return (
    <Card size="small" className="span-6" title={catalogue.title(name)} extra={<Link to={`/tags/${name}`}>{t("models.definition")}</Link>}>
      <Answered asked={asked}>
        {(insight) => {
          const values = (insight.tags[name]?.values ?? []).flatMap((each) => (typeof each.value === "string" ? [{ ...each, value: each.value }] : []));
          const widest = Math.max(0.01, ...values.map((each) => each.share));
          if (values.length === 0) return <Nothing title={t("audiences.too_few")} />;
          return (
            <div className="stages">
              {values.map((each) => {
                const value = String(each.value);
                const goal = goalOf(name, value);
                return (
                  <div key={value} className="stage">
                    <Bar name={<b>{catalogue.value(name, each.value)}</b>} share={each.share / widest} figures={`${say.number(each.count)} · ${say.share(each.share, 0)}`} />
                    <div className="row between small">
                      <span className="muted">{goal ? t(`goal.${goal}`) : ""}</span>
                      {may("change_audiences") && <Link to={audience(value)}>{t("models.to_audience")}</Link>}
                    </div>
                  </div>
                );
              })}
            </div>
          );
        }}
      </Answered>
    </Card>
  );
}
