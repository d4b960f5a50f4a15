/** One customer: who it is, what is known, what happened. Also on a phone. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { useSession } from "@/app/session";
import { Failed, Needs, Waiting } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { portraitOf } from "./asked";
import { Graph } from "./graph";
import { Head } from "./head";
import { Next } from "./next";
import { Notes } from "./notes";
import { Radar } from "./radar";
import { noteRecent } from "./recent";
import { Rhythm } from "./rhythm";
import { Timeline } from "./timeline";
import { Worn } from "./worn";

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
  const asked = useQuery({ ...portraitOf(key, asOf), placeholderData: keepPreviousData });
  const portrait = asked.data;
  const id = portrait?.customer_id;
  useEffect(() => {
    if (id) noteRecent(id);
  }, [id]);
  if (asked.error && !portrait) return <Failed problem={asked.error} again={() => void asked.refetch()} />;
  if (!portrait) return <Waiting rows={12} />;
  return (
    <div className="stack">
      <Head portrait={portrait} asOf={asOf} onAsOf={setAsOf} stale={asked.isPlaceholderData} />
      <Tabs
        activeKey={tab}
        onChange={(next) => setTab(next, { push: true })}
        destroyOnHidden
        items={[
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
          ...(may("read_timelines")
            ? [
                {
                  key: "timeline",
                  label: t("customers.timeline"),
                  children: <Timeline customer={portrait.customer_id} asOf={asOf} />,
                },
              ]
            : []),
          { key: "identity", label: t("customers.identity"), children: <Graph customer={portrait.customer_id} /> },
          { key: "notes", label: t("customers.notes"), children: <Notes customer={portrait.customer_id} /> },
        ]}
      />
    </div>
  );
}
