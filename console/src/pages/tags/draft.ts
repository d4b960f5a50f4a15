/** A tag's definition as the builder's form, and back. What has no form is edited as it is written. */
import type { RuleGroupType } from "react-querybuilder";

import type { Definition, Json, Layer, Rule } from "@/api/answers";
import { EMPTY, isRule, readGroup, writeGroup, type Filter } from "@/rules/language";

import { readSaid, readValues, writeSaid, writeValues, type Titles, type ValueTitles } from "./titles";

export const FOLDS = [
  "count", "sum", "avg", "min", "max", "median", "first", "last", "distinct", "days", "streak", "top", "list", "interval", "since", "trait",
] as const;
export type Way = "fold" | "if" | "when" | "expr" | "written";

export interface Fold {
  measure: string;
  property: string;
  of: string;
  within: string;
  where: Filter[];
  last: number | null;
  resolve: string;
}

export interface Tier {
  group: RuleGroupType;
  then: string;
}

export interface TagDraft {
  name: string;
  zh: string;
  en: string;
  layer: Layer;
  group: string;
  /** What the group is called, where this tag says it. */
  titled: Titles;
  owner: string;
  unit: string;
  values: ValueTitles[];
  way: Way;
  fold: Fold;
  condition: RuleGroupType;
  tiers: Tier[];
  otherwise: string;
  expr: string;
  written: string;
  /** Parts of a definition without a form. */
  more: Definition;
}

export const NEW_FOLD: Fold = { measure: "sum", property: "", of: "", within: "90d", where: [], last: null, resolve: "latest" };
export const NEW_TAG: TagDraft = {
  name: "",
  zh: "",
  en: "",
  layer: "fact",
  group: "",
  titled: { zh: "", en: "" },
  owner: "",
  unit: "",
  values: [],
  way: "fold",
  fold: NEW_FOLD,
  condition: EMPTY,
  tiers: [{ group: EMPTY, then: "" }],
  otherwise: "",
  expr: "",
  written: "{}",
  more: {},
};
const BARE = new Set(["count", "days", "streak", "interval", "since"]);
export const needsProperty = (measure: string) => !BARE.has(measure);

export function writeDefinition(draft: TagDraft): Definition {
  const title = writeSaid(draft);
  const called = writeSaid(draft.titled);
  const values = writeValues(draft.values);
  return {
    ...draft.more,
    ...(title ? { title } : {}),
    layer: draft.layer,
    ...(draft.group ? { group: called ? { [draft.group]: called } : draft.group } : {}),
    ...(draft.owner ? { owner: draft.owner } : {}),
    ...(draft.unit ? { unit: draft.unit } : {}),
    ...(values.length > 0 ? { values } : {}),
    ...writeRuleOf(draft),
  };
}

/** Whether there is enough of the rule to be tried: before that whoever writes it has made no mistake. */
export function isBegun(draft: TagDraft): boolean {
  switch (draft.way) {
    case "fold":
      return !needsProperty(draft.fold.measure) || draft.fold.property !== "";
    case "if":
      return draft.condition.rules.length > 0;
    case "when":
      return draft.tiers.some((tier) => tier.then !== "");
    case "expr":
      return draft.expr.trim() !== "";
    default:
      return draft.written.trim() !== "{}";
  }
}

/** `consumption`, or `{consumption: {zh, en}}`. */
export function nameGroup(group: Json | undefined): string | null {
  if (isRule(group)) return Object.keys(group)[0] ?? null;
  return typeof group === "string" ? group : null;
}

function writeRuleOf(draft: TagDraft): Definition {
  switch (draft.way) {
    case "fold":
      return { fold: writeFold(draft.fold) };
    case "if":
      return { if: writeGroup(draft.condition) };
    case "when":
      return {
        when: [
          ...draft.tiers.filter((tier) => tier.then).map((tier) => ({ if: writeGroup(tier.group), then: number(tier.then) })),
          ...(draft.otherwise ? [{ else: number(draft.otherwise) }] : []),
        ],
      };
    case "expr":
      return { expr: draft.expr };
    default:
      return readJson(draft.written) ?? {};
  }
}

