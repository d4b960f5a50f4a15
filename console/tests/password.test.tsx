/** Another password for who is signed in. */
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { afterEach, expect, test, vi } from "vitest";

import { onSessionOver } from "@/api/client";
import { makeClient } from "@/api/questions";
import { ChangePassword } from "@/app/password";

afterEach(() => {
  onSessionOver(null);
  vi.unstubAllGlobals();
});

/** ``answers``: what the server says to one password after the other. */
function open(...answers: (() => Response)[]) {
  const [sent, closed]: [string[], string[]] = [[], []];
  vi.stubGlobal("fetch", (path: string, { method, body }: { method: string; body: string | null }) => {
    sent.push(`${method} ${path} ${body ?? ""}`.trim());
    return Promise.resolve(method === "GET" ? Response.json({}) : (answers.shift()?.() ?? Response.json({})));
  });
  render(
    <QueryClientProvider client={makeClient()}>
      <App>
        <ChangePassword user="ada" onClose={() => closed.push("closed")} />
      </App>
    </QueryClientProvider>,
  );
  return { sent, closed };
}

function fill(old: string, fresh: string, again = fresh): void {
  const write = (label: string, text: string) => fireEvent.change(screen.getByLabelText(`password.${label}`), { target: { value: text } });
  write("old", old);
  write("new", fresh);
  write("again", again);
  fireEvent.click(screen.getByRole("button", { name: "password.change" }));
}

const refuse = (status: number, code: string, message: string) => () => Response.json({ code, message }, { status, headers: { "Retry-After": "9" } });

test("nothing is sent that is missing, too short or written differently", async () => {
  const { sent } = open();
  fill("", "short", "other");
  for (const text of ["password.old_missing", "password.short", "password.differs"]) await screen.findByText(text);
  expect(sent).toEqual([]);
});

test("a wrong old password is said at its field, and asks nobody to sign in; then it is changed", async () => {
  const over = vi.fn(() => Promise.resolve());
  onSessionOver(over);
  const { sent, closed } = open(refuse(401, "unauthorised", "The user name or the password is wrong."));
  fill("guessed", "four words and more");
  await screen.findByText("password.wrong");
  expect([over.mock.calls.length, closed.length]).toEqual([0, 0]);
  fill("known", "four words and more");
  await waitFor(() => expect(closed).toEqual(["closed"]));
  expect(sent.at(-1)).toBe('PUT /api/v1/session/password {"old":"known","new":"four words and more"}');
});

test("what is wrong with the new one, and how long to wait, is said", async () => {
  open(refuse(400, "data", "This password is too easy to guess."), refuse(429, "too_many", "Too many wrong passwords."));
  fill("known", "aaaaaaaaaaaa");
  await screen.findByText("This password is too easy to guess.");
  fill("known", "four words and more");
  await screen.findByText("sign.locked");
});
