/** One customer: who it is, what is known, what happened. Also on a phone. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { Suspense, useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { useChanges } from "@/api/changes";
import { useSession } from "@/app/session";
import { later } from "@/parts/later";
import { Failed, Forbidden, Needs, Waiting } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { portraitOf } from "./asked";
import { Head } from "./head";
import { Next } from "./next";
import { Radar } from "./radar";
import { noteRecent } from "./recent";
import { Rhythm } from "./rhythm";
import { Worn } from "./worn";

const Timeline = later(() => import("./timeline").then((found) => found.Timeline));
const Graph = later(() => import("./graph").then((found) => found.Graph));
const Notes = later(() => import("./notes").then((found) => found.Notes));

/** Tabs about what a customer did and what is noted of it. */
const OF_TIMELINES: ReadonlySet<string> = new Set(["timeline", "notes"]);
/** Milliseconds. */
const LOOK = 5_000;

export default function Page() {
  return (
    <Needs right="read_portraits">
      <Customer />
    </Needs>
  );
}

function Customer() {
  const { t } = useTranslation();
  const { may } = useSession();
  const key = useParams().key ?? "";
  const [asOf, setAsOf] = useUrlState("as_of");
  const [tab, setTab] = useUrlState("tab", "portrait");
  const asked = useQuery({ ...portraitOf(key, asOf), placeholderData: keepPreviousData, refetchInterval: asOf ? false : LOOK });
  const portrait = asked.data;
  // What nobody follows is told by no line: it is looked for now and then.
  useChanges(asOf || !portrait ? null : { customer: portrait.customer_id }, () => void asked.refetch());
  const id = portrait?.customer_id;
  useEffect(() => {
    if (id) noteRecent(id);
  }, [id]);
  if (asked.error && !portrait) return <Failed problem={asked.error} again={() => void asked.refetch()} />;
  if (!portrait) return <Waiting rows={12} />;
  const tabs = [
    {
      key: "portrait",
      label: t("customers.portrait"),
      children: (
        <div className="grid">
          <div className="span-8 stack">
            <Worn portrait={portrait} />
          </div>
          <div className="span-4 stack">
            <Next portrait={portrait} asOf={asOf} />
            <Radar portrait={portrait} asOf={asOf} />
            <Rhythm portrait={portrait} />
          </div>
        </div>
      ),
    },
    { key: "timeline", label: t("customers.timeline"), children: brought(<Timeline customer={portrait.customer_id} asOf={asOf} />) },
    { key: "identity", label: t("customers.identity"), children: brought(<Graph customer={portrait.customer_id} />) },
    { key: "notes", label: t("customers.notes"), children: brought(<Notes customer={portrait.customer_id} />) },
  ];
  const refused = OF_TIMELINES.has(tab) && !may("read_timelines");
  return (
    <div className="stack">
      <Head portrait={portrait} asOf={asOf} onAsOf={setAsOf} stale={asked.isPlaceholderData} />
      <Tabs
        activeKey={refused || tabs.some(({ key }) => key === tab) ? tab : "portrait"}
        onChange={(next) => setTab(next, { push: true })}
        destroyOnHidden
        items={tabs.filter(({ key }) => !OF_TIMELINES.has(key) || may("read_timelines"))}
      />
      {refused && <Forbidden right="read_timelines" />}
    </div>
  );
}

/** Shown as soon as its part of the console is there: it comes when somebody opens its tab. */
function brought(tab: ReactNode): ReactNode {
  return <Suspense fallback={<Waiting rows={8} />}>{tab}</Suspense>;
}
