/** An audience under construction: how many it reaches is counted while one builds. */
import { App, Card, Collapse, Form, Input, InputNumber, Switch } from "antd";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useQuery } from "@tanstack/react-query";

import type { AudienceShown, Estimate, Json, Overview, Rule, Said } from "@/api/answers";
import { ask, askTagged } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useRested, useSettled } from "@/parts/debounce";
import { DeskHead, isName } from "@/parts/desk";
import { useDraft } from "@/parts/draft";
import { Overtaken, Theirs } from "@/parts/meanwhile";
import { FailedHere, Forbidden, Waiting } from "@/parts/states";
import { Builder } from "@/rules/builder";
import { TrendLine } from "@/rules/trend";

import { readAudience, readGiven, writeAudience, type Draft } from "./draft";

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
  const { value: draft, write, forget, state } = begun;
  const set = (part: Partial<Draft>) => write({ ...draft, ...part });
  const body = useMemo(() => writeAudience(draft, shown, say.language), [draft, shown, say.language]);
  const { rule } = body;
  const counted = useCount(rule);
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
            <Builder group={draft.group} onChange={(group) => set({ group })} steps={counted.answer?.steps} />
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
          <Card size="small" title={t("audiences.particulars")}>
            <Form.Item label={t("word.name")} extra={t("audiences.name_hint")} htmlFor="audience-name">
              <Input
                id="audience-name"
                value={draft.name}
                disabled={Boolean(shown)}
                status={draft.name && !named ? "error" : ""}
                onChange={(event) => set({ name: event.target.value.trim() })}
              />
            </Form.Item>
            <Form.Item label={t("word.title")} htmlFor="audience-title">
              <Input id="audience-title" value={draft.title} onChange={(event) => set({ title: event.target.value })} />
            </Form.Item>
            <Form.Item label={t("audiences.live_switch")} htmlFor="audience-live">
              <Switch id="audience-live" checked={draft.live} onChange={(live) => set({ live })} />
            </Form.Item>
            <Form.Item label={t("audiences.schedule")} extra={t("audiences.schedule_hint")} htmlFor="audience-schedule">
              <Input
                id="audience-schedule"
                placeholder="0 3 * * *"
                value={draft.schedule}
                onChange={(event) => set({ schedule: event.target.value })}
              />
            </Form.Item>
            <Form.Item label={t("audiences.alarm_when")}>
              <div className="row">
                <InputNumber
                  style={{ flex: 1 }}
                  aria-label={t("audiences.below")}
                  placeholder={t("audiences.below")}
                  min={0}
                  value={draft.min}
                  onChange={(min) => set({ min })}
                />
                <InputNumber
                  style={{ flex: 1 }}
                  aria-label={t("audiences.above")}
                  placeholder={t("audiences.above")}
                  min={0}
                  value={draft.max}
                  onChange={(max) => set({ max })}
                />
              </div>
            </Form.Item>
          </Card>
        </div>
      </div>
    </>
  );
}

interface Counted {
  answer: Estimate | undefined;
  problem: Problem | null;
  late: boolean;
}

/** The exact number: of a change after a pause at once, of others when they rest; the one before stays until it is there. */
function useCount(rule: Rule): Counted {
  const text = JSON.stringify(rule);
  const rested = useSettled(text, 200);
  const asked = useAnswer<Estimate>("/api/v1/audiences:estimate", {
    body: { rule: JSON.parse(rested) as Json, steps: true },
    keep: true,
  });
  return { answer: asked.data, problem: asked.error, late: rested !== text || asked.isFetching };
}

function Reached({ counted, rule }: { counted: Counted; rule: Rule }) {
  const { t } = useTranslation();
  const say = useSay();
  const all = useAnswer<Overview>("/api/v1/overview").data?.customers;
  const rested = useRested(JSON.stringify(rule), 300);
  const said = useAnswer<Said>("/api/v1/tags:explain", {
    body: { rule: JSON.parse(rested) as Json },
    enabled: rested !== '{"all":[]}',
    keep: true,
  });
  const count = counted.answer?.count;
  return (
    <Card>
      <div className="figure-name">{t("audiences.reaches")}</div>
      <output aria-live="polite" aria-busy={counted.late} className="reach number" style={{ opacity: counted.late || counted.problem ? 0.45 : 1 }}>
        {count === undefined ? "…" : say.number(count)}
      </output>
      <div className="muted small">{count !== undefined && all ? t("home.of_all", { share: say.share(count / all) }) : ""}</div>
      {counted.problem && <FailedHere problem={counted.problem} />}
      {!counted.problem && said.data && rested !== '{"all":[]}' && (
        <p className="sentence">{say.title(said.data, "")}</p>
      )}
    </Card>
  );
}
