/** What marketing wants of each stage, by the usual names of stages and RFM segments. */
export const GOALS = ["first_order", "second_order", "grow", "keep", "wake", "win_back", "thank", "develop", "hold"] as const;
export type Goal = (typeof GOALS)[number];

const NAMES: [Goal, RegExp][] = [
  ["first_order", /潜客|潜在|访客|lead|prospect|visitor|introduc|引入/i],
  ["second_order", /新客|新用户|^new|首单/i],
  ["win_back", /流失|挽留|lost|churned|离开/i],
  ["wake", /沉睡|休眠|衰退|sleep|dormant|declin|at.?risk/i],
  ["hold", /保持|一般维持|hold|hibernat/i],
  ["develop", /发展|promising|develop|potential/i],
  ["keep", /成熟|忠诚|稳定|mature|loyal/i],
  ["grow", /成长|grow|活跃|active/i],
  ["thank", /重要价值|冠军|champion|高|high|vip|一般价值/i],
];

/** Tags that say how likely somebody is to leave: high is no praise there. */
const RISKY = /churn|risk|流失|预警/i;
const MUCH: readonly string[] = ["高", "high"];

export function goalOf(tag: string, stage: string): Goal | null {
  if (RISKY.test(tag)) return MUCH.includes(stage.toLowerCase()) ? "wake" : null;
  return NAMES.find(([, pattern]) => pattern.test(stage))?.[0] ?? null;
}
