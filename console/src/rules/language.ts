/** The condition language, as the builder edits it, and back: what the builder has no form for it keeps as it is. */
import type { RuleGroupType, RuleType } from "react-querybuilder";

import type { Json, Rule } from "@/api/answers";

export const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "between",
  "in",
  "not_in",
  "contains",
  "starts_with",
  "is_null",
  "within_last",
  "within_next",
  "anniversary_within",
] as const;
export type Operator = (typeof OPERATORS)[number];
export type Kind = "number" | "text" | "flag" | "time" | "list";

export const FITTING: Record<Kind, readonly Operator[]> = {
  number: ["gte", "lte", "gt", "lt", "eq", "ne", "between", "is_null"],
  text: ["in", "not_in", "contains", "starts_with", "is_null"],
  flag: ["eq", "is_null"],
  time: ["gte", "lt", "between", "within_last", "within_next", "anniversary_within", "is_null"],
  list: ["contains", "is_null"],
};

export const DID = "did:";
export const SEQUENCE = "sequence:";
export const RAW = "raw:";

export interface Filter {
  property: string;
  operator: Operator;
  value: Json;
}

export interface Behaviour {
  event: string;
  measure: string;
  property: string;
  operator: Operator;
  value: Json;
  within: string;
  where: Filter[];
  /** What a rule said besides, kept. */
  more: Rule;
}

export interface Sequence {
  steps: { event: string; not: boolean; where: Filter[] }[];
  within: string;
  same: string;
}

export const MEASURES = ["count", "sum", "avg", "min", "max", "median", "distinct", "days", "streak"] as const;
/** Those that take no property. */
export const BARE = new Set(["count", "days", "streak"]);
const LEAVES = new Set<string>(OPERATORS);
/** Words about other audiences: not tags, though they stand where tags do. */
const OF_AUDIENCES = new Set(["audience", "union", "intersect", "minus"]);

export const NEW_BEHAVIOUR: Behaviour = {
  event: "",
  measure: "count",
  property: "",
  operator: "gte",
  value: 1,
  within: "30d",
  where: [],
  more: {},
};
export const NEW_SEQUENCE: Sequence = { steps: [{ event: "", not: false, where: [] }, { event: "", not: false, where: [] }], within: "7d", same: "" };
export const EMPTY: RuleGroupType = { combinator: "all", rules: [] };

/** The group as a condition; parts that are not finished yet are left out. */
export function writeGroup(group: RuleGroupType): Rule {
  const parts = group.rules.flatMap((each) => {
    if (typeof each === "string") return [];
    const written = "rules" in each ? (each.rules.length > 0 ? writeGroup(each) : null) : writeRule(each);
    return written ? [written] : [];
  });
  const whole: Rule = { [group.combinator === "any" ? "any" : "all"]: parts };
  return group.not ? { not: whole } : whole;
}

export function writeRule(rule: RuleType): Rule | null {
  if (rule.field === DID) return writeBehaviour(rule.value as Behaviour);
  if (rule.field === SEQUENCE) return writeSequence(rule.value as Sequence);
  if (rule.field === RAW) return rule.value as Rule;
  if (!rule.field || rule.field === "~") return null;
  const operator = rule.operator as Operator;
  const value = rule.value as Json;
  if (operator === "is_null") return { [rule.field]: { is_null: value !== false } };
  if (value === null || value === undefined || value === "") return null;
  if (Array.isArray(value) && (value.length === 0 || value.some((each) => each === null || each === ""))) return null;
  if (operator === "in" && Array.isArray(value) && value.length === 1) return { [rule.field]: value[0] ?? null };
  if (operator === "eq") return { [rule.field]: value };
  return { [rule.field]: { [operator]: value } };
}

function writeBehaviour(did: Behaviour): Rule | null {
  if (!did.event || (!BARE.has(did.measure) && !did.property)) return null;
  const bare = BARE.has(did.measure) ? (did.measure === "count" ? {} : { [did.measure]: "*" }) : { [did.measure]: did.property };
  const usual = did.measure === "count" && did.operator === "gte" && did.value === 1;
  return {
    did: did.event,
    ...bare,
    ...(usual || did.value === null ? {} : { is: { [did.operator]: did.value } }),
    ...(did.within ? { within: did.within } : {}),
    ...writeWhere(did.where),
    ...did.more,
  };
}

function writeWhere(filters: readonly Filter[]): Rule {
  const whole = filters.filter((each) => each.property && each.value !== null && each.value !== "");
  if (whole.length === 0) return {};
  return {
    where: Object.fromEntries(
      whole.map((each) => [each.property, each.operator === "eq" ? each.value : { [each.operator]: each.value }]),
    ),
  };
}

function writeSequence(given: Sequence): Rule | null {
  const steps = given.steps.filter((step) => step.event);
  if (steps.length < 2) return null;
  return {
    sequence: steps.map((step): Json => {
      if (step.not) return { not: step.event };
      return step.where.length > 0 ? { of: step.event, ...writeWhere(step.where) } : step.event;
    }),
    ...(given.within ? { within: given.within } : {}),
    ...(given.same ? { same: given.same } : {}),
  };
}

