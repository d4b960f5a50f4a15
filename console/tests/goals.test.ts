import { expect, test } from "vitest";

import { goalOf } from "@/pages/models/goals";

test("a stage has its goal, and a high risk is another thing than a high value", () => {
  expect(goalOf("lifecycle_stage", "流失")).toBe("win_back");
  expect(goalOf("rfm_segment", "重要发展客户")).toBe("develop");
  expect(goalOf("value_tier", "高")).toBe("thank");
  expect(["高", "中", "低"].map((each) => goalOf("churn_warning", each))).toEqual(["wake", null, null]);
});
