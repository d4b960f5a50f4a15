/** The builder's fields, operators and values, in our words. */
import { CloseOutlined, GroupOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Segmented, Select } from "antd";
import { useEffect, useMemo } from "react";
import {
  remove,
  type ActionProps,
  type CombinatorSelectorProps,
  type FieldSelectorProps,
  type NotToggleProps,
  type OperatorSelectorProps,
  type ValueEditorProps,
} from "react-querybuilder";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useCatalogue, type Catalogue } from "@/parts/catalogue";

import { BehaviourEditor } from "./behaviour";
import { DID, FITTING, RAW, SEQUENCE, writeRule, type Behaviour, type Operator, type Sequence } from "./language";
import { Reach } from "./reach";
import { SequenceEditor } from "./sequence";
import { useTagValues } from "./tag-values";
import { ValueField } from "./value";

/** A condition over a tag that there is no more: it was renamed or retired since the rule was written. */
function isGone(field: string | undefined, catalogue: Catalogue): field is string {
  return Boolean(field) && field !== "~" && !field?.endsWith(":") && catalogue.ready && !catalogue.byName.has(field ?? "");
}

export function FieldPicker(props: FieldSelectorProps) {
  const { value } = props;
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const options = useMemo(() => {
    const groups = new Map<string, { value: string; label: string }[]>();
    for (const row of catalogue.rows) {
      const group = catalogue.group(row.group) ?? t("word.ungrouped");
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
      status={isGone(value, catalogue) ? "error" : ""}
      onChange={(name: string) => props.handleOnChange(name)}
      options={options}
    />
  );
}

export function OperatorPicker(props: OperatorSelectorProps) {
  const { value, field, rule } = props;
  const { t } = useTranslation();
  const gone = isGone(field, useCatalogue());
  const values = useTagValues(gone ? "" : (field ?? ""));
  const usual = values && FITTING[values.kind][0];
  const fits = !values || FITTING[values.kind].includes(value as Operator) || rule.value !== null;
  useEffect(() => {
    if (usual && !fits) props.handleOnChange(usual);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the tag's kind is known
  }, [usual, fits]);
  if (!field || field === "~" || field.endsWith(":") || gone) return null;
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
  const catalogue = useCatalogue();
  const value: unknown = props.value;
  const change = (next: unknown) => props.handleOnChange(next);
  const written = writeRule(rule);
  if (isGone(field, catalogue)) return <Gone {...props} />;
  let editor = null;
  if (field === DID) editor = <BehaviourEditor value={value as Behaviour} onChange={change} />;
  else if (field === SEQUENCE) editor = <SequenceEditor value={value as Sequence} onChange={change} />;
  else if (field === RAW) editor = <code>{JSON.stringify(value)}</code>;
  else if (field && field !== "~") editor = <TagValue {...props} />;
  return (
    <>
      {editor}
      {written && <Reach rule={written} />}
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

/** Which condition it is that no longer holds, and the way out. Choosing another tag is the other one. */
function Gone({ field, path, schema, rule }: ValueEditorProps) {
  const { t } = useTranslation();
  return (
    <span className="row row-wrap" role="alert">
      <code className="muted">{JSON.stringify(writeRule(rule) ?? { [field]: null })}</code>
      <span className="wrong">{t("rule.gone", { name: field })}</span>
      <Button size="small" danger onClick={() => schema.dispatchQuery(remove(schema.getQuery(), path))}>
        {t("rule.take_out")}
      </Button>
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
  const called = (each: Json) => catalogue.value(field, each);
  const set = (next: Json) => props.handleOnChange(next);
  const flag = kind === "flag" || operator === "is_null";
  useEffect(() => {
    if (flag && typeof given !== "boolean") props.handleOnChange(true);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is shown is what is meant
  }, [flag, given]);
  // A field that is offered before the tag's kind is known would take what is typed with it when it gives way.
  if (!values && (given === null || given === undefined || given === "")) return null;
  return <ValueField kind={kind} operator={operator as Operator} value={given} unit={catalogue.unit(field)} choices={values?.choices ?? []} called={called} onChange={set} />;
}
