/** What a tag's values and its group are called, in the languages of the readers. */
import type { Json, Said, TagRow } from "@/api/answers";
import { isRule } from "@/rules/language";

export interface Titles {
  zh: string;
  en: string;
}

type Scalar = TagRow["values"][number]["value"];

export interface ValueTitles extends Titles {
  value: Scalar;
  /** It stands in the definition without a title as well: one of those the tag may have. */
  listed: boolean;
}

/** So many are offered; whoever wants more adds them. */
const OFFERED = 24;

function isScalar(value: Json | undefined): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** `{zh, en}`; plain text is Chinese if it has a Chinese character, as the server has it. */
export function readSaid(title: Json | undefined): Titles {
  const text = (value: Json | undefined) => (typeof value === "string" ? value : "");
  if (isRule(title)) return { zh: text(title.zh), en: text(title.en) };
  return /\p{Script=Han}/u.test(text(title)) ? { zh: text(title), en: "" } : { zh: "", en: text(title) };
}

/** null = it says nothing. */
export function writeSaid({ zh, en }: Titles): Said | null {
  return zh || en ? { ...(zh ? { zh } : {}), ...(en ? { en } : {}) } : null;
}

/** As a list, of values or of `{value, title}`, or by value: `high: {zh, en}`. */
export function readValues(values: Json | undefined): ValueTitles[] {
  if (isRule(values)) return Object.entries(values).map(([value, title]) => ({ value, ...readSaid(title), listed: true }));
  return (Array.isArray(values) ? values : []).flatMap((each) => {
    const [value, title] = isRule(each) ? [each.value, each.title] : [each, undefined];
    return isScalar(value) ? [{ value, ...readSaid(title), listed: true }] : [];
  });
}

export function writeValues(values: readonly ValueTitles[]): Json[] {
  return values.flatMap((each): Json[] => {
    const title = writeSaid(each);
    return title ? [{ value: each.value, title: { ...title } }] : each.listed ? [each.value] : [];
  });
}

/** Those that say what they are called, as everything that shows values reads them. */
export function readTitled(values: readonly ValueTitles[]): TagRow["values"] {
  return values.flatMap((each) => {
    const title = writeSaid(each);
    return title ? [{ value: each.value, title }] : [];
  });
}

/** What may be titled: values that occur, and those that have a title though they did not. Quantities have none. */
export function offerValues(occurring: readonly Json[], titled: readonly ValueTitles[]): ValueTitles[] {
  const known = new Map(titled.map((each) => [each.value, each]));
  const seen = [...new Set(occurring.filter((value) => isScalar(value)))];
  const offered = seen.filter((value) => typeof value !== "number" || known.has(value)).slice(0, OFFERED);
  const rows = offered.map((value) => known.get(value) ?? { value, zh: "", en: "", listed: false });
  return [...rows, ...titled.filter((each) => !offered.includes(each.value))];
}

/** With what one of them is called by now. */
export function retitle(titled: readonly ValueTitles[], row: ValueTitles): ValueTitles[] {
  const there = titled.some((each) => each.value === row.value);
  const all = there ? titled.map((each) => (each.value === row.value ? row : each)) : [...titled, row];
  return all.filter((each) => each.listed || each.zh || each.en);
}
