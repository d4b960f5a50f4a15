/** What a value rests on. */
import { useTranslation } from "react-i18next";

import type { Json, Worn } from "@/api/answers";
import { useSay } from "@/format/say";
import { useCatalogue, useEventTitles } from "@/parts/catalogue";

export function EvidenceList({ name, worn }: { name: string; worn: Worn }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const events = useEventTitles();
  const { events: names, count, first, last, tags, ...more } = worn.evidence ?? {};
  const lines: [string, string][] = [[t("word.value"), catalogue.value(name, worn.value)]];
  if (worn.confidence !== null) lines.push([t("customers.confidence"), say.share(worn.confidence)]);
  if (worn.since) lines.push([t("customers.since"), say.instant(worn.since)]);
  if (names?.length) lines.push([t("customers.events"), names.map((each) => events.title(each)).join("、")]);
  if (count !== undefined) lines.push([t("customers.times"), say.number(count)]);
  if (first) lines.push([t("customers.first"), say.instant(first)]);
  if (last) lines.push([t("customers.last"), say.instant(last)]);
  for (const [tag, value] of Object.entries(tags ?? {})) {
    lines.push([catalogue.title(tag), catalogue.value(tag, value)]);
  }
  for (const [what, value] of Object.entries(more)) {
    if (value !== undefined && value !== null) lines.push([t(`evidence.${what}`, what), written(value, say.value)]);
  }
  return (
    <div className="evidence">
      <dl>
        {lines.map(([what, value]) => (
          <div key={what} style={{ display: "contents" }}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function written(value: Json, say: (value: Json) => string): string {
  if (Array.isArray(value)) return value.map((each) => written(each, say)).join("; ");
  if (value !== null && typeof value === "object") {
    return Object.entries(value)
      .map(([name, each]) => `${name}: ${written(each, say)}`)
      .join(", ");
  }
  return say(value);
}
