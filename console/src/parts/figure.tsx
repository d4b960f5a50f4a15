import type { ReactNode } from "react";
import { Link } from "react-router";

/** A figure with its name; where it leads, if anywhere. */
export function Figure({ name, value, more, to }: { name: string; value: ReactNode; more?: ReactNode; to?: string }) {
  const shown = (
    <>
      <div className="figure-name">{name}</div>
      <div className="figure-value">{value}</div>
      <div className="figure-more">{more}</div>
    </>
  );
  return to ? (
    <Link className="figure" to={to}>
      {shown}
    </Link>
  ) : (
    <div className="figure">{shown}</div>
  );
}
