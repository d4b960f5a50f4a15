/** What becomes different about customers, heard of while somebody looks. */
import { useEffect, useRef, useState } from "react";

import { noteBroken, writePath } from "./client";

/** Milliseconds before a line that broke is tried again: longer each time, and not everybody's at once. */
const SOON = 2_000;
const LATE = 60_000;
/** Milliseconds for which changes gather: what is asked then is asked once. */
const CALM = 1_000;

export interface Of {
  customer?: string;
  audience?: string;
}

/** Tell of changes until the returned function is called; not while nobody sees the page, but soon afterwards. */
export function listen(address: string, onChange: () => unknown, onLine: (open: boolean) => void): () => void {
  let stream: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let calm: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let missed = false;

  const note = () => {
    calm ??= setTimeout(() => {
      calm = undefined;
      onChange();
    }, CALM);
  };
  const hangUp = () => {
    stream?.close();
    stream = undefined;
    clearTimeout(again);
    onLine(false);
  };
  const connect = () => {
    const line = new EventSource(address);
    stream = line;
    line.addEventListener("open", () => {
      tries = 0;
      onLine(true);
      if (missed) note();
    });
    line.addEventListener("change", note);
    line.addEventListener("lost", note);
    line.addEventListener("error", () => {
      hangUp();
      missed = true;
      void noteBroken();
      again = setTimeout(connect, Math.min(SOON * 2 ** tries++, LATE) * (1 + Math.random() / 2));
    });
  };
  const look = () => {
    hangUp();
    if (document.hidden) missed = true;
    else connect();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    hangUp();
    clearTimeout(calm);
  };
}

/** The same while a part of a page is shown; of null nothing. Whether the line is open. */
export function useChanges(of: Of | null, onChange: () => unknown): boolean {
  const [open, setOpen] = useState(false);
  const told = useRef(onChange);
  useEffect(() => {
    told.current = onChange;
  });
  const address = of && writePath("/api/v1/changes/live", {}, { customer: of.customer, audience: of.audience });
  useEffect(() => (address ? listen(address, () => told.current(), setOpen) : undefined), [address]);
  return open;
}
