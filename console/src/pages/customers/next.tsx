/** What to do next, and what to offer, where models of this workspace say so. */
import { Button, Card, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { NOTHING, usePolicy } from "@/api/actions";
import type { Json, Portrait, Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { endOf } from "@/format/dates";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { NotDone } from "@/parts/states";

interface Offer {
  item: string;
  score: number | null;
  reason: Said | string | null;
  attributes?: Record<string, Json> | null;
}

interface Decision {
  action: string;
  channel: string | null;
  explored: boolean;
  probability: number;
  gain: number;
  reason: Said;
  others: { action: string; gain: number | null; why: string; words: Said }[];
}

const PATH = "/api/v1/profiles/{key}/next-best-action";

export function Next({ portrait, asOf }: { portrait: Portrait; asOf: string }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  // Where no recommender is declared the answer is an error, and there is nothing to show.
  const offers = useAnswer<{ items: Offer[] }>("/api/v1/profiles/{key}/recommendations", {
    params: { key: portrait.customer_id },
    query: { n: 6 },
    fresh: 60_000,
  });
  const decision = useAnswer<Decision>(PATH, {
    params: { key: portrait.customer_id },
    query: { as_of: endOf(asOf) },
    fresh: 60_000,
  });
  const items = offers.data?.items ?? [];
  // What the business's own tags say of this customer is what to look at next.
  const flags = Object.entries(portrait.tags).filter(([, tag]) => tag.layer === "business" && tag.value === true);
  if (items.length === 0 && flags.length === 0 && !decision.data) return null;
  return (
    <Card title={t("customers.next")} size="small" extra={<Link to="/models/next-best-action">{t("actions.title")}</Link>}>
      <div className="stack-small">
        {decision.data && <Decided decision={decision.data} customer={portrait.customer_id} past={asOf !== ""} />}
        {flags.map(([name]) => (
          <div key={name} className="row">
            <i className="layer-mark" style={{ background: "var(--ant-color-warning)" }} />
            {catalogue.title(name)}
          </div>
        ))}
        {items.length > 0 && <h2>{t("customers.offers")}</h2>}
        {items.map((each) => (
          <Line key={each.item} name={callItem(each)} score={each.score} why={each.reason} />
        ))}
      </div>
    </Card>
  );
}

function Decided({ decision, customer, past }: { decision: Decision; customer: string; past: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const policy = usePolicy();
  const called = (name: string) =>
    name === NOTHING ? t("actions.nothing") : say.title(policy.data?.actions.find((each) => each.name === name)?.title, name);
  const decide = useWrite(() => ask<Decision>("post", PATH, { params: { key: customer } }), [
    PATH,
    "/api/v1/profiles/{key}",
    "/api/v1/profiles/{key}/timeline",
  ]);
  const chosen = decision.action !== NOTHING;
  return (
    <div className="stack-small decision">
      <div className="row row-wrap between">
        <b>{called(decision.action)}</b>
        <span className="row">
          {decision.channel && <Tag variant="filled">{t(`channel.${decision.channel}`, decision.channel)}</Tag>}
          {decision.explored && <Tag color="processing">{t("actions.by_lot", { share: say.share(decision.probability, 1) })}</Tag>}
        </span>
      </div>
      <div className="muted small">{say.title(decision.reason, "")}</div>
      {chosen && <div className="small">{t("actions.gains", { gain: say.number(decision.gain) })}</div>}
      {decision.others.length > 0 && (
        <details className="small">
          <summary>{t("actions.others")}</summary>
          {decision.others.map((each) => (
            <div key={each.action} className="row between">
              <span>{called(each.action)}</span>
              <span className="muted">
                {say.title(each.words, each.why)}
                {each.gain !== null && ` · ${say.number(each.gain)}`}
              </span>
            </div>
          ))}
        </details>
      )}
      <NotDone problem={decide.error} />
      {chosen && !past && may("enter_values") && (
        <div className="no-print">
          <Button size="small" loading={decide.isPending} onClick={() => decide.mutate(undefined)}>
            {t("actions.do_it")}
          </Button>
        </div>
      )}
    </div>
  );
}

function callItem({ item, attributes }: Offer): string {
  const title = attributes?.title ?? attributes?.name;
  return typeof title === "string" ? `${title} · ${item}` : item;
}

interface Told {
  name: string;
  score?: Json | undefined;
  why?: Said | string | null | undefined;
}

function Line({ name, score, why }: Told) {
  const say = useSay();
  return (
    <div>
      <div className="row between">
        <b style={{ fontWeight: 560 }}>{name}</b>
        {typeof score === "number" && <span className="muted small number">{say.number(score)}</span>}
      </div>
      {why && <div className="muted small">{typeof why === "string" ? why : say.title(why, "")}</div>}
    </div>
  );
}
