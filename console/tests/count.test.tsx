import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Rule } from "@/api/answers";
import { makeClient } from "@/api/questions";
import { useCount, useCountAhead } from "@/pages/audiences/count";

const asked: Rule[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    const { rule } = JSON.parse(body) as { rule: Rule };
    asked.push(rule);
    return Promise.resolve(Response.json({ count: rule.within, as_of: "" }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const within = (days: number): Rule => ({ did: "order_paid", within: days });

function open() {
  const client = makeClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(({ rule }) => ({ counted: useCount(rule), ahead: useCountAhead() }), { wrapper, initialProps: { rule: within(1) } });
}

test("a change after a pause is asked as it happens, and once", async () => {
  const desk = open();
  await act(() => vi.advanceTimersByTimeAsync(300));
  expect(asked).toEqual([within(1)]);
  desk.result.current.ahead(within(7));
  expect(asked).toEqual([within(1), within(7)]);
  desk.rerender({ rule: within(7) });
  expect(desk.result.current.counted.late).toBe(true);
  await act(() => vi.advanceTimersByTimeAsync(300));
  expect(desk.result.current.counted).toMatchObject({ answer: { count: 7 }, late: false });
  expect(asked).toHaveLength(2);
});

test("what goes on changing is asked when it rests", async () => {
  const desk = open();
  await act(() => vi.advanceTimersByTimeAsync(300));
  for (const days of [3, 30, 300]) {
    desk.result.current.ahead(within(days));
    desk.rerender({ rule: within(days) });
    await act(() => vi.advanceTimersByTimeAsync(50));
  }
  expect(asked).toEqual([within(1), within(3)]);
  await act(() => vi.advanceTimersByTimeAsync(300));
  expect(asked).toEqual([within(1), within(3), within(300)]);
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(desk.result.current.counted.answer?.count).toBe(300);
});
