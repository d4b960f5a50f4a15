/** One page of a timeline. Near the screen it is asked for and drawn; far from it, it is as high as it was. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Happened } from "@/api/answers";
import { ask } from "@/api/client";
import { asProblem } from "@/api/problem";
import { endOf } from "@/format/dates";
import { useSay } from "@/format/say";
import { FailedHere, Nothing, Waiting } from "@/parts/states";

import type { Reached } from "./begun";
import { HappenedRow } from "./happened";

const PAGE = 100;
const NEAR = "1500px";
/** Milliseconds for which what was drawn is kept when it is left. */
const KEPT = 5_000;

interface Asked {
  customer: string;
  names: string;
  asOf: string;
  cursor: string | null;
}

interface Stretched {
  at: number;
  asked: Asked;
  after: string;
  last: boolean;
  onReached: (at: number, reached: Reached) => void;
}

export function Stretch({ at, asked, after, last, onReached }: Stretched) {
  const box = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(at === 0);
  const [height, setHeight] = useState(0);
  useEffect(() => {
    if (!box.current) return undefined;
    const watch = new IntersectionObserver((seen) => setNear(seen.some((each) => each.isIntersecting)), { rootMargin: NEAR });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div ref={box} style={{ minHeight: near ? 1 : Math.max(1, height) }}>
      {near && <Drawn at={at} asked={asked} after={after} last={last} onReached={onReached} onHeight={setHeight} before={height} />}
    </div>
  );
}

interface Drawing extends Stretched {
  /** Its height when it was drawn last. */
  before: number;
  onHeight: (height: number) => void;
}

function Drawn({ at, asked, after, last, onReached, onHeight, before }: Drawing) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { customer, names, asOf, cursor } = asked;
  const page = useQuery({
    queryKey: ["/api/v1/profiles/{key}/timeline", customer, names, asOf, cursor],
    queryFn: ({ signal }) =>
      ask<{ events: Happened[]; next: string | null }>("get", "/api/v1/profiles/{key}/timeline", {
        params: { key: customer },
        query: { limit: PAGE, cursor, names: names || null, as_of: endOf(asOf) },
        signal,
      }),
    gcTime: KEPT,
  });
  const events = page.data?.events;
  useLayoutEffect(() => {
    if (events && box.current) onHeight(box.current.offsetHeight);
  }, [events, onHeight]);
  useEffect(() => {
    if (page.data) onReached(at, { next: page.data.next, day: page.data.events.at(-1)?.time.slice(0, 10) ?? "" });
  }, [at, page.data, onReached]);
  if (page.error && !events) return <FailedHere problem={asProblem(page.error)} again={() => void page.refetch()} />;
  if (!events) {
    return (
      <div style={{ height: before || undefined, overflow: "hidden" }}>
        <Waiting rows={8} />
      </div>
    );
  }
  if (events.length === 0 && at === 0 && last) return <Nothing title={t("customers.no_events")} />;
  return (
    <div ref={box}>
      <Days events={events} after={after} />
    </div>
  );
}

function Days({ events, after }: { events: readonly Happened[]; after: string }) {
  const say = useSay();
  const days = new Map<string, Happened[]>();
  for (const event of events) {
    const day = event.time.slice(0, 10);
    const those = days.get(day);
    if (those) those.push(event);
    else days.set(day, [event]);
  }
  return [...days].map(([day, happened]) => (
    <section key={day}>
      {day !== after && <h2 className="day-head">{say.day(day)}</h2>}
      {happened.map((event) => (
        <HappenedRow key={event.seq} event={event} />
      ))}
    </section>
  ));
}
