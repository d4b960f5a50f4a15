/** How many a condition reaches, beside it. */
import { LineChartOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useSay } from "@/format/say";

import { TrendOf } from "./trend";

/** How many meet this condition alone, and how that went over time. */
export function Reach({ rule, count }: { rule: Record<string, Json>; count: number | undefined }) {
  const { t } = useTranslation();
  const say = useSay();
  const [open, setOpen] = useState(false);
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
