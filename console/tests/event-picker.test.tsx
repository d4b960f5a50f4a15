/** An event in a rule that was renamed since. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { EventPicker } from "@/rules/behaviour";

const EVENTS = [{ name: "order_paid", title: null, aliases: ["Order Completed"], count: 3, people: 2 }];

function show(value: string) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(["/api/v1/events"], { events: EVENTS });
  render(
    <QueryClientProvider client={client}>
      <EventPicker value={value} onChange={() => undefined} />
    </QueryClientProvider>,
  );
  return screen.queryAllByText(/no_event/).length;
}

test("an event that never came in is said; one that did, also by another name, is not", () => {
  expect([show("order_paid"), show("Order Completed"), show("")]).toEqual([0, 0, 0]);
  expect(show("renamed_long_ago")).toBe(1);
});
