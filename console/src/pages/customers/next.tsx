/** What to do next, and what to offer, where models of this workspace say so. */
import { Card } from "antd";
import { useTranslation } from "react-i18next";

import type { Json, Portrait, Said } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";

interface Action {
  name: string;
  title?: Said;
  score?: number | null;
  why?: Said | string | null;
}

interface Offer {
  item: string;
  title?: string | null;
  score?: number | null;
  reason?: Said | string | null;
}

export function Next({ portrait }: { portrait: Portrait }) {
  const { t } = useTranslation();
  const params = { key: portrait.customer_id };
  const actions = useAnswer<{ actions: Action[] }>("/api/v1/profiles/{key}/next", { params });
  const offers = useAnswer<{ recommendations: Offer[] }>("/api/v1/profiles/{key}/recommendations", { params });
  const due = portrait.tags;
  const catalogue = useCatalogue();
  // Without a model, what the business's own tags say is the next best thing to look at.
  const flags = Object.entries(due).filter(([, tag]) => tag.layer === "business" && tag.value === true);
  if (!actions.data?.actions?.length && !offers.data?.recommendations?.length && flags.length === 0) return null;
  return (
    <Card title={t("customers.next")} size="small">
      <div className="stack-small">
        {actions.data?.actions?.map((each) => (
          <Line key={each.name} title={each.title ?? { en: each.name }} name={each.name} score={each.score} why={each.why} />
        ))}
        {!actions.data?.actions?.length &&
          flags.map(([name]) => (
            <div key={name} className="row">
              <i className="layer-mark" style={{ background: "var(--ant-color-warning)" }} />
              {catalogue.title(name)}
            </div>
          ))}
        {(offers.data?.recommendations?.length ?? 0) > 0 && <h2>{t("customers.offers")}</h2>}
        {offers.data?.recommendations?.slice(0, 8).map((each) => (
          <Line key={each.item} title={null} name={each.title ?? each.item} score={each.score} why={each.reason} />
        ))}
      </div>
    </Card>
  );
}

interface Told {
  title: Said | null;
  name: string;
  score?: Json | undefined;
  why?: Said | string | null | undefined;
}

function Line({ title, name, score, why }: Told) {
  const say = useSay();
  return (
    <div>
      <div className="row between">
        <b style={{ fontWeight: 560 }}>{say.title(title, name)}</b>
        {typeof score === "number" && <span className="muted small number">{say.number(score)}</span>}
      </div>
      {why && <div className="muted small">{typeof why === "string" ? why : say.title(why, "")}</div>}
    </div>
  );
}
