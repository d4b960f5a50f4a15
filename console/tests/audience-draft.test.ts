import { expect, test } from "vitest";

import type { AudienceShown } from "@/api/answers";
import { makeSayer } from "@/format/say";
import { readAudience, readGiven, writeAudience } from "@/pages/audiences/draft";

const SHOWN: AudienceShown = {
  name: "vip",
  title: { zh: "贵宾", en: "Valuable" },
  rule: { all: [{ spend_90d: { gte: 500 } }] },
  members: 3,
  version: 1,
  live: true,
  schedule: null,
  alarm: { min: 1, max: null, change: 0.2 },
  alarms: [],
  problem: null,
  said: null,
  says: {},
  used_by: [],
  versions: [],
  snapshot: null,
};

test("an audience that is opened and saved untouched says the same: other titles and alarms stay", () => {
  const say = makeSayer("en", "Yes", "No");
  const { title, alarm, schedule, live, rule } = writeAudience(readAudience(SHOWN, say), SHOWN, "en");
  expect({ title, alarm, schedule, live }).toEqual({ title: SHOWN.title, alarm: SHOWN.alarm, schedule: "", live: true });
  expect(JSON.stringify(rule)).toContain('{"spend_90d":{"gte":500}}');
});

test("a rule in an address that is none begins an empty audience", () => {
  expect(readGiven("{").name).toBe("");
  expect(writeAudience(readGiven('{"city":"上海"}'), undefined, "zh").rule).toEqual({ all: [{ city: "上海" }] });
});
