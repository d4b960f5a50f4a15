/** The builder's fields, operators and values, in our words. */
import { Button, DatePicker, Input, InputNumber, Segmented, Select, Space, Tooltip } from "antd";
import { CloseOutlined, GroupOutlined, LineChartOutlined, PlusOutlined } from "@ant-design/icons";
import dayjs from "dayjs";
import { useEffect, useMemo, useState } from "react";
import type { ActionProps, CombinatorSelectorProps, FieldSelectorProps, NotToggleProps, OperatorSelectorProps, ValueEditorProps } from "react-querybuilder";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";

import { BehaviourEditor } from "./behaviour";
import { DID, FITTING, RAW, SEQUENCE, spell, writeRule, type Behaviour, type Kind, type Operator, type Sequence } from "./language";
import { SequenceEditor } from "./sequence";
import { TrendOf } from "./trend";
import { useTagValues } from "./tag-values";

export interface Counts {
  /** Members by the condition, written as JSON. */
  counts: ReadonlyMap<string, number> | null;
}

export function FieldPicker(props: FieldSelectorProps) {
  const { value } = props;
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const options = useMemo(() => {
    const groups = new Map<string, { value: string; label: string }[]>();
    for (const row of catalogue.rows) {
      const group = row.group ?? t("word.ungrouped");
      const option = { value: row.name, label: catalogue.title(row.name) };
      const those = groups.get(group);
      if (those) those.push(option);
      else groups.set(group, [option]);
    }
    return [
      {
        label: t("rule.behaviour"),
        options: [
          { value: DID, label: t("rule.did") },
          { value: SEQUENCE, label: t("rule.sequence") },
        ],
      },
      ...[...groups].map(([label, those]) => ({ label, options: those })),
    ];
  }, [catalogue, t]);
  if (value === RAW) return <span className="muted">{t("rule.raw")}</span>;
  return (
    <Select
      showSearch={{
        filterOption: (typed, option) =>
          String(option?.label ?? "").toLowerCase().includes(typed.toLowerCase()) ||
          String((option as { value?: string } | undefined)?.value ?? "").includes(typed.toLowerCase()),
      }}
      style={{ minWidth: 190 }}
      popupMatchSelectWidth={280}
      placeholder={t("rule.choose")}
      aria-label={t("rule.choose")}
      value={value && value !== "~" ? value : null}
      onChange={(name: string) => props.handleOnChange(name)}
      options={options}
    />
  );
}

export function OperatorPicker(props: OperatorSelectorProps) {
  const { value, field, rule } = props;
  const { t } = useTranslation();
  const values = useTagValues(field ?? "");
  const usual = values && FITTING[values.kind][0];
  const fits = !values || FITTING[values.kind].includes(value as Operator) || rule.value !== null;
  useEffect(() => {
    if (usual && !fits) props.handleOnChange(usual);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the tag's kind is known
  }, [usual, fits]);
  if (!field || field === "~" || field.endsWith(":")) return null;
  const fitting = FITTING[values?.kind ?? "text"];
  const shown = fitting.includes(value as Operator) ? fitting : [...fitting, value as Operator];
  return (
    <Select
      style={{ minWidth: 110 }}
      aria-label={t("rule.operator")}
      value={value ?? null}
      onChange={(operator: string) => props.handleOnChange(operator)}
      options={shown.filter(Boolean).map((each) => ({ value: each, label: t(`op.${each}`) }))}
    />
  );
}

export function ValuePicker(props: ValueEditorProps) {
  const { field, rule } = props;
  const context = props.context as Counts | undefined;
  const value: unknown = props.value;
  const change = (next: unknown) => props.handleOnChange(next);
  const counts = context?.counts;
  const written = writeRule(rule);
  const count = written ? counts?.get(spell(written)) : undefined;
  let editor = null;
  if (field === DID) editor = <BehaviourEditor value={value as Behaviour} onChange={change} />;
  else if (field === SEQUENCE) editor = <SequenceEditor value={value as Sequence} onChange={change} />;
  else if (field === RAW) editor = <code>{JSON.stringify(value)}</code>;
  else if (field && field !== "~") editor = <TagValue {...props} />;
  return (
    <>
      {editor}
      {written && counts && <Reach rule={written} count={count} />}
    </>
  );
}

export function Joiner(props: CombinatorSelectorProps) {
  const { t } = useTranslation();
  return (
    <Segmented
      size="small"
      aria-label={t("rule.combinator")}
      value={props.value ?? "all"}
      onChange={(next: string) => props.handleOnChange(next)}
      options={[
        { value: "all", label: t("rule.all") },
        { value: "any", label: t("rule.any") },
      ]}
    />
  );
}

export function NotSwitch(props: NotToggleProps) {
  const { t } = useTranslation();
  const on = props.checked === true;
  return (
    <Button size="small" type={on ? "primary" : "default"} aria-pressed={on} onClick={() => props.handleOnChange(!on)}>
      {t("rule.not")}
    </Button>
  );
}

/** Adding is quiet, removing quieter. */
export function Do(props: ActionProps) {
  const { label, title, testID } = props;
  if (label === "✕") {
    return <Button size="small" type="text" icon={<CloseOutlined />} aria-label={title} onClick={(event) => props.handleOnClick(event)} />;
  }
  const group = testID === "add-group";
  return (
    <Button size="small" type="dashed" icon={group ? <GroupOutlined /> : <PlusOutlined />} onClick={(event) => props.handleOnClick(event)}>
      {label}
    </Button>
  );
}

/** How many meet this condition alone, and how that went over time. */
function Reach({ rule, count }: { rule: Record<string, Json>; count: number | undefined }) {
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

function TagValue(props: ValueEditorProps) {
  const { field, operator } = props;
  const value: unknown = props.value;
  const catalogue = useCatalogue();
  const values = useTagValues(field);
  const kind = values?.kind ?? (typeof value === "number" ? "number" : "text");
  const given = value as Json;
  const unit = catalogue.byName.get(field)?.unit ?? null;
  const set = (next: Json) => props.handleOnChange(next);
  const flag = kind === "flag" || operator === "is_null";
  useEffect(() => {
    if (flag && typeof given !== "boolean") props.handleOnChange(true);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is shown is what is meant
  }, [flag, given]);
  // A field that is offered before the tag's kind is known would take what is typed with it when it gives way.
  if (!values && (given === null || given === undefined || given === "")) return null;
  return <ValueField kind={kind} operator={operator as Operator} value={given} unit={unit} choices={values?.choices ?? []} onChange={set} />;
}

interface Field {
  kind: Kind;
  operator: Operator;
  value: Json;
  unit?: string | null;
  choices: { value: string; count?: number }[];
  onChange: (value: Json) => void;
}

export function ValueField({ kind, operator, value, unit, choices, onChange }: Field) {
  const { t } = useTranslation();
  const say = useSay();
  const label = t("word.value");
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
        style={{ minWidth: 220, maxWidth: 480 }}
        maxTagCount={6}
        value={(Array.isArray(value) ? value : value === null || value === "" ? [] : [value]) as string[]}
        onChange={(next: string[]) => onChange(next)}
        options={choices.map((each) => ({
          value: each.value,
          label: each.count === undefined ? each.value : `${each.value} · ${say.short(each.count)}`,
        }))}
        labelRender={({ value: chosen }) => String(chosen)}
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
