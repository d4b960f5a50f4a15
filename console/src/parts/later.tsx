/** Parts of a page that are brought when they are first shown, or before, while the browser has nothing else to do. */
import { lazy, Suspense, useState, type ComponentType, type ReactNode } from "react";

/** Milliseconds after which a part comes although the browser is never idle, and between two looks whether it may. */
const PATIENCE = 5_000;
const LOOK = 250;
let begin: () => void;
let isWaiting = () => false;
let before: Promise<unknown> = new Promise<void>((go) => (begin = go));

export type Later<P> = ComponentType<P> & {
  /** Has it here before it is shown. */
  bring: () => Promise<unknown>;
};

export function later<P extends object>(bring: () => Promise<ComponentType<P>>): Later<P> {
  let part: ComponentType<P> | null = null;
  const fetchPart = () => bring().then((found) => (part = found));
  const Awaited = lazy(() => fetchPart().then((found) => ({ default: found })));
  before = before.then(idle).then(fetchPart).catch(() => undefined); // what did not come is asked for again where it is shown
  /** A part that is here already is shown without a pause in its place. */
  function Part(props: P) {
    const [Shown] = useState<ComponentType<P>>(() => part ?? Awaited);
    return <Shown {...props} />;
  }
  return Object.assign(Part, { bring: fetchPart });
}

/** Once the page is there, what it may need comes, one part after another: whoever opens a dialog does not wait for it.
 * ``waits``: for answers, which come first. */
export function bringWhenIdle(waits: () => boolean): void {
  isWaiting = waits;
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
}

async function idle(): Promise<void> {
  for (let waited = 0; isWaiting() && waited < PATIENCE; waited += LOOK) await new Promise((resolve) => setTimeout(resolve, LOOK));
  await new Promise<void>((resolve) => {
    if ("requestIdleCallback" in window) window.requestIdleCallback(() => resolve(), { timeout: PATIENCE });
    else setTimeout(resolve, LOOK);
  });
}

/** A dialog whose part of the console is brought the first time it is opened. It stays, with what is written in it. */
export function OnceOpen({ open, children }: { open: boolean; children: ReactNode }) {
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  return opened && <Suspense fallback={null}>{children}</Suspense>;
}