/** A condition as the builder's group. `readGroup(writeGroup(g))` means the same as `g`. */
export function readGroup(rule: Rule): RuleGroupType {
  const not = isRule(rule.not) && Object.keys(rule).length === 1 ? rule.not : null;
  const whole = not ?? rule;
  for (const combinator of ["all", "any"] as const) {
    const parts = whole[combinator];
    if (Array.isArray(parts) && Object.keys(whole).length === 1) {
      return { combinator, rules: parts.map((each) => readPart(each as Rule)), ...(not ? { not: true } : {}) };
    }
  }
  return { combinator: "all", rules: Object.keys(whole).length === 0 ? [] : [readPart(whole)], ...(not ? { not: true } : {}) };
}

function readPart(rule: Rule): RuleGroupType | RuleType {
  if (isGroup(rule)) return readGroup(rule);
  return readRule(rule);
}

function isGroup(rule: Rule): boolean {
  return Object.keys(rule).length === 1 && ["all", "any", "not"].some((each) => each in rule);
}

export function readRule(rule: Rule): RuleType {
  if (typeof rule.did === "string") return readBehaviour(rule);
  if (Array.isArray(rule.sequence)) return readSequence(rule);
  const [field, said] = Object.entries(rule)[0] ?? ["~", null];
  if (Object.keys(rule).length !== 1 || OF_AUDIENCES.has(field)) return keep(rule);
  if (isRule(said)) {
    const operators = Object.entries(said);
    const [operator, value] = operators[0] ?? ["eq", null];
    if (operators.length !== 1 || !LEAVES.has(operator)) return keep(rule);
    return { field, operator, value };
  }
  return { field, ...readBare(said) };
}

/** Words are one of a list, which is how several of them are written, too. */
function readBare(said: Json): { operator: Operator; value: Json } {
  if (typeof said === "string") return { operator: "in", value: [said] };
  return { operator: Array.isArray(said) ? "in" : "eq", value: said };
}

function keep(rule: Rule): RuleType {
  return { field: RAW, operator: "eq", value: rule };
}

function readBehaviour(rule: Rule): RuleType {
  const { did, is, within, where, ...rest } = rule;
  const measure = MEASURES.find((each) => each in rest) ?? "count";
  const property = rest[measure];
  const more = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== measure));
  const filters = readWhere(where ?? null);
  const operators = isRule(is) ? Object.entries(is) : [["gte", 1] as [string, Json]];
  if (!filters || operators.length !== 1 || typeof did !== "string") return keep(rule);
  const [operator, value] = operators[0] ?? ["gte", 1];
  const read: Behaviour = {
    event: did,
    measure,
    property: typeof property === "string" && property !== "*" ? property : "",
    operator: operator as Operator,
    value,
    within: typeof within === "string" ? within : "",
    where: filters,
    more,
  };
  return { field: DID, operator: "eq", value: read };
}

function readWhere(where: Json): Filter[] | null {
  if (where === null) return [];
  if (!isRule(where)) return null;
  const filters: Filter[] = [];
  for (const [property, said] of Object.entries(where)) {
    if (!isRule(said)) filters.push({ property, operator: Array.isArray(said) ? "in" : "eq", value: said });
    else {
      const operators = Object.entries(said);
      const [operator, value] = operators[0] ?? ["eq", null];
      if (operators.length !== 1 || !LEAVES.has(operator)) return null;
      filters.push({ property, operator: operator as Operator, value });
    }
  }
  return filters;
}

function readSequence(rule: Rule): RuleType {
  const { sequence, within, same, ...rest } = rule;
  const steps = (sequence as Json[]).map((step) => {
    if (typeof step === "string") return { event: step, not: false, where: [] };
    if (isRule(step) && typeof step.not === "string" && Object.keys(step).length === 1) {
      return { event: step.not, not: true, where: [] };
    }
    if (isRule(step) && typeof step.of === "string" && Object.keys(step).every((each) => each === "of" || each === "where")) {
      const where = readWhere(step.where ?? null);
      if (where) return { event: step.of, not: false, where };
    }
    return null;
  });
  if (Object.keys(rest).length > 0 || steps.some((step) => step === null)) return keep(rule);
  const read: Sequence = {
    steps: steps.filter((step) => step !== null),
    within: typeof within === "string" ? within : "",
    same: typeof same === "string" ? same : "",
  };
  return { field: SEQUENCE, operator: "eq", value: read };
}

/** The same text for the same condition, however its parts are ordered. */
export function spell(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spell).join()}]`;
  if (!isRule(value)) return JSON.stringify(value);
  const parts = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${parts.map(([name, each]) => `${JSON.stringify(name)}:${spell(each)}`).join()}}`;
}

export function isRule(value: Json | undefined): value is Rule {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
