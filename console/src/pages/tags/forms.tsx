/** The forms of a rule: a fold of events, tiers, a sum of tags, or the words themselves. */
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { EventPicker, Filters, useProperties } from "@/rules/behaviour";
import { Builder } from "@/rules/builder";
import { Span } from "@/rules/value";
import { EMPTY } from "@/rules/language";

import { FOLDS, needsProperty, readJson, type Fold, type TagDraft } from "./draft";
import { readTitled } from "./titles";

const NUMERIC = new Set(["sum", "avg", "min", "max", "median"]);

export function FoldForm({ fold, onChange }: { fold: Fold; onChange: (fold: Fold) => void }) {
  const { t } = useTranslation();
  const properties = useProperties(fold.of);
  const traits = useProperties("identify");
  const set = (part: Partial<Fold>) => onChange({ ...fold, ...part });
  const trait = fold.measure === "trait";
  const fitting = trait
    ? traits.map((each) => each.path.replace(/^traits\./, ""))
    : properties.filter((each) => !NUMERIC.has(fold.measure) || "number" in each.types).map((each) => each.path);
  return (
    <div className="row row-wrap">
      <Select
        aria-label={t("rule.measure")}
        style={{ minWidth: 130 }}
        value={fold.measure}
        onChange={(measure: string) => set({ measure, ...(measure === "trait" ? { of: "", within: "", where: [] } : {}) })}
        options={FOLDS.map((each) => ({ value: each, label: t(`measure.${each}`) }))}
      />
      {!trait && <EventPicker value={fold.of} onChange={(of) => set({ of, property: "", where: [] })} />}
      {needsProperty(fold.measure) && (
        <Select
          showSearch
          mode={undefined}
          aria-label={t("rule.property")}
          placeholder={t("rule.property")}
          style={{ minWidth: 150 }}
          value={fold.property || null}
          onChange={(property: string) => set({ property })}
          options={[...new Set([...fitting, ...(["first", "last"].includes(fold.measure) ? ["time"] : [])])].map((each) => ({ value: each, label: each }))}
        />
      )}
      {fold.measure === "list" && (
        <InputNumber aria-label={t("tags.list_last")} placeholder={t("tags.list_last")} min={1} value={fold.last} onChange={(last) => set({ last })} />
      )}
      {trait ? (
        <Select
          aria-label={t("tags.resolve")}
          value={fold.resolve}
          style={{ minWidth: 130 }}
          onChange={(resolve: string) => set({ resolve })}
          options={["latest", "trusted", "frequent"].map((each) => ({ value: each, label: t(`tags.resolve_${each}`) }))}
        />
      ) : (
        <>
          <Span value={fold.within} forever onChange={(within) => set({ within })} />
          <Filters event={fold.of} filters={fold.where} onChange={(where) => set({ where })} />
        </>
      )}
    </div>
  );
}

export function TierForm({ draft, onChange }: { draft: TagDraft; onChange: (part: Partial<TagDraft>) => void }) {
  const { t } = useTranslation();
  const { tiers } = draft;
  const set = (index: number, part: Partial<(typeof tiers)[number]>) =>
    onChange({ tiers: tiers.map((tier, at) => (at === index ? { ...tier, ...part } : tier)) });
  return (
    <div className="stack">
      {tiers.map((tier, index) => (
        <div key={index} className="tier">
          <div className="row">
            <span className="muted small">{t(index === 0 ? "tags.tier_if" : "tags.tier_else_if")}</span>
            <span className="grow" />
            {tiers.length > 1 && (
              <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("word.remove")} onClick={() => onChange({ tiers: tiers.filter((_, at) => at !== index) })} />
            )}
          </div>
          <Builder group={tier.group} onChange={(group) => set(index, { group })} />
          <div className="row">
            <span className="muted small">{t("tags.tier_then")}</span>
            <Input style={{ maxWidth: 240 }} aria-label={t("tags.tier_then")} value={tier.then} onChange={(event) => set(index, { then: event.target.value })} />
            <Called draft={draft} value={tier.then} />
          </div>
        </div>
      ))}
      <div>
        <Button type="dashed" icon={<PlusOutlined />} onClick={() => onChange({ tiers: [...tiers, { group: EMPTY, then: "" }] })}>
          {t("tags.add_tier")}
        </Button>
      </div>
      <div className="row">
        <span className="muted small">{t("tags.tier_otherwise")}</span>
        <Input style={{ maxWidth: 240 }} aria-label={t("tags.tier_otherwise")} value={draft.otherwise} onChange={(event) => onChange({ otherwise: event.target.value })} />
        <Called draft={draft} value={draft.otherwise} />
      </div>
    </div>
  );
}

/** What a tier is called, where that is not what it is. */
function Called({ draft, value }: { draft: TagDraft; value: string }) {
  const say = useSay();
  const title = say.title(readTitled(draft.values).find((each) => String(each.value) === value)?.title, value);
  return title === value ? null : <span className="muted small">{title}</span>;
}

export function ExprForm({ expr, onChange }: { expr: string; onChange: (expr: string) => void }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  return (
    <div className="stack-small">
      <Input.TextArea className="code" autoSize={{ minRows: 2 }} aria-label={t("tags.way_expr")} placeholder="spend_90d / orders_90d" value={expr} onChange={(event) => onChange(event.target.value)} />
      <Select
        showSearch={{ optionFilterProp: "label" }}
        style={{ maxWidth: 320 }}
        aria-label={t("tags.insert")}
        placeholder={t("tags.insert")}
        value={null}
        onChange={(name: string) => onChange(`${expr}${expr && !expr.endsWith(" ") ? " " : ""}${name}`)}
        options={catalogue.rows.map((row) => ({ value: row.name, label: catalogue.title(row.name) }))}
      />
    </div>
  );
}

export function WrittenForm({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="stack-small">
      <Input.TextArea className="code" autoSize={{ minRows: 8 }} aria-label={t("tags.way_written")} value={text} onChange={(event) => onChange(event.target.value)} />
      {readJson(text) === null && <Alert type="warning" showIcon title={t("tags.no_json")} />}
    </div>
  );
}