export function number(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

export function readJson(text: string): Definition | null {
  try {
    const read: unknown = JSON.parse(text);
    return isRule(read as Json) ? (read as Definition) : null;
  } catch {
    return null;
  }
}

function writeFold(fold: Fold): Rule {
  if (fold.measure === "trait") return { trait: fold.property, ...(fold.resolve !== "latest" ? { resolve: fold.resolve } : {}) };
  const where = Object.fromEntries(
    fold.where
      .filter((each) => each.property && each.value !== null && each.value !== "")
      .map((each) => [each.property, each.operator === "eq" ? each.value : { [each.operator]: each.value }]),
  );
  return {
    [fold.measure]: needsProperty(fold.measure) ? fold.property : "*",
    ...(fold.of ? { of: fold.of } : {}),
    ...(fold.within ? { within: fold.within } : {}),
    ...(fold.measure === "list" && fold.last ? { last: fold.last } : {}),
    ...(Object.keys(where).length > 0 ? { where } : {}),
  };
}

export function readDefinition(name: string, definition: Definition): TagDraft {
  const { title, layer, group, owner, unit, values, fold, when, expr, if: condition, ...more } = definition;
  const text = (value: Json | undefined) => (typeof value === "string" ? value : "");
  const read: TagDraft = {
    ...NEW_TAG,
    name,
    ...readSaid(title),
    layer: (layer as Layer | undefined) ?? "fact",
    group: nameGroup(group) ?? "",
    titled: readSaid(isRule(group) ? Object.values(group)[0] : undefined),
    owner: text(owner),
    unit: text(unit),
    values: readValues(values),
    more,
  };
  if (isRule(condition)) return { ...read, way: "if", condition: readGroup(condition) };
  if (typeof expr === "string") return { ...read, way: "expr", expr };
  if (isRule(fold)) {
    const formed = readFold(fold);
    return formed ? { ...read, way: "fold", fold: formed } : { ...read, way: "written", written: pretty({ fold }) };
  }
  if (Array.isArray(when)) {
    const tiers = readTiers(when);
    return tiers ? { ...read, way: "when", ...tiers } : { ...read, way: "written", written: pretty({ when }) };
  }
  return { ...read, way: "written", more: {}, written: pretty(more) };
}

function pretty(value: Json): string {
  return JSON.stringify(value, null, 2);
}

function readFold(fold: Rule): Fold | null {
  const known = new Set<string>([...FOLDS, "of", "within", "where", "last", "resolve"]);
  const measures = FOLDS.filter((each) => each in fold && !(each === "last" && typeof fold.last === "number"));
  const [measure] = measures;
  if (!measure || measures.length > 1 || Object.keys(fold).some((each) => !known.has(each))) return null;
  const property = fold[measure];
  if (typeof property !== "string" || (fold.of !== undefined && typeof fold.of !== "string")) return null;
  const where: Filter[] = [];
  for (const [path, value] of Object.entries(isRule(fold.where) ? fold.where : {})) {
    if (!isRule(value)) where.push({ property: path, operator: "eq", value });
    else {
      const operators = Object.entries(value);
      if (operators.length !== 1 || !operators[0]) return null;
      where.push({ property: path, operator: operators[0][0] as Filter["operator"], value: operators[0][1] });
    }
  }
  return {
    measure,
    property: property === "*" ? "" : property,
    of: typeof fold.of === "string" ? fold.of : "",
    within: typeof fold.within === "string" ? fold.within : "",
    where,
    last: typeof fold.last === "number" ? fold.last : null,
    resolve: typeof fold.resolve === "string" ? fold.resolve : "latest",
  };
}

function readTiers(when: Json[]): Pick<TagDraft, "tiers" | "otherwise"> | null {
  const tiers: Tier[] = [];
  let otherwise = "";
  for (const each of when) {
    if (!isRule(each)) return null;
    if (typeof each.else === "string" || typeof each.else === "number") otherwise = String(each.else);
    else if (isRule(each.if) && each.then !== null && each.then !== undefined && typeof each.then !== "object") {
      tiers.push({ group: readGroup(each.if), then: String(each.then) });
    } else return null;
  }
  return { tiers, otherwise };
}
