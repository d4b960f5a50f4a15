/** The next best action: what may be done, what it gains, and what is decided about a whole audience. */
import { Alert, Button, Card, Popconfirm, Select, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { NOTHING, usePolicy, type Candidate, type Channel, type Policy } from "@/api/actions";
import { useAll } from "@/api/all";
import type { AudienceRow, Rule, Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useLongWrite, type Job } from "@/api/jobs";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Bar } from "@/parts/bar";
import { useCatalogue } from "@/parts/catalogue";
import { Figure } from "@/parts/figure";
import { JobProgress } from "@/parts/job";
import { Answered, Needs, NotDone, Nothing } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { Spread } from "./spread";

interface Outcome {
  as_of: string;
  customers: number;
  actions: Record<string, number>;
  explored: number;
  gain: number;
  remembered: number;
}

export function Actions() {
  const { t } = useTranslation();
  const { may } = useSession();
  const asked = usePolicy();
  return (
    <Needs right="read_portraits">
      <div className="page-head">
        <div className="titles">
          <h1>{t("actions.title")}</h1>
          <p className="muted">{t("actions.motto")}</p>
        </div>
      </div>
      {asked.error?.status === 404 ? (
        <Card>
          <Nothing title={t("actions.none")} />
        </Card>
      ) : (
        <Answered asked={asked}>
          {(policy) => (
            <div className="stack">
              <Candidates policy={policy} />
              <div className="grid">
                <Bounds policy={policy} />
                {may("manage_jobs") && <Decide policy={policy} />}
                {may("count_audiences") && effectsOf(policy.actions).map((tag) => <Spread key={tag} name={tag} title="actions.spread" />)}
              </div>
            </div>
          )}
        </Answered>
      )}
    </Needs>
  );
}

/** Tags that say what an action changes: whose customers gain much, and whose gain nothing. */
function effectsOf(actions: readonly Candidate[]): string[] {
  return [...new Set(actions.flatMap((each) => [each.effect, each.propensity]).filter((each) => typeof each === "string"))];
}

function Candidates({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <Card title={t("actions.candidates")} size="small">
      <Table<Candidate>
        rowKey="name"
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={policy.actions}
        columns={[
          {
            title: t("actions.action"),
            render: (_, row) => (
              <>
                <b style={{ fontWeight: 560 }}>{say.title(row.title, row.name)}</b> <code className="muted small">{row.name}</code>
              </>
            ),
          },
          { title: t("actions.channel"), render: (_, row) => t(`channel.${row.channel}`, row.channel) },
          { title: t("actions.for_whom"), render: (_, row) => <Says rule={row.if} /> },
          {
            title: t("actions.effect"),
            render: (_, row) => (
              <span className="row">
                <Tag>{t(row.effect === undefined ? "actions.propensity" : "actions.uplift")}</Tag>
                <Amount of={row.effect ?? row.propensity ?? 0} />
              </span>
            ),
          },
          { title: t("actions.worth"), render: (_, row) => <Amount of={row.value} /> },
          { title: t("actions.cost"), align: "right", render: (_, row) => say.number(row.cost) },
        ]}
      />
      <p className="muted small" style={{ marginTop: 8 }}>
        {t("actions.formula")}
      </p>
    </Card>
  );
}

