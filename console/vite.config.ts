import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { antdCss } from "./antd-css.ts";
import { antdParts } from "./antd-parts.ts";
import { documents } from "./documents.ts";

/** While developing, the API is that of a running `limner serve`. */
const SERVER = process.env.LIMNER ?? "http://127.0.0.1:8300";
const API = ["/api", "/v1", "/healthz", "/readyz", "/openapi.json"];

export default defineConfig({
  plugins: [react(), antdCss(), antdParts(), documents()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: Object.fromEntries(API.map((path) => [path, SERVER])) },
  build: {
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    // What every page needs is one file: split by who else needs it, it would be twenty, each asked for by itself.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "frame", tags: ["$initial"] }] } } },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"], setupFiles: ["tests/setup.ts"] },
});
