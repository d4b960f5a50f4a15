/** What an audience is called, and what becomes of it: everything in its form but the rule. */
import { Card, Form, Input, InputNumber, Switch } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { isName } from "@/parts/desk";

import type { Particulars } from "./draft";

interface Told extends Particulars {
  /** It has its name already. */
  fixed: boolean;
  set: (part: Partial<Particulars>) => void;
}

/** Not drawn anew while only the rule changes. */
export const ParticularsCard = memo(function ParticularsCard({ name, title, live, schedule, min, max, fixed, set }: Told) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t("audiences.particulars")}>
      <Form.Item label={t("word.name")} extra={t("audiences.name_hint")} htmlFor="audience-name">
        <Input
          id="audience-name"
          value={name}
          disabled={fixed}
          status={name && !isName(name) ? "error" : ""}
          onChange={(event) => set({ name: event.target.value.trim() })}
        />
      </Form.Item>
      <Form.Item label={t("word.title")} htmlFor="audience-title">
        <Input id="audience-title" value={title} onChange={(event) => set({ title: event.target.value })} />
      </Form.Item>
      <Form.Item label={t("audiences.live_switch")} htmlFor="audience-live">
        <Switch id="audience-live" checked={live} onChange={(on) => set({ live: on })} />
      </Form.Item>
      <Form.Item label={t("audiences.schedule")} extra={t("audiences.schedule_hint")} htmlFor="audience-schedule">
        <Input
          id="audience-schedule"
          placeholder="0 3 * * *"
          value={schedule}
          onChange={(event) => set({ schedule: event.target.value })}
        />
      </Form.Item>
      <Form.Item label={t("audiences.alarm_when")}>
        <div className="row">
          <InputNumber
            style={{ flex: 1 }}
            aria-label={t("audiences.below")}
            placeholder={t("audiences.below")}
            min={0}
            value={min}
            onChange={(bound) => set({ min: bound })}
          />
          <InputNumber
            style={{ flex: 1 }}
            aria-label={t("audiences.above")}
            placeholder={t("audiences.above")}
            min={0}
            value={max}
            onChange={(bound) => set({ max: bound })}
          />
        </div>
      </Form.Item>
    </Card>
  );
});
