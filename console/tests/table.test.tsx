/** The page and the order of a table, in the address. */
import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { createMemoryRouter, RouterProvider } from "react-router";

import { readPage, useTable, type Paged } from "@/parts/table";

function open(at: string, total: number) {
  let held: Paged<object> | undefined;
  function Listed() {
    held = useTable<object>(10, total, "x_");
    return null;
  }
  const router = createMemoryRouter([{ path: "/", element: <Listed /> }], { initialEntries: [at] });
  renderHook(() => null, { wrapper: () => <RouterProvider router={router} /> });
  return { router, table: () => held as Paged<object> };
}

test("what the address says is shown, and what is chosen goes there", async () => {
  const { router, table } = open("/?x_page=3&x_sort=-count&q=a", 95);
  expect(table().pagination).toMatchObject({ current: 3, pageSize: 10 });
  expect([table().order("count"), table().order("tgi")]).toEqual(["descend", null]);
  const extra = { currentDataSource: [], action: "sort" as const };
  const change = (page: { current: number }, by: Parameters<Paged<object>["onChange"]>[2]) =>
    act(() => Promise.resolve(table().onChange(page, {}, by, extra)));
  await change({ current: 1 }, { columnKey: "tgi", order: "ascend" });
  expect(router.state.location.search).toBe("?x_sort=tgi&q=a");
  expect(table().order("tgi")).toBe("ascend");
  await change({ current: 2 }, {});
  expect(router.state.location.search).toBe("?q=a&x_page=2");
});

test("a page that there is no more is the last one; few rows have no pages", () => {
  expect(["9", "0", "a", null, "2"].map((text) => readPage(text, 10, 35))).toEqual([4, 1, 1, 1, 2]);
  expect(open("/?x_page=3", 10).table().pagination).toBe(false);
});
