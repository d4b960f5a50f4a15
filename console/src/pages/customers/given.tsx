/** The field in which somebody enters a tag's value: one of those it may have, or one of its kind. */
import { DatePicker, Input, InputNumber, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";

import type { Json, TagRow } from "@/api/answers";
import { useSay } from "@/format/say";

interface Field {
  row: TagRow | undefined;
  /** As a form hands them down. */
  id?: string;
  value?: Json;
  onChange?: (value: Json) => void;
}

export function GivenField({ row, id, value = null, onChange }: Field) {
  const { t } = useTranslation();
  const say = useSay();
  const given = id === undefined ? {} : { id };
  const change = (next: Json | undefined) => onChange?.(next ?? null);
  const choices =
    row?.hand === "truth"
      ? [true, false].map((each) => ({ of: each, label: t(each ? "word.yes" : "word.no") }))
      : (row?.values ?? []).map((each) => ({ of: each.value, label: say.title(each.title, String(each.value)) }));
  if (choices.length > 0) {
    const at = choices.findIndex((each) => each.of === value);
    return (
      <Select
        {...given}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        value={at < 0 ? null : at}
        onChange={(chosen: number | undefined) => change(chosen === undefined ? null : choices[chosen]?.of)}
        options={choices.map((each, index) => ({ value: index, label: each.label }))}
      />
    );
  }
  if (row?.hand === "number") {
    return <InputNumber {...given} style={{ width: "100%" }} suffix={say.title(row.unit_title, "")} value={value as number | null} onChange={change} />;
  }
  if (row?.hand === "date") {
    return (
      <DatePicker
        {...given}
        style={{ width: "100%" }}
        value={typeof value === "string" ? dayjs(value) : null}
        onChange={(day) => change(day?.format("YYYY-MM-DD"))}
      />
    );
  }
  return <Input {...given} value={(value as string | null) ?? ""} onChange={(event) => change(event.target.value || null)} />;
}
