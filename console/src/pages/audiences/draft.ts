/** An audience as it is written in its form: read from what is saved, and written to be saved. */
import type { RuleGroupType } from "react-querybuilder";

import type { AudienceShown, Rule, Said } from "@/api/answers";
import type { Sayer } from "@/format/say";
import { EMPTY, readGroup, writeGroup } from "@/rules/language";

export interface Particulars {
  name: string;
  title: string;
  schedule: string;
  live: boolean;
  min: number | null;
  max: number | null;
}

export interface Draft extends Particulars {
  group: RuleGroupType;
}

const START: Draft = { name: "", title: "", group: EMPTY, schedule: "", live: true, min: null, max: null };

export function readAudience(shown: AudienceShown, say: Sayer): Draft {
  return {
    name: shown.name,
    title: say.title(shown.title, ""),
    group: readGroup(shown.rule),
    schedule: shown.schedule ?? "",
    live: shown.live,
    min: shown.alarm.min ?? null,
    max: shown.alarm.max ?? null,
  };
}

/** A rule that another page handed over. */
export function readGiven(text: string): Draft {
  try {
    return text ? { ...START, group: readGroup(JSON.parse(text) as Rule) } : START;
  } catch {
    return START;
  }
}

/** What is saved of it. What has no field in the form stays as it is: titles in other languages, alarms about change. */
export function writeAudience(draft: Draft, before: AudienceShown | undefined, language: string) {
  const title: Said = { ...before?.title, [language]: draft.title || draft.name };
  const alarm = { ...before?.alarm, min: draft.min, max: draft.max };
  return { title, rule: writeGroup(draft.group), live: draft.live, schedule: draft.schedule, alarm };
}
