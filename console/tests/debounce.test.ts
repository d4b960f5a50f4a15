import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSettled } from "@/parts/debounce";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a change after a pause counts at once, those that follow when they rest", () => {
  const typed = renderHook(({ value }) => useSettled(value, 200), { initialProps: { value: "" } });
  const type = (value: string, then: number) => {
    typed.rerender({ value });
    act(() => void vi.advanceTimersByTime(then));
    return typed.result.current;
  };
  expect(type("1", 1)).toBe("1");
  expect(type("12", 150)).toBe("1");
  expect(type("123", 150)).toBe("1");
  expect(type("123", 60)).toBe("123");
  act(() => void vi.advanceTimersByTime(300));
  expect(type("5", 1)).toBe("5");
});

test("what is taken back while it is waited for is not asked", () => {
  const typed = renderHook(({ value }) => useSettled(value, 200), { initialProps: { value: "a" } });
  typed.rerender({ value: "b" });
  act(() => void vi.advanceTimersByTime(1));
  typed.rerender({ value: "bc" });
  typed.rerender({ value: "b" });
  act(() => void vi.advanceTimersByTime(500));
  expect(typed.result.current).toBe("b");
});
