/** One thing after another, or not. */
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";

import { EventPicker, Filters, useProperties } from "./behaviour";
import { Span } from "./value";
import type { Sequence } from "./language";

export function SequenceEditor({ value, onChange }: { value: Sequence; onChange: (value: Sequence) => void }) {
  const { t } = useTranslation();
  const properties = useProperties(value.steps[0]?.event ?? "");
  const setStep = (index: number, part: Partial<Sequence["steps"][number]>) =>
    onChange({ ...value, steps: value.steps.map((step, at) => (at === index ? { ...step, ...part } : step)) });
  return (
    <>
      {value.steps.map((step, index) => (
        <span key={index} className="row row-wrap">
          {index > 0 && (
            <Select
              aria-label={t("rule.then")}
              value={step.not ? "not" : "then"}
              style={{ minWidth: 112 }}
              onChange={(next: string) => setStep(index, { not: next === "not" })}
              options={[
                { value: "then", label: t("rule.then") },
                { value: "not", label: t("rule.then_not") },
              ]}
            />
          )}
          <EventPicker value={step.event} onChange={(event) => setStep(index, { event, where: [] })} />
          {!step.not && <Filters event={step.event} filters={step.where} onChange={(where) => setStep(index, { where })} />}
          {value.steps.length > 2 && (
            <Button
              size="small"
              type="text"
              icon={<CloseOutlined />}
              aria-label={t("word.remove")}
              onClick={() => onChange({ ...value, steps: value.steps.filter((_, at) => at !== index) })}
            />
          )}
        </span>
      ))}
      <Button
        size="small"
        type="dashed"
        icon={<PlusOutlined />}
        onClick={() => onChange({ ...value, steps: [...value.steps, { event: "", not: false, where: [] }] })}
      >
        {t("rule.add_step")}
      </Button>
      <span className="muted small">{t("rule.in_time")}</span>
      <Span value={value.within} onChange={(within) => onChange({ ...value, within })} />
      <Select
        allowClear
        aria-label={t("rule.same")}
        placeholder={t("rule.same")}
        style={{ minWidth: 130 }}
        value={value.same || null}
        onChange={(same: string | undefined) => onChange({ ...value, same: same ?? "" })}
        options={properties.map((each) => ({ value: each.path, label: each.path }))}
      />
    </>
  );
}
