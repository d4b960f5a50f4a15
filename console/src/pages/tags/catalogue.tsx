/** All tags as a tree, and the one that is looked at. */
import { PlusOutlined } from "@ant-design/icons";
import { Badge, Button, Card } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";

import type { Layer, TagRow } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useTagRows } from "@/parts/catalogue";
import { Answered, Nothing } from "@/parts/states";

import { ailments, useHealth } from "./health";
import { TagPage } from "./tag";
import { LAYERS, TagTree } from "./tree";

export function Catalogue() {
  const { t } = useTranslation();
  const go = useNavigate();
  const name = useParams().name;
  const { may } = useSession();
  const rows = useTagRows();
  const waiting = useAnswer<{ reviews: unknown[] }>("/api/v1/reviews");
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.tags")}</h1>
          <p className="muted">{t("tags.motto")}</p>
        </div>
        <Badge count={waiting.data?.reviews.length ?? 0} size="small">
          <Button onClick={() => void go("/tags/reviews")}>{t("tags.reviews")}</Button>
        </Badge>
        {may("change_tags") && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => void go("/tags/new")}>
            {t("tags.new")}
          </Button>
        )}
      </div>
      <div className="grid catalogue">
        <div className="span-4">
          <Card size="small" className="tree-card">
            <Answered asked={rows} rows={12}>
              {(all) => <TagTree rows={all} chosen={name} />}
            </Answered>
          </Card>
        </div>
        <div className="span-8">
          {name ? <TagPage key={name} name={name} /> : <Overall rows={rows.data ?? []} />}
        </div>
      </div>
    </>
  );
}

/** With no tag chosen: how the whole stands. */
function Overall({ rows }: { rows: readonly TagRow[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const health = useHealth();
  const sick = useMemo(() => rows.filter((row) => ailments(health.get(row.name)).length > 0), [rows, health]);
  const sizes = useMemo(() => countLayers(rows), [rows]);
  return (
    <div className="stack">
      <div className="figures">
        {LAYERS.map((layer) => (
          <div key={layer} className="figure">
            <div className="figure-name">{t(`layer.${layer}`)}</div>
            <div className="figure-value">{say.number(sizes.get(layer) ?? 0)}</div>
          </div>
        ))}
      </div>
      <Card size="small" title={t("tags.sick", { count: sick.length, shown: say.number(sick.length) })}>
        {sick.length === 0 ? (
          <Nothing title={t("tags.all_well")} />
        ) : (
          <ul className="plain-list">
            {sick.slice(0, 40).map((row) => (
              <li key={row.name} className="row between">
                <Link to={`/tags/${row.name}`}>{say.title(row.title, row.name)}</Link>
                <span className="muted small">
                  {ailments(health.get(row.name))
                    .map((each) => t(`health.${each}`))
                    .join(" · ")}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}

function countLayers(rows: readonly TagRow[]): ReadonlyMap<Layer, number> {
  const sizes = new Map<Layer, number>();
  for (const { layer } of rows) sizes.set(layer, (sizes.get(layer) ?? 0) + 1);
  return sizes;
}