function Says({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const say = useSay();
  const everybody = Object.keys(rule).length === 0;
  const said = useAnswer<Said>("/api/v1/tags:explain", { body: { rule }, enabled: !everybody, fresh: 600_000 });
  return <span className="small">{everybody ? t("audiences.everybody") : say.title(said.data, "…")}</span>;
}

function Amount({ of }: { of: string | number }) {
  const say = useSay();
  const catalogue = useCatalogue();
  return typeof of === "number" ? <span className="number">{say.number(of, 4)}</span> : <Link to={`/tags/${of}`}>{catalogue.title(of)}</Link>;
}

/** What is respected: how much is left to the lot, and how often a channel may be used. */
function Bounds({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const say = useSay();
  const often = (channel: Channel) =>
    Object.entries(channel.most).map(([span, times]) => t("actions.most", { count: times, times: say.number(times), span: sayWindow(span) }));
  const sayWindow = (span: string) => t(span.endsWith("h") ? "rule.hours" : "rule.days", { count: Number.parseInt(span, 10) });
  return (
    <Card size="small" className="span-6" title={t("actions.bounds")}>
      <div className="stack-small">
        <p>
          {t("actions.explore", { share: say.share(policy.explore, 1) })} <span className="muted small">{t("actions.explore_means")}</span>
        </p>
        {policy.channels.map((channel) => (
          <div key={channel.name} className="row row-wrap">
            <Tag variant="filled">{t(`channel.${channel.name}`, channel.name)}</Tag>
            <span className="small muted">
              {[
                t(channel.consent ? "actions.consent" : "actions.no_consent"),
                ...often(channel),
                ...(channel.quiet.length === 2 ? [t("actions.quiet", { from: channel.quiet[0], until: channel.quiet[1] })] : []),
              ].join(" · ")}
            </span>
          </div>
        ))}
      </div>
    </Card>
  );
}

function Decide({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const [audience, setAudience] = useUrlState("audience");
  const audiences = useAll<AudienceRow>("/api/v1/audiences", "audiences");
  const rule: Rule = audience ? { audience } : { all: [] };
  const decide = useLongWrite((remember: boolean) =>
    ask<Job<Outcome>>("post", "/api/v1/actions:decide", { body: { rule, remember } }),
  );
  return (
    <Card size="small" className="span-6" title={t("actions.decide")}>
      <div className="stack-small">
        <div className="row row-wrap">
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            style={{ flex: "1 1 200px" }}
            aria-label={t("audiences.audience")}
            placeholder={t("audiences.everybody")}
            value={audience || null}
            onChange={(name: string | undefined) => setAudience(name ?? null)}
            options={(audiences.data ?? []).map((each) => ({ value: each.name, label: say.title(each.title, each.name) }))}
          />
          <Button loading={decide.isPending} onClick={() => decide.mutate(false)}>
            {t("actions.try")}
          </Button>
          {may("enter_values") && (
            <Popconfirm
              title={t("actions.remember_means")}
              okText={t("word.confirm")}
              cancelText={t("word.cancel")}
              onConfirm={() => decide.mutate(true)}
            >
              <Button disabled={decide.isPending}>{t("actions.remember")}</Button>
            </Popconfirm>
          )}
        </div>
        <JobProgress job={decide.job} />
        <NotDone problem={decide.error} />
        {decide.data && <Told outcome={decide.data} policy={policy} />}
      </div>
    </Card>
  );
}

function Told({ outcome, policy }: { outcome: Outcome; policy: Policy }) {
  const { t } = useTranslation();
  const say = useSay();
  const titles = new Map(policy.actions.map((each) => [each.name, say.title(each.title, each.name)]));
  const share = (count: number) => (outcome.customers > 0 ? count / outcome.customers : 0);
  return (
    <div className="stack-small">
      <div className="figures">
        <Figure name={t("audiences.members")} value={say.number(outcome.customers)} />
        <Figure name={t("actions.gain")} value={say.number(outcome.gain, 0)} />
        <Figure name={t("actions.drawn")} value={say.number(outcome.explored)} />
      </div>
      {Object.entries(outcome.actions).map(([name, count]) => (
        <Bar
          key={name}
          name={name === NOTHING ? t("actions.nothing") : titles.get(name)}
          share={share(count)}
          figures={`${say.number(count)} · ${say.share(share(count), 0)}`}
        />
      ))}
      {outcome.remembered > 0 && (
        <Alert type="success" showIcon title={t("actions.remembered", { count: outcome.remembered, shown: say.number(outcome.remembered) })} />
      )}
    </div>
  );
}
