import type { ReactNode } from "react";

/** A share as a bar; `mark` is where the base stands. */
export function Bar({ name, share, mark, figures, colour }: Bars) {
  const part = (value: number) => `${Math.max(0, Math.min(1, value)) * 100}%`;
  return (
    <div className="bar">
      <span className="ellipsis" title={typeof name === "string" ? name : undefined}>
        {name}
      </span>
      <span className="bar-line" aria-hidden>
        <i style={{ width: part(share), ...(colour ? { background: colour } : {}) }} />
        {mark !== undefined && <b style={{ left: part(mark) }} />}
      </span>
      <span className="bar-figures">{figures}</span>
    </div>
  );
}

interface Bars {
  name: ReactNode;
  share: number;
  mark?: number;
  figures: ReactNode;
  colour?: string;
}
