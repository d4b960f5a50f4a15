/** Who it is, at a glance, and the day it is looked at. */
import { EditOutlined, FormOutlined } from "@ant-design/icons";
import { Button, Card, DatePicker, Slider, Tag, Tooltip, Typography } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Portrait } from "@/api/answers";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Picture } from "@/parts/avatar";
import { useCatalogue } from "@/parts/catalogue";

import { EnterValue } from "./enter";
import { callCustomer, pickFace } from "./face";
import { FillForm } from "./form";

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
  const [entering, setEntering] = useState(false);
  const [filling, setFilling] = useState(false);
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
            <Button icon={<EditOutlined />} onClick={() => setEntering(true)}>
              {t("customers.set_tag")}
            </Button>
            <Button icon={<FormOutlined />} onClick={() => setFilling(true)}>
              {t("customers.fill_form")}
            </Button>
          </div>
        )}
      </div>
      <AsOf asOf={asOf} onAsOf={onAsOf} shown={portrait.as_of} stale={stale} />
      <EnterValue customer={portrait.customer_id} open={entering} onClose={() => setEntering(false)} />
      <FillForm customer={portrait.customer_id} open={filling} onClose={() => setFilling(false)} />
    </Card>
  );
}

const REACH = 395;

/** The portrait at any past day: what was known and true by the end of it. */
function AsOf({ asOf, onAsOf, shown, stale }: Omit<Headed, "portrait"> & { shown: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const today = dayjs().startOf("day");
  const back = asOf ? Math.max(0, today.diff(dayjs(asOf), "day")) : 0;
  const [held, setHeld] = useState(back);
  // eslint-disable-next-line react-hooks/set-state-in-effect -- the address moved: by "back", or by a link
  useEffect(() => setHeld(back), [back]);
  const choose = (days: number) => onAsOf(days <= 0 ? null : today.subtract(days, "day").format("YYYY-MM-DD"));
  return (
    <div className="row row-wrap as-of no-print" style={{ marginTop: 14, opacity: stale ? 0.6 : 1 }}>
      <span className="muted small">{t("customers.as_of")}</span>
      <Slider
        style={{ flex: "1 1 220px", margin: "0 8px" }}
        min={0}
        max={REACH}
        reverse
        value={Math.min(held, REACH)}
        onChange={setHeld}
        onChangeComplete={choose}
        tooltip={{ formatter: (days) => say.day(today.subtract(days ?? 0, "day").format("YYYY-MM-DD")) }}
        ariaLabelForHandle={t("customers.as_of")}
      />
      <DatePicker
        value={asOf ? dayjs(asOf) : null}
        placeholder={t("word.now")}
        aria-label={t("customers.as_of")}
        disabledDate={(day) => day.isAfter(today)}
        onChange={(day) => onAsOf(day ? day.format("YYYY-MM-DD") : null)}
      />
      <span className="muted small number">{say.instant(shown)}</span>
    </div>
  );
}
