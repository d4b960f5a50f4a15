/** What a job is about, in words. */
import type { TFunction } from "i18next";

import type { Job } from "@/api/jobs";

/** Of a model's job what is done with which model, `fit churn`; of a trend whose it is. */
export function saySubject(t: TFunction, { kind, subject }: Pick<Job, "kind" | "subject">): string {
  const [, verb = "", name = ""] = /^(\w+(?: of)?) (.+)$/.exec(subject) ?? [];
  if (kind === "trend") return name ? t("data.trend_of", { name }) : t("data.kind_trend");
  return kind === "model" && name ? t(`data.model_${verb}`, { defaultValue: subject, name }) : subject;
}
