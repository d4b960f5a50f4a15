import { render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";

import { bringWhenIdle, later } from "@/parts/later";

const Word = ({ word }: { word: string }) => <b>{word}</b>;
const shown = (Part: typeof Word) => (
  <Suspense fallback={<i>waiting</i>}>
    <Part word="here" />
  </Suspense>
);

afterEach(() => vi.unstubAllGlobals());

test("a part comes when it is shown", async () => {
  const Part = later(() => Promise.resolve(Word));
  render(shown(Part as typeof Word));
  expect(screen.getByText("waiting")).toBeTruthy();
  await screen.findByText("here");
});

test("one that is here already is shown at once, and nothing stands in its place before", async () => {
  const Part = later(() => Promise.resolve(Word));
  await Part.bring();
  render(shown(Part as typeof Word));
  expect(screen.queryByText("waiting")).toBeNull();
  expect(screen.getByText("here")).toBeTruthy();
});

test("parts come one after another once the page is there; one that does not come keeps back no other", async () => {
  vi.stubGlobal("requestIdleCallback", (go: () => void) => setTimeout(go));
  const came: string[] = [];
  const bring = (name: string, well = true) => () => {
    came.push(name);
    return well ? Promise.resolve(Word) : Promise.reject(new Error("away"));
  };
  later(bring("first"));
  later(bring("second", false));
  expect(came).toEqual([]);
  bringWhenIdle(() => false);
  later(bring("third"));
  await expect.poll(() => came.filter((name) => ["first", "second", "third"].includes(name))).toEqual(["first", "second", "third"]);
});
