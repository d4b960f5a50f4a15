/** An audience under construction: how many it reaches is counted while one builds. */
import { App, Card, Collapse, Form } from "antd";
import { useCallback, useEffect, useMemo } from "react";
import type { RuleGroupType } from "react-querybuilder";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useQuery } from "@tanstack/react-query";

import type { AudienceShown } from "@/api/answers";
import { ask, askTagged } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { DeskHead, isName } from "@/parts/desk";
import { useDraft } from "@/parts/draft";
import { Overtaken, Theirs } from "@/parts/meanwhile";
import { FailedHere, Forbidden, Waiting } from "@/parts/states";
import { Builder } from "@/rules/builder";
import { writeGroup } from "@/rules/language";
import { TrendLine } from "@/rules/trend";

import { useCount, useCountAhead } from "./count";
import { readAudience, readGiven, writeAudience, type Draft } from "./draft";
import { ParticularsCard } from "./particulars";
import { Reached } from "./reached";

export function Edit() {
  const name = useParams().name;
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ["/api/v1/audiences/{name}", name, "tagged"],
    queryFn: ({ signal }) =>
      askTagged<AudienceShown>("get", "/api/v1/audiences/{name}", { params: { name: name ?? "" }, signal }),
    enabled: name !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [search] = useSearchParams();
  const given = search.get("rule") ?? "";
  if (!may("change_audiences")) return <Forbidden right="change_audiences" />;
  if (name && !asked.data) return asked.error ? <FailedHere problem={asProblem(asked.error)} /> : <Waiting />;
  const gone = asked.error !== null && asProblem(asked.error).status === 404;
  return (
    <Form layout="vertical" component="div">
      <Desk
        key={name ?? given}
        shown={asked.data?.answer}
        etag={gone ? null : (asked.data?.etag ?? null)}
        gone={gone}
        given={given}
        again={() => void asked.refetch()}
      />
    </Form>
  );
}

interface Opened {
  /** As it was read last; undefined = a new one. */
  shown: AudienceShown | undefined;
  etag: string | null;
  gone: boolean;
  /** A rule that another page handed over in the address. */
  given: string;
  again: () => void;
}

function Desk({ shown, etag, gone, given, again }: Opened) {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { message } = App.useApp();
  const start = useMemo(() => (shown ? readAudience(shown, say) : readGiven(given)), [shown, given, say]);
  const kept = `audience.${shown?.name ?? given}`;
  const begun = useDraft<Draft>(kept, start, etag);
  const { value: draft, change, forget, state } = begun;
  const { group, ...particulars } = draft;
  const set = useCallback((part: Partial<Draft>) => change((before) => ({ ...before, ...part })), [change]);
  const body = useMemo(() => writeAudience(draft, shown, say.language), [draft, shown, say.language]);
  const { rule } = body;
  const counted = useCount(rule);
  const countAhead = useCountAhead();
  const build = useCallback(
    (built: RuleGroupType) => {
      countAhead(writeGroup(built));
      set({ group: built });
    },
    [countAhead, set],
  );
  const save = useWrite(
    (match: string | null) => ask<AudienceShown>("post", "/api/v1/audiences", { body: { name: draft.name, ...body }, match }),
    ["/api/v1/audiences", "/api/v1/audiences/{name}"],
    (saved) => {
      forget();
      void message.success(t("state.saved"));
      void go(`/audiences/${saved.name}`);
    },
  );
  const keep = (match: string | null) => save.mutate(match, { onError: ({ code }) => code === "stale" && again() });
  const named = isName(draft.name);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (named && !save.isPending) keep(state);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
  return (
    <>
      <DeskHead
        title={shown ? t("audiences.change", { name: say.title(shown.title, shown.name) }) : t("audiences.new")}
        label={t("word.save")}
        ready={named}
        saving={save.isPending}
        problem={save.error}
        onLeave={() => {
          forget();
          void go(shown ? `/audiences/${shown.name}` : "/audiences");
        }}
        onSave={() => keep(state)}
        meanwhile={
          <Overtaken draft={begun} now={etag} keep={keep} gone={gone} saving={save.isPending} onTake={forget}>
            <Theirs theirs={writeAudience(start, shown, say.language)} mine={body} />
          </Overtaken>
        }
      />
      <div className="grid">
        <div className="span-8 stack">
          <Card title={t("audiences.who")}>
            <Builder group={group} onChange={build} steps={counted.answer?.steps} />
          </Card>
          <Collapse
            items={[
              { key: "trend", label: t("audiences.trend"), children: <TrendLine rule={rule} /> },
              {
                key: "rule",
                label: t("audiences.written"),
                children: <pre className="written">{JSON.stringify(rule, null, 2)}</pre>,
              },
            ]}
          />
        </div>
        <div className="span-4 stack">
          <Reached counted={counted} rule={rule} />
          <ParticularsCard {...particulars} fixed={Boolean(shown)} set={set} />
        </div>
      </div>
    </>
  );
}
