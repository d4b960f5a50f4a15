import { useEffect, useRef, useState, type ReactNode } from "react";

/** How far below the window something may be for its reader to be near. */
const NEAR = "160px";

/** What lies further down is made, and asked for, when its reader comes near: what is on screen need not wait for it. */
export function WhenNear({ height, children }: { height: number; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!place.current) return undefined;
    const watch = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && setNear(true), { rootMargin: NEAR });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return near ? children : <div ref={place} style={{ minHeight: height }} />;
}
