/** Who it is, at a glance, and the day it is looked at. */
import { EditOutlined, FormOutlined } from "@ant-design/icons";
import { Button, Card, Tag, Tooltip, Typography } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";

import type { Portrait } from "@/api/answers";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Picture } from "@/parts/avatar";
import { useCatalogue } from "@/parts/catalogue";
import { later, OnceOpen } from "@/parts/later";
import { useOpened } from "@/parts/url";

import { callCustomer, pickFace } from "./face";

const Days = later(() => import("./days").then((found) => found.Days));
const EnterValue = later(() => import("./enter").then((found) => found.EnterValue));
const FillForm = later(() => import("./form").then((found) => found.FillForm));

interface Headed {
  portrait: Portrait;
  asOf: string;
  onAsOf: (day: string | null) => void;
  stale: boolean;
}

export function Head({ portrait, asOf, onAsOf, stale }: Headed) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const { may } = useSession();
  const [doing, setDoing] = useOpened("do");
  const entering = doing === "set" && may("enter_values");
  const filling = doing === "form" && may("enter_values");
  const called = callCustomer(portrait);
  return (
    <Card>
      <div className="portrait-head">
        <Picture id={portrait.customer_id} size={72} name={called} />
        <div className="grow">
          <div className="row row-wrap">
            <h1>{called}</h1>
            <Typography.Text type="secondary" copyable={{ text: portrait.customer_id, tooltips: [t("word.copy"), ""] }}>
              {portrait.customer_id}
            </Typography.Text>
          </div>
          <div className="row row-wrap" style={{ marginTop: 6 }}>
            {portrait.identifiers.slice(0, 8).map((each) => (
              <Tooltip key={each.type + each.value} title={t(`identifier.${each.type}`, each.type)}>
                <Tag variant="filled" style={{ margin: 0, maxWidth: 220 }} className="ellipsis">
                  <span className="muted">{t(`identifier.${each.type}`, each.type)}</span> {each.value}
                </Tag>
              </Tooltip>
            ))}
            {portrait.identifiers.length > 8 && <span className="muted small">+{portrait.identifiers.length - 8}</span>}
          </div>
        </div>
        <div className="facts">
          {pickFace(portrait.tags).map(([feature, name]) => (
            <div key={feature} className="fact">
              <div className="fact-name">{t(`customers.${feature}`)}</div>
              <div className="fact-value">
                {catalogue.value(name, portrait.tags[name]?.value)}
              </div>
            </div>
          ))}
        </div>
        {may("enter_values") && (
          <div className="row no-print">
            <Button icon={<EditOutlined />} onClick={() => setDoing("set")}>
              {t("customers.set_tag")}
            </Button>
            <Button icon={<FormOutlined />} onClick={() => setDoing("form")}>
              {t("customers.fill_form")}
            </Button>
          </div>
        )}
      </div>
      <AsOf asOf={asOf} onAsOf={onAsOf} shown={portrait.as_of} stale={stale} />
      <OnceOpen open={entering}>
        <EnterValue customer={portrait.customer_id} open={entering} onClose={() => setDoing(null)} />
      </OnceOpen>
      <OnceOpen open={filling}>
        <FillForm customer={portrait.customer_id} open={filling} onClose={() => setDoing(null)} />
      </OnceOpen>
    </Card>
  );
}

/** The portrait at any past day: what was known and true by the end of it. */
function AsOf({ asOf, onAsOf, shown, stale }: Omit<Headed, "portrait"> & { shown: string }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <div className="row row-wrap as-of no-print" style={{ marginTop: 14, opacity: stale ? 0.6 : 1 }}>
      <span className="muted small">{t("customers.as_of")}</span>
      <Suspense fallback={<span className="days-wait" />}>
        <Days asOf={asOf} onAsOf={onAsOf} />
      </Suspense>
      <span className="muted small number">{say.instant(shown)}</span>
    </div>
  );
}
