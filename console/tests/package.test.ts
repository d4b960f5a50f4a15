import { expect, test } from "vitest";

import { keepsSecret, readParcel, writeParcel, type Parcel } from "@/pages/audiences/package";

const LETTER = {
  name: "letter",
  audience: "buyers",
  format: "csv",
  columns: ["city"],
  identifiers: { phone: "sha256", email: "plain" },
  phone: "e164",
  encoding: "utf-8",
  header: "zh",
  labels: { city: { 上海: "SH" } },
  mode: "incremental",
  schedule: "30 2 * * *",
  target: { kind: "sftp", host: "files.example.com", user: "limner", host_key: "ssh-ed25519 AAAA", port: 2222 },
  has_secret: true,
  state: "1",
};

test("a package comes back from its form as it went in", () => {
  const { state, has_secret, ...written } = LETTER;
  expect([state, has_secret]).toEqual(["1", true]);
  expect(writeParcel(readParcel(LETTER, "buyers"), LETTER, "buyers", "en")).toEqual(written);
});

test("what is brought nowhere has neither schedule nor settings; another kind has only its own", () => {
  const filled = readParcel(LETTER, "buyers");
  expect(writeParcel({ ...filled, kind: "" }, LETTER, "buyers", "en")).toMatchObject({ target: null, schedule: null });
  const folder = { ...filled, kind: "folder", settings: { ...filled.settings, path: " /data/out " }, schedule: " " };
  expect(writeParcel(folder, LETTER, "buyers", "en")).toMatchObject({ target: { kind: "folder", path: "/data/out" }, schedule: null });
});

test("a secret stays as long as the target is what it was", () => {
  const filled = readParcel(LETTER, "buyers");
  expect(keepsSecret(filled, LETTER)).toBe(true);
  expect(keepsSecret({ ...filled, settings: { ...filled.settings, host: "elsewhere.example.com" } }, LETTER)).toBe(false);
  expect(keepsSecret(filled, { ...LETTER, has_secret: false } satisfies Parcel)).toBe(false);
});
