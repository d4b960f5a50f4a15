/** What the values of a tag are called: those that occur are offered as soon as they are known. */
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { useSay } from "@/format/say";

import { number, type TagDraft } from "./draft";
import { offerValues, retitle, type ValueTitles } from "./titles";

interface Titled {
  draft: TagDraft;
  /** Values that the sample had. */
  found: readonly Json[];
  onChange: (values: ValueTitles[]) => void;
}

export function Values({ draft, found, onChange }: Titled) {
  const { t } = useTranslation();
  const tiers = draft.way === "when" ? [...draft.tiers.map((tier) => tier.then), draft.otherwise].filter(Boolean).map(number) : [];
  const rows = offerValues(draft.way === "when" ? tiers : found, draft.values);
  const set = (row: ValueTitles) => onChange(retitle(draft.values, row));
  return (
    <Card size="small" title={t("tags.values")}>
      <div className="stack-small">
        <p className="muted small">{t(rows.length > 0 ? "tags.values_mean" : "tags.values_none")}</p>
        {rows.map((row) => (
          <Row key={JSON.stringify(row.value)} row={row} onChange={set} onRemove={() => onChange(draft.values.filter((each) => each.value !== row.value))} />
        ))}
        <Another onAdd={(value) => onChange(retitle(draft.values, { value, zh: "", en: "", listed: true }))} taken={rows} />
      </div>
    </Card>
  );
}

function Row({ row, onChange, onRemove }: { row: ValueTitles; onChange: (row: ValueTitles) => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const value = say.value(row.value);
  return (
    <div className="value-titles">
      <span className="ellipsis" title={value}>
        {value}
      </span>
      <Input aria-label={t("tags.value_zh", { value })} placeholder={t("tags.title_zh")} value={row.zh} onChange={(event) => onChange({ ...row, zh: event.target.value })} />
      <Input aria-label={t("tags.value_en", { value })} placeholder={t("tags.title_en")} value={row.en} onChange={(event) => onChange({ ...row, en: event.target.value })} />
      {row.listed ? <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("tags.drop_value", { value })} onClick={onRemove} /> : <span />}
    </div>
  );
}

function Another({ onAdd, taken }: { onAdd: (value: ValueTitles["value"]) => void; taken: readonly ValueTitles[] }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const value = taken.some((each) => typeof each.value === "string") ? text : number(text);
  const add = () => {
    if (text === "" || taken.some((each) => each.value === value)) return;
    onAdd(value);
    setTyped("");
  };
  return (
    <div className="row">
      <Input style={{ maxWidth: 240 }} aria-label={t("tags.another_value")} placeholder={t("tags.another_value")} value={typed} onChange={(event) => setTyped(event.target.value)} onPressEnter={add} />
      <Button icon={<PlusOutlined />} disabled={text === ""} onClick={add}>
        {t("word.add")}
      </Button>
    </div>
  );
}
