import { defineConfig } from "vitest/config";

/** In a browser, against the server that tests/console started: one after another, as one person would. */
export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 45_000,
    hookTimeout: 45_000,
  },
});
