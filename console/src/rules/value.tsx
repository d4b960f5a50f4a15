/** What a condition compares with: a number, words, a day, a length of time; each by the control of its kind. */
import { DatePicker, Input, InputNumber, Select, Space } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useSay } from "@/format/say";

import type { Kind, Operator } from "./language";

interface Field {
  kind: Kind;
  operator: Operator;
  value: Json;
  unit?: string | null;
  choices: { value: string; count?: number }[];
  /** What a value is called, if not as it is written. */
  called?: (value: Json) => string;
  onChange: (value: Json) => void;
}

export function ValueField({ kind, operator, value, unit, choices, called = String, onChange }: Field) {
  const { t } = useTranslation();
  const say = useSay();
  const label = t("word.value");
  /** Is that what somebody typed, by its name or its title? */
  const isCalled = (typed: string, known: string) => typed !== known && called(known).toLowerCase() === typed.trim().toLowerCase();
  if (operator === "is_null" || kind === "flag") {
    return (
      <Select
        aria-label={label}
        style={{ minWidth: 84 }}
        value={value === false ? "no" : "yes"}
        onChange={(next: string) => onChange(next === "yes")}
        options={[
          { value: "yes", label: t("word.yes") },
          { value: "no", label: t("word.no") },
        ]}
      />
    );
  }
  if (operator.startsWith("within") || operator === "anniversary_within") return <Span value={value} onChange={onChange} />;
  if (operator === "between") {
    const [low = null, high = null] = Array.isArray(value) ? value : [];
    return (
      <Space>
        <One kind={kind} value={low} onChange={(next) => onChange([next, high])} />–
        <One kind={kind} value={high} onChange={(next) => onChange([low, next])} />
      </Space>
    );
  }
  if (operator === "in" || operator === "not_in") {
    return (
      <Select
        mode="tags"
        aria-label={label}
        style={{ minWidth: 176, maxWidth: 480 }}
        maxTagCount={6}
        value={(Array.isArray(value) ? value : value === null || value === "" ? [] : [value]) as string[]}
        onChange={(next: string[]) => onChange(next.map((each) => choices.find(({ value: known }) => isCalled(each, known))?.value ?? each))}
        showSearch={{ filterOption: (typed, option) => [option?.value, option?.label].some((each) => each?.toLowerCase().includes(typed.toLowerCase())) }}
        options={choices.map((each) => ({
          value: each.value,
          label: each.count === undefined ? called(each.value) : `${called(each.value)} · ${say.short(each.count)}`,
        }))}
        labelRender={({ value: chosen }) => called(String(chosen))}
      />
    );
  }
  return <One kind={kind === "list" ? "text" : kind} value={value} unit={unit} onChange={onChange} />;
}

function One({ kind, value, unit, onChange }: { kind: Kind; value: Json; unit?: string | null; onChange: (value: Json) => void }) {
  const { t } = useTranslation();
  if (kind === "number") {
    return (
      <InputNumber
        aria-label={t("word.value")}
        style={{ width: 130 }}
        value={typeof value === "number" ? value : null}
        suffix={unit ?? undefined}
        onChange={(next) => onChange(next)}
      />
    );
  }
  if (kind === "time") {
    return (
      <DatePicker
        aria-label={t("word.value")}
        value={typeof value === "string" && value ? dayjs(value) : null}
        onChange={(day) => onChange(day ? day.format("YYYY-MM-DD") : null)}
      />
    );
  }
  return (
    <Input
      aria-label={t("word.value")}
      style={{ width: 180 }}
      value={typeof value === "string" || typeof value === "number" ? String(value) : ""}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** A length of time, as the language writes it: 30d, 6h. */
export function Span({ value, onChange, forever }: { value: Json; onChange: (value: string) => void; forever?: boolean }) {
  const { t } = useTranslation();
  const usual = ["1d", "3d", "7d", "14d", "30d", "60d", "90d", "180d", "365d"];
  const given = typeof value === "string" ? value : "";
  const options = given && !usual.includes(given) ? [given, ...usual] : usual;
  const [typed, setTyped] = useState("");
  const own = /^\d+[dh]$/.test(typed) && !options.includes(typed) ? [typed] : [];
  const title = (span: string) =>
    span.endsWith("h") ? t("rule.hours", { count: parseInt(span) }) : t("rule.days", { count: parseInt(span) });
  return (
    <Select
      aria-label={t("rule.within")}
      style={{ minWidth: 104 }}
      showSearch={{ onSearch: setTyped, filterOption: (text, option) => String(option?.value ?? "").startsWith(text) }}
      value={given || (forever ? "" : null)}
      placeholder={t("rule.within")}
      onChange={(next: string) => onChange(next)}
      options={[
        ...(forever ? [{ value: "", label: t("rule.ever") }] : []),
        ...[...own, ...options].map((each) => ({ value: each, label: title(each) })),
      ]}
    />
  );
}
