import { Suspense, useState, type ReactNode } from "react";

/** A dialog whose part of the console is brought the first time it is opened. It stays, with what is written in it. */
export function OnceOpen({ open, children }: { open: boolean; children: ReactNode }) {
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  return opened && <Suspense fallback={null}>{children}</Suspense>;
}
