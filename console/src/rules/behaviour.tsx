/** What somebody did, how much of it, in which time. */
import { PlusOutlined, CloseOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { PropertySeen } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useEventTitles } from "@/parts/catalogue";

import { Span, ValueField } from "./value";
import { BARE, MEASURES, type Behaviour, type Filter, type Kind, type Operator } from "./language";

const COMPARING: readonly Operator[] = ["gte", "lte", "gt", "lt", "eq"];

export function useProperties(event: string): PropertySeen[] {
  const asked = useAnswer<{ properties: PropertySeen[] }>("/api/v1/events/{name}/properties", {
    params: { name: event },
    enabled: event !== "",
    fresh: 300_000,
  });
  return asked.data?.properties ?? [];
}

export function EventPicker({ value, onChange }: { value: string; onChange: (event: string) => void }) {
  const { t } = useTranslation();
  const { events, title } = useEventTitles();
  const gone = value !== "" && events.length > 0 && !events.some(({ name, aliases }) => name === value || aliases?.includes(value));
  const picker = (
    <Select
      status={gone ? "warning" : ""}
      showSearch={{ optionFilterProp: "label" }}
      style={{ minWidth: 150 }}
      popupMatchSelectWidth={240}
      placeholder={t("rule.event")}
      aria-label={t("rule.event")}
      value={value || null}
      onChange={onChange}
      options={events.map((each) => ({ value: each.name, label: title(each.name) }))}
    />
  );
  if (!gone) return picker;
  return (
    <>
      {picker}
      <span className="wrong small">{t("rule.no_event", { name: value })}</span>
    </>
  );
}

export function BehaviourEditor({ value, onChange }: { value: Behaviour; onChange: (value: Behaviour) => void }) {
  const { t } = useTranslation();
  const properties = useProperties(value.event);
  const set = (part: Partial<Behaviour>) => onChange({ ...value, ...part });
  const numeric = value.measure !== "distinct";
  return (
    <>
      <EventPicker value={value.event} onChange={(event) => set({ event, property: "", where: [] })} />
      <Span value={value.within} forever onChange={(within) => set({ within })} />
      <Select
        aria-label={t("rule.measure")}
        style={{ minWidth: 96 }}
        value={value.measure}
        onChange={(measure: string) => set({ measure })}
        options={MEASURES.map((each) => ({ value: each, label: t(`measure.${each}`) }))}
      />
      {!BARE.has(value.measure) && (
        <Select
          showSearch
          aria-label={t("rule.property")}
          placeholder={t("rule.property")}
          style={{ minWidth: 130 }}
          value={value.property || null}
          onChange={(property: string) => set({ property })}
          options={properties.filter((each) => !numeric || "number" in each.types).map((each) => ({ value: each.path, label: each.path }))}
        />
      )}
      <Select
        aria-label={t("rule.operator")}
        value={value.operator}
        style={{ minWidth: 92 }}
        onChange={(operator: Operator) => set({ operator })}
        options={COMPARING.map((each) => ({ value: each, label: t(`op.${each}`) }))}
      />
      <InputNumber
        aria-label={t("word.value")}
        style={{ width: 100 }}
        value={typeof value.value === "number" ? value.value : null}
        onChange={(next) => set({ value: next })}
      />
      <Filters event={value.event} filters={value.where} onChange={(where) => set({ where })} />
    </>
  );
}

interface Filtering {
  event: string;
  filters: Filter[];
  onChange: (filters: Filter[]) => void;
}

/** Only those events whose properties are such. */
export function Filters({ event, filters, onChange }: Filtering) {
  const { t } = useTranslation();
  const properties = useProperties(event);
  const set = (index: number, part: Partial<Filter>) =>
    onChange(filters.map((each, at) => (at === index ? { ...each, ...part } : each)));
  const kindOf = (path: string): Kind => {
    const types = properties.find((each) => each.path === path)?.types ?? {};
    return "number" in types ? "number" : "boolean" in types ? "flag" : "text";
  };
  return (
    <>
      {filters.map((filter, index) => {
        const seen = properties.find((each) => each.path === filter.property);
        const kind = kindOf(filter.property);
        return (
          <span className="row filter" key={index}>
            <span className="muted small">{t("rule.where")}</span>
            <Select
              showSearch
              aria-label={t("rule.property")}
              placeholder={t("rule.property")}
              style={{ minWidth: 120 }}
              value={filter.property || null}
              onChange={(property: string) =>
                set(index, { property, operator: kindOf(property) === "number" ? "gte" : kindOf(property) === "flag" ? "eq" : "in", value: kindOf(property) === "flag" ? true : null })
              }
              options={properties.map((each) => ({ value: each.path, label: each.path }))}
            />
            <Select
              aria-label={t("rule.operator")}
              style={{ minWidth: 92 }}
              value={filter.operator}
              onChange={(operator: Operator) => set(index, { operator })}
              options={(kind === "number" ? COMPARING : (["in", "not_in", "contains", "eq"] as const)).map((each) => ({
                value: each,
                label: t(`op.${each}`),
              }))}
            />
            <ValueField
              kind={kind}
              operator={filter.operator}
              value={filter.value}
              choices={(seen?.examples ?? []).flatMap((each) => (typeof each.value === "string" ? [{ value: each.value }] : []))}
              onChange={(next) => set(index, { value: next })}
            />
            <Button
              size="small"
              type="text"
              icon={<CloseOutlined />}
              aria-label={t("word.remove")}
              onClick={() => onChange(filters.filter((_, at) => at !== index))}
            />
          </span>
        );
      })}
      {event && (
        <Button
          size="small"
          type="dashed"
          icon={<PlusOutlined />}
          onClick={() => onChange([...filters, { property: "", operator: "in", value: null }])}
        >
          {t("rule.add_where")}
        </Button>
      )}
    </>
  );
}
