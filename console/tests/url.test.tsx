/** A field of a search that lies in the address. */
import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { createMemoryRouter, RouterProvider } from "react-router";

import { useOpened, useUrlState, useUrlText } from "@/parts/url";

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

function Door() {
  const [opened, set] = useOpened("tag");
  return (
    <>
      <output>{opened}</output>
      <button onClick={() => set("spend")}>open</button>
      <button onClick={() => set(null)}>close</button>
    </>
  );
}

test("going back closes what was opened, and closing it goes back; a link to it is closed where it is", async () => {
  const router = createMemoryRouter([{ path: "/:page?", element: <Door /> }], { initialEntries: ["/before", "/?find=a"] });
  render(<RouterProvider router={router} />);
  const press = (name: string) => act(() => Promise.resolve(fireEvent.click(screen.getByText(name))));
  const at = () => router.state.location.pathname + router.state.location.search;
  await press("open");
  expect(at()).toBe("/?find=a&tag=spend");
  await act(() => router.navigate(-1));
  expect(at()).toBe("/?find=a");
  await press("open");
  await press("close");
  expect(at()).toBe("/?find=a");
  await act(() => router.navigate(-1));
  expect(at()).toBe("/before");
  await act(() => router.navigate("/?tag=spend"));
  await press("close");
  expect(at()).toBe("/");
});

function Drawer() {
  const [opened, set] = useOpened("tag", ["part"]);
  const [, choose] = useUrlState("part");
  return (
    <>
      <output>{opened}</output>
      <button onClick={() => set("spend")}>open</button>
      <button onClick={() => choose("2")}>choose</button>
      <button onClick={() => set(null)}>close</button>
    </>
  );
}

test("what is chosen within what is open goes with it, whether it was opened here or by a link", async () => {
  const router = createMemoryRouter([{ path: "/:page?", element: <Drawer /> }], { initialEntries: ["/before", "/?find=a"] });
  render(<RouterProvider router={router} />);
  const press = (name: string) => act(() => Promise.resolve(fireEvent.click(screen.getByText(name))));
  const at = () => router.state.location.pathname + router.state.location.search;
  await press("open");
  await press("choose");
  expect(at()).toBe("/?find=a&tag=spend&part=2");
  await press("close");
  expect(at()).toBe("/?find=a");
  await act(() => router.navigate(-1));
  expect(at()).toBe("/before");
  await act(() => router.navigate("/?tag=spend&part=3"));
  await press("close");
  expect(at()).toBe("/");
});
