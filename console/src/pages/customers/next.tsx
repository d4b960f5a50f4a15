/** What to do next, and what to offer, where models of this workspace say so. */
import { Card } from "antd";
import { useTranslation } from "react-i18next";

import type { Json, Portrait, Said } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";

interface Offer {
  item: string;
  score: number | null;
  reason: Said | string | null;
  attributes?: Record<string, Json> | null;
}

interface Action {
  action: string | null;
  channel: string | null;
  gain: number | null;
  reason: Said | null;
}

export function Next({ portrait }: { portrait: Portrait }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  // Where no recommender is declared the answer is an error, and there is nothing to show.
  const offers = useAnswer<{ items: Offer[] }>("/api/v1/profiles/{key}/recommendations", {
    params: { key: portrait.customer_id },
    query: { n: 6 },
    fresh: 60_000,
  });
  const action = useAnswer<Action>("/api/v1/profiles/{key}/next-best-action", {
    params: { key: portrait.customer_id },
    fresh: 60_000,
  });
  const items = offers.data?.items ?? [];
  const next = action.data?.action ? action.data : null;
  // What the business's own tags say of this customer is what to look at next.
  const flags = Object.entries(portrait.tags).filter(([, tag]) => tag.layer === "business" && tag.value === true);
  if (items.length === 0 && flags.length === 0 && !next) return null;
  return (
    <Card title={t("customers.next")} size="small">
      <div className="stack-small">
        {next?.action && <Line name={[next.action, next.channel].filter(Boolean).join(" · ")} score={next.gain} why={next.reason} />}
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
