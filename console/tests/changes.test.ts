import { renderHook, act } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useChanges, type Of } from "@/api/changes";

class Line extends EventTarget {
  static lines: Line[] = [];
  closed = false;
  constructor(readonly address: string) {
    super();
    Line.lines.push(this);
  }
  close() {
    this.closed = true;
  }
}

const OF: Of | null = { customer: "c7" };
const last = () => Line.lines[Line.lines.length - 1] as Line;
const tell = (name: string) => act(() => void last().dispatchEvent(new Event(name)));
const wait = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
function show(hidden: boolean) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
}

beforeEach(() => {
  Line.lines = [];
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.stubGlobal("EventSource", Line);
});
afterEach(() => {
  show(false);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("changes that come together are one", () => {
  const heard = vi.fn();
  const line = renderHook(() => useChanges({ customer: "c7" }, heard));
  expect(last().address).toBe("/api/v1/changes/live?customer=c7");
  expect(line.result.current).toBe(false);
  tell("open");
  expect(line.result.current).toBe(true);
  wait(5_000);
  expect(heard).not.toHaveBeenCalled();
  tell("change");
  tell("change");
  wait(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
  tell("lost");
  wait(1_000);
  expect(heard).toHaveBeenCalledTimes(2);
});

test("a line that breaks is tried again, later each time, and what was missed is asked for", () => {
  const heard = vi.fn();
  const line = renderHook(() => useChanges({ audience: "vip" }, heard));
  tell("open");
  for (const pause of [2_000, 4_000, 8_000]) {
    const lines = Line.lines.length;
    tell("error");
    expect(line.result.current).toBe(false);
    expect(last().closed).toBe(true);
    wait(pause - 1);
    expect(Line.lines.length).toBe(lines);
    wait(1);
    expect(Line.lines.length).toBe(lines + 1);
  }
  tell("open");
  wait(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("nobody listens while nobody looks, nor afterwards", () => {
  const heard = vi.fn();
  const line = renderHook(({ of }) => useChanges(of, heard), { initialProps: { of: OF } });
  tell("open");
  show(true);
  expect(last().closed).toBe(true);
  wait(600_000);
  expect(Line.lines.length).toBe(1);
  show(false);
  expect(Line.lines.length).toBe(2);
  tell("open");
  wait(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
  line.rerender({ of: null as never });
  expect(last().closed).toBe(true);
  expect(line.result.current).toBe(false);
  line.unmount();
  show(true);
  show(false);
  expect(Line.lines.length).toBe(2);
});
