/** One audience: who they are, how that went, and where they are sent. */
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Popconfirm, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";

import type { AudienceShown, Said } from "@/api/answers";
import { useChanges } from "@/api/changes";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Figure } from "@/parts/figure";
import { Failed, Waiting } from "@/parts/states";
import { useTell } from "@/parts/tell";
import { useUrlState } from "@/parts/url";

import { Delivery } from "./delivery";
import { InsightPage } from "./insight";
import { Snapshots } from "./snapshots";

/** Milliseconds between two looks, where changes are told and where they are not. */
const SELDOM = 60_000;
const OFTEN = 10_000;

export function Audience() {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { may } = useSession();
  const tell = useTell();
  const name = useParams().name ?? "";
  const [tab, setTab] = useUrlState("tab", "insight");
  const answers = useQueryClient();
  const told = useChanges(may("read_portraits") ? { audience: name } : null, () =>
    answers.invalidateQueries({ queryKey: ["/api/v1/audiences/{name}"] }),
  );
  const asked = useAnswer<AudienceShown>("/api/v1/audiences/{name}", { params: { name }, every: told ? SELDOM : OFTEN });
  const said = useAnswer<Said>("/api/v1/tags:explain", {
    body: { rule: asked.data?.rule ?? {} },
    enabled: asked.data !== undefined && may("read_tags"),
  });
  const drop = useWrite(
    () => ask("delete", "/api/v1/audiences/{name}", { params: { name } }),
    ["/api/v1/audiences"],
    () => void go("/audiences"),
  );
  if (asked.error && !asked.data) return <Failed problem={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Waiting rows={10} />;
  const audience = asked.data;
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{say.title(audience.title, name)}</h1>
          <p className="sentence">{say.title(said.data ?? audience.says, "")}</p>
        </div>
        {may("read_portraits") && <Link to={`/customers?audience=${name}`}>{t("audiences.see_members")}</Link>}
        {may("change_audiences") && (
          <>
            <Button onClick={() => void go(`/audiences/${name}/edit`)}>{t("word.edit")}</Button>
            <Popconfirm
              title={t("audiences.drop_ask")}
              okText={t("word.confirm")}
              cancelText={t("word.cancel")}
              onConfirm={() => drop.mutateAsync(undefined as never).catch(tell)}
            >
              <Button danger>{t("word.remove")}</Button>
            </Popconfirm>
          </>
        )}
      </div>
      <div className="stack">
        {audience.problem && (
          <Alert type="error" showIcon title={t("audiences.invalid_title")} description={<span className="pre-line">{say.title(audience.said, audience.problem)}</span>} />
        )}
        {audience.alarms.map(({ alarm, bound, size, before = 0 }) => (
          <Alert
            key={alarm}
            type="warning"
            showIcon
            title={t(`audiences.alarm_${alarm}`, {
              size: say.number(size),
              before: say.number(before),
              bound: alarm === "change" ? say.share(bound) : say.number(bound),
            })}
          />
        ))}
        <div className="figures">
          <Figure
            name={t("audiences.members")}
            value={audience.members === null ? "–" : say.number(audience.members)}
            more={<Tag color={audience.live ? "success" : "default"}>{t(audience.live ? "audiences.live" : "audiences.still")}</Tag>}
          />
          <Figure
            name={t("audiences.snapshot")}
            value={audience.snapshot ? say.number(audience.snapshot.size) : "–"}
            more={audience.snapshot ? say.instant(audience.snapshot.as_of) : t("audiences.no_snapshot")}
          />
          <Figure name={t("word.version")} value={audience.version} more={lastAuthor(audience)} />
          <Figure name={t("audiences.used_by")} value={audience.used_by.length} more={audience.used_by.slice(0, 2).join(", ")} />
        </div>
        <Tabs
          activeKey={tab}
          onChange={(next) => setTab(next, { push: true })}
          destroyOnHidden
          items={[
            { key: "insight", label: t("audiences.insight"), children: <InsightPage rule={audience.rule} name={name} /> },
            { key: "snapshots", label: t("audiences.snapshots"), children: <Snapshots name={name} /> },
            ...(may("export")
              ? [{ key: "delivery", label: t("audiences.delivery"), children: <Delivery audience={name} /> }]
              : []),
            {
              key: "versions",
              label: t("audiences.versions"),
              children: (
                <Card>
                  {audience.versions.map((version) => (
                    <details key={version.version} className="version">
                      <summary>
                        <b>v{version.version}</b>{" "}
                        <span className="muted">
                          {version.author} · {say.instant(version.saved_at)}
                        </span>
                      </summary>
                      <pre className="written">{JSON.stringify(version.rule, null, 2)}</pre>
                    </details>
                  ))}
                </Card>
              ),
            },
          ]}
        />
      </div>
    </>
  );
}

function lastAuthor(audience: AudienceShown): string {
  const last = audience.versions[audience.versions.length - 1];
  return last ? last.author.replace(/ \(key .*/, "") : "";
}
