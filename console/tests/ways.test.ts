import { expect, test } from "vitest";

import { nextSteps } from "@/pages/tags/ways";

test("whoever wrote a draft is not offered to review it, nobody else to withdraw it", () => {
  expect(nextSteps("none", "submitted", true)).toEqual(["withdraw"]);
  expect(nextSteps("published", "submitted", false)).toEqual(["approve", "refuse", "deprecate", "retire"]);
  expect(nextSteps("none", "approved", true)).toEqual(["publish", "withdraw"]);
  expect(nextSteps("none", "draft", true)).toEqual(["submit"]);
});
