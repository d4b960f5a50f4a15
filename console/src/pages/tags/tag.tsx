/** One tag: what it means, how it is, where it comes from, what it was. */
import { Alert, Button, Card, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useQuery } from "@tanstack/react-query";

import type { Insight, Said, TagShown } from "@/api/answers";
import { askTagged } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { useCatalogue } from "@/parts/catalogue";
import { Figure } from "@/parts/figure";
import { Answered, Failed, Waiting } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { nameGroup } from "./draft";
import { ailments, useHealth } from "./health";
import { Lineage } from "./lineage";
import { Ways } from "./ways";
import { Versions } from "./versions";

export function TagPage({ name }: { name: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { may } = useSession();
  const catalogue = useCatalogue();
  const [tab, setTab] = useUrlState("tab", "meaning");
  const asked = useQuery({
    queryKey: ["/api/v1/tags/{name}", name],
    queryFn: ({ signal }) => askTagged<TagShown>("get", "/api/v1/tags/{name}", { params: { name }, signal }),
  });
  if (asked.error && !asked.data) return <Failed problem={asProblem(asked.error)} again={() => void asked.refetch()} />;
  if (!asked.data) return <Waiting rows={10} />;
  const { answer: tag, etag } = asked.data;
  const definition = tag.definition ?? tag.draft?.definition ?? {};
  return (
    <Card>
      <div className="page-head">
        <div className="titles">
          <div className="row row-wrap">
            <h1>{say.title(definition.title as Said | undefined, name)}</h1>
            <Tag color={tag.status === "published" ? "success" : "default"}>{t(`stage.${tag.status}`, tag.status)}</Tag>
            {tag.preparing && <Tag color="processing">{t("tags.preparing")}</Tag>}
            {tag.draft && <Tag color="warning">{t(`stage.${tag.draft.stage}`, tag.draft.stage)}</Tag>}
          </div>
          <p className="muted">
            <code>{name}</code> · {t(`layer.${definition.layer as string}`)} · {catalogue.group(nameGroup(definition.group)) ?? t("word.ungrouped")} ·{" "}
            {(definition.owner as string | null) ?? ""}
          </p>
        </div>
        {may("change_tags") && <Button onClick={() => void go(`/tags/${name}/edit`)}>{t("word.edit")}</Button>}
        <Ways tag={tag} etag={etag} />
      </div>
      <Tabs
        activeKey={tab}
        onChange={(next) => setTab(next, { push: true })}
        destroyOnHidden
        items={[
          { key: "meaning", label: t("tags.meaning"), children: <Meaning tag={tag} /> },
          { key: "lineage", label: t("tags.lineage"), children: <Lineage name={name} /> },
          { key: "versions", label: t("tags.versions"), children: <Versions tag={tag} etag={etag} /> },
        ]}
      />
    </Card>
  );
}

function Meaning({ tag }: { tag: TagShown }) {
  const { t } = useTranslation();
  const say = useSay();
  const health = useHealth().get(tag.name);
  const ill = ailments(health);
  const definition = tag.definition ?? tag.draft?.definition ?? {};
  const { title, layer, group, owner, values, ...rule } = definition;
  void [title, layer, group, owner];
  return (
    <div className="stack">
      {tag.says && <p className="says">{say.title(tag.says, "")}</p>}
      {ill.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={ill.map((each) => t(`health.${each}`)).join(" · ")}
          description={health?.zombie ?? null}
        />
      )}
      {health && (
        <div className="figures">
          <Figure name={t("tags.coverage")} value={say.share(health.coverage, 0)} more={t("tags.of_customers", { count: health.size, shown: say.number(health.size) })} />
          <Figure name={t("tags.distinct")} value={say.number(health.distinct)} />
          <Figure name={t("tags.stability")} value={health.stability === null ? "–" : say.number(health.stability)} more={t("tags.stability_means")} />
          <Figure name={t("tags.freshness")} value={health.freshness === null ? "–" : say.ago(health.freshness)} />
        </div>
      )}
      <div className="grid">
        <div className="span-6">{tag.definition && <Spread name={tag.name} />}</div>
        <Card size="small" className="span-6" title={t("tags.written")}>
          <pre className="written">{JSON.stringify({ ...rule, ...(values === undefined ? {} : { values }) }, null, 2)}</pre>
        </Card>
      </div>
      {health && health.twins.length > 0 && (
        <p>
          <span className="muted">{t("tags.twins")}</span>{" "}
          {health.twins.map((twin) => (
            <Link key={twin.tag} to={`/tags/${twin.tag}`} style={{ marginRight: 12 }}>
              {twin.tag} ({say.share(twin.value, 0)})
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}

function Spread({ name }: { name: string }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const say = useSay();
  const { may } = useSession();
  const asked = useAnswer<Insight>("/api/v1/audiences:insight", {
    body: { rule: { all: [] }, tags: [name] },
    enabled: may("count_audiences"),
    fresh: 300_000,
  });
  if (!may("count_audiences")) return null;
  return (
    <Card size="small" title={t("tags.spread")}>
      <Answered asked={asked}>
        {(insight) => {
          const values = insight.tags[name]?.values.slice(0, 14) ?? [];
          const widest = Math.max(0.01, ...values.map((each) => each.share));
          return (
            <>
              {values.map((each) => (
                <Bar
                  key={JSON.stringify(each.value)}
                  name={each.value === null ? t("word.empty") : catalogue.value(name, each.value)}
                  share={each.share / widest}
                  figures={`${say.share(each.share)} · ${say.short(each.count)}`}
                />
              ))}
            </>
          );
        }}
      </Answered>
    </Card>
  );
}
