/** How many a condition reaches, beside it. */
import { LineChartOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { createContext, use, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useSay } from "@/format/say";

import { spell } from "./language";
import { TrendOf } from "./trend";

/** Members by the condition as it is spelt; null = nobody counts. */
export const Counts = createContext<ReadonlyMap<string, number> | null>(null);

/** How many meet this condition alone, and how that went over time. */
export function Reach({ rule }: { rule: Record<string, Json> }) {
  const counts = use(Counts);
  const { t } = useTranslation();
  const say = useSay();
  const [open, setOpen] = useState(false);
  if (!counts) return null;
  const count = counts.get(spell(rule));
  return (
    <span className="rule-count row">
      {count === undefined ? "…" : t("rule.people", { count, shown: say.number(count) })}
      <Tooltip title={t("rule.trend")}>
        <Button size="small" type="text" icon={<LineChartOutlined />} aria-label={t("rule.trend")} onClick={() => setOpen(!open)} />
      </Tooltip>
      {open && <TrendOf rule={rule} onClose={() => setOpen(false)} />}
    </span>
  );
}
