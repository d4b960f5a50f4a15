/** A field of a search that lies in the address. */
import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { createMemoryRouter, RouterProvider } from "react-router";

import { useUrlText } from "@/parts/url";

function Field() {
  const [text, type] = useUrlText("q", "at");
  return <input value={text} onChange={(event) => type(event.target.value)} />;
}

function open(at: string) {
  const router = createMemoryRouter([{ path: "/", element: <Field /> }], { initialEntries: [at] });
  render(<RouterProvider router={router} />);
  return router;
}

const field = () => screen.getByRole<HTMLInputElement>("textbox");

test("what is typed stands in the field at once, before the address is drawn anew", async () => {
  const router = open("/?at=3");
  let seen = "";
  await act(async () => {
    fireEvent.change(field(), { target: { value: "s" } });
    seen = field().value;
    await Promise.resolve();
  });
  expect(seen).toBe("s");
  expect(router.state.location.search).toBe("?q=s");
  expect(field().value).toBe("s");
});

test("going back puts what the address says into the field", async () => {
  const router = open("/?q=old");
  expect(field().value).toBe("old");
  await act(() => router.navigate("/"));
  expect(field().value).toBe("");
  await act(() => router.navigate(-1));
  expect(field().value).toBe("old");
});
