import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { compare } from "@/parts/changes";
import { readDraft, useDraft } from "@/parts/draft";

beforeEach(() => sessionStorage.clear());

test("a draft remembers from which state it was begun, through a reload, until it is moved on", () => {
  const open = (now: string) => renderHook(({ state }) => useDraft("audience.vip", "theirs", state), { initialProps: { state: now } });
  const desk = open("1");
  expect([desk.result.current.value, desk.result.current.state]).toEqual(["theirs", "1"]);
  act(() => desk.result.current.write("mine"));
  desk.rerender({ state: "2" });
  act(() => desk.result.current.write("mine too"));
  expect([desk.result.current.value, desk.result.current.state]).toEqual(["mine too", "1"]);
  desk.unmount();

  const again = open("2");
  expect([again.result.current.value, again.result.current.state]).toEqual(["mine too", "1"]);
  act(() => again.result.current.rebase());
  expect(again.result.current.state).toBe("2");
  act(() => again.result.current.forget());
  expect([again.result.current.value, readDraft("audience.vip")]).toEqual(["theirs", null]);
});

test("what is kept in another form, or is no draft, is none", () => {
  sessionStorage.setItem("limner.draft.x", '{"text":"of an older console"}');
  expect(readDraft("x")).toBeNull();
  sessionStorage.setItem("limner.draft.x", "{");
  expect(readDraft("x")).toBeNull();
});

test("only fields that differ are changes; one that is missing is null", () => {
  expect(compare({ a: 1, b: [1], c: { x: 1 } }, { a: 1, b: [2], d: "new" })).toEqual([
    { field: "b", before: [1], after: [2] },
    { field: "c", before: { x: 1 }, after: null },
    { field: "d", before: null, after: "new" },
  ]);
});

test("changes one after the other all count, and are made by the same function", () => {
  const desk = renderHook(() => useDraft("audience.vip", 1, null));
  const { change } = desk.result.current;
  act(() => {
    change((before) => before + 1);
    change((before) => before * 10);
  });
  expect(desk.result.current.value).toBe(20);
  expect(desk.result.current.change).toBe(change);
});
