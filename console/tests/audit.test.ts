import { createInstance } from "i18next";
import { expect, test } from "vitest";

import { saySubject } from "@/pages/data/subject";
import { sayAction } from "@/pages/system/audit";
import en from "@/texts/en";
import zh from "@/texts/zh";

async function speak(lng: "en" | "zh") {
  const made = createInstance();
  await made.init({ lng, resources: { en: { translation: en }, zh: { translation: zh } }, interpolation: { escapeValue: false } });
  return made.t;
}

test("what the audit holds is said in words, what it has no words for as it is", async () => {
  const [english, chinese] = [await speak("en"), await speak("zh")];
  expect(sayAction(english, "tag.publish")).toBe("published a tag");
  expect([sayAction(chinese, "tag.publish"), sayAction(chinese, "user.role")]).toEqual(["发布标签", "更改角色：用户"]);
  expect([sayAction(english, "job.import"), sayAction(english, "moon.landing")]).toEqual(["began a job: Import", "moon.landing"]);
});

test("a model's job says what is done with which model", async () => {
  const t = await speak("zh");
  expect(saySubject(t, { kind: "model", subject: "fit churn" })).toBe("训练 churn");
  expect(saySubject(t, { kind: "model", subject: "dream churn" })).toBe("dream churn");
  expect(saySubject(t, { kind: "trend", subject: "trend of worthy" })).toBe("worthy 的人数变化");
  expect(saySubject(t, { kind: "trend", subject: "trend" })).toBe("趋势");
  expect(saySubject(t, { kind: "import", subject: "fit churn" })).toBe("fit churn");
});
