import { useCallback, useEffect, useRef } from "react";

/** The same function for as long as there is one, which does what the one given last does: who is handed it is not drawn anew. */
export function useSteady<A extends unknown[]>(act: (...given: A) => void): (...given: A) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  return useCallback((...given: A) => latest.current(...given), []);
}
