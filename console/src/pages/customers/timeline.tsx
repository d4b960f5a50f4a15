/** What happened, latest first, as far back as somebody scrolls. */
import {
  AimOutlined,
  CustomerServiceOutlined,
  EyeOutlined,
  ShoppingOutlined,
  TagOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Card, Popover, Segmented, Select } from "antd";
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Happened, Json } from "@/api/answers";
import { ask } from "@/api/client";
import { asProblem } from "@/api/problem";
import { SERIES, useShade } from "@/app/theme";
import { useSay } from "@/format/say";
import { useEventTitles } from "@/parts/catalogue";
import { FailedHere, Nothing, Waiting } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { KINDS, kindOf, type Kind } from "./kinds";

const PAGE = 100;
const MARKS: Record<Kind, ReactNode> = {
  visit: <EyeOutlined />,
  order: <ShoppingOutlined />,
  talk: <CustomerServiceOutlined />,
  tag: <TagOutlined />,
  trait: <UserOutlined />,
  other: <AimOutlined />,
};

interface Page {
  events: Happened[];
  next: string | null;
}

export function Timeline({ customer, asOf }: { customer: string; asOf: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const titles = useEventTitles();
  const [kind, setKind] = useUrlState("kind");
  const [name, setName] = useUrlState("event");
  const asked = name || (kind ? titles.events.map((each) => each.name).filter((each) => kindOf({ name: each, traits: null }) === kind).join() : "");
  const pages = useInfiniteQuery({
    queryKey: ["/api/v1/profiles/{key}/timeline", customer, asked],
    queryFn: ({ pageParam, signal }) =>
      ask<Page>("get", "/api/v1/profiles/{key}/timeline", {
        params: { key: customer },
        query: { limit: PAGE, cursor: pageParam, names: asked || null },
        signal,
      }),
    // A kind that no event of this workspace is of has no names to ask for.
    enabled: !kind || asked !== "",
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page) => last.next,
  });
  const all = useMemo(() => pages.data?.pages.flatMap((page) => page.events) ?? [], [pages.data]);
  const shown = useMemo(() => all.filter((each) => !asOf || each.time.slice(0, 10) <= asOf), [all, asOf]);
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  // Until the day that is looked at is reached, pages are brought without anybody scrolling.
  const later = asOf !== "" && shown.length === 0;
  useEffect(() => {
    if (later && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [later, hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (!end.current) return undefined;
    const watch = new IntersectionObserver(
      (seen) => {
        if (seen.some((each) => each.isIntersecting) && hasNextPage && !isFetchingNextPage) void fetchNextPage();
      },
      { rootMargin: "600px" },
    );
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, all.length]);
  const empty = shown.length === 0 && !hasNextPage && !pages.isFetching;

  
  if (pages.error && !pages.data) return <FailedHere problem={asProblem(pages.error)} again={() => void pages.refetch()} />;
  return (
    <Card>
      <div className="row row-wrap" style={{ marginBottom: 8 }}>
        <Segmented
          value={kind}
          onChange={(next) => {
            setName(null);
            setKind(next);
          }}
          options={[
            { value: "", label: t("word.all") },
            ...KINDS.map((each) => ({ value: each, label: t(`kind.${each}`), icon: MARKS[each] })),
          ]}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          style={{ minWidth: 180 }}
          placeholder={t("customers.event")}
          aria-label={t("customers.event")}
          value={name || null}
          onChange={(next: string | undefined) => setName(next ?? null)}
          options={titles.events
            .filter((each) => !kind || kindOf({ name: each.name, traits: null }) === kind)
            .map((each) => ({ value: each.name, label: titles.title(each.name) }))}
        />
        <span className="muted small">
          {t("customers.brought", { shown: say.number(shown.length), all: say.number(all.length) })}
        </span>
      </div>
      {pages.isFetching && all.length === 0 ? <Waiting rows={8} /> : <Days events={shown} />}
      {empty && <Nothing title={t("customers.no_events")} />}
      <div ref={end} />
      {isFetchingNextPage && <Waiting rows={3} />}
    </Card>
  );
}

function Days({ events }: { events: readonly Happened[] }) {
  const say = useSay();
  const days = new Map<string, Happened[]>();
  for (const event of events) {
    const day = event.time.slice(0, 10);
    const those = days.get(day);
    if (those) those.push(event);
    else days.set(day, [event]);
  }
  return (
    <>
      {[...days].map(([day, happened]) => (
        <section key={day} style={events.length > 300 ? far(happened.length) : {}}>
          <h2 className="day-head">{say.day(day)}</h2>
          {happened.map((event) => (
            <Event key={event.seq} event={event} />
          ))}
        </section>
      ))}
    </>
  );
}

/** Days far from the screen are not laid out: a customer may have 200,000 events. */
function far(events: number): React.CSSProperties {
  return { contentVisibility: "auto", containIntrinsicSize: `auto ${events * 38 + 32}px` };
}

function Event({ event }: { event: Happened }) {
  const { t } = useTranslation();
  const { shade } = useShade();
  const titles = useEventTitles();
  const say = useSay();
  const kind = kindOf(event);
  const colour = SERIES[shade][KINDS.indexOf(kind)] ?? "";
  const told = Object.entries({ ...event.properties, ...event.traits }).filter(([, value]) => value !== null);
  return (
    <div className="happened" style={{ "--chip": colour } as React.CSSProperties}>
      <time dateTime={event.time}>{event.time.slice(11, 16)}</time>
      <span className="happened-mark" title={t(`kind.${kind}`)}>
        {MARKS[kind]}
      </span>
      <Popover
        trigger={["hover", "focus"]}
        mouseEnterDelay={0.3}
        placement="bottomLeft"
        content={<Properties event={event} told={told} />}
      >
        <button type="button" className="plain-button" style={{ minWidth: 0 }}>
          <b style={{ fontWeight: 560 }}>{titles.title(event.name)}</b>{" "}
          <span className="muted small">
            {told
              .filter(([name]) => !/(_id|^path|session)$/.test(name))
              .slice(0, 5)
              .map(([, value]) => brief(value, say.value))
              .filter(Boolean)
              .join(" · ")}
          </span>
        </button>
      </Popover>
    </div>
  );
}

function brief(value: Json, say: (value: Json) => string): string {
  if (Array.isArray(value)) return value.length > 3 || typeof value[0] === "object" ? "" : say(value);
  if (value !== null && typeof value === "object") return "";
  const text = say(value);
  return text.length > 40 ? `${text.slice(0, 38)}…` : text;
}

function Properties({ event, told }: { event: Happened; told: [string, Json][] }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <div className="evidence">
      <dl>
        <dt>{t("customers.time")}</dt>
        <dd>{say.instant(event.time)}</dd>
        <dt>{t("customers.source")}</dt>
        <dd>{event.source}</dd>
        {told.slice(0, 24).map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{typeof value === "object" ? JSON.stringify(value) : say.value(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
