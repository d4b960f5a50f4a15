/** An audience under construction: how many it reaches is counted while one builds. */
import { App, Card, Collapse, Form, Input, InputNumber, Switch } from "antd";
import { useEffect, useMemo } from "react";
import type { RuleGroupType } from "react-querybuilder";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useQuery } from "@tanstack/react-query";

import type { AudienceShown, Estimate, Json, Overview, Rule, Said } from "@/api/answers";
import { ask, askTagged } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useRested } from "@/parts/debounce";
import { DeskHead, isName } from "@/parts/desk";
import { useDraft } from "@/parts/draft";
import { FailedHere, Forbidden, Waiting } from "@/parts/states";
import { Builder } from "@/rules/builder";
import { EMPTY, readGroup, writeGroup } from "@/rules/language";
import { TrendLine } from "@/rules/trend";

interface Draft {
  name: string;
  title: string;
  group: RuleGroupType;
  schedule: string;
  live: boolean;
  min: number | null;
  max: number | null;
}

const START: Draft = { name: "", title: "", group: EMPTY, schedule: "", live: true, min: null, max: null };

export function Edit() {
  const name = useParams().name;
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ["/api/v1/audiences/{name}", name, "tagged"],
    queryFn: ({ signal }) =>
      askTagged<AudienceShown>("get", "/api/v1/audiences/{name}", { params: { name: name ?? "" }, signal }),
    enabled: name !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [search] = useSearchParams();
  const given = search.get("rule");
  if (!may("change_audiences")) return <Forbidden right="change_audiences" />;
  if (name && asked.error) return <FailedHere problem={asProblem(asked.error)} />;
  if (name && !asked.data) return <Waiting />;
  return (
    <Form layout="vertical" component="div">
      <Desk key={name ?? given ?? "new"} shown={asked.data?.answer} etag={asked.data?.etag ?? null} given={readGiven(given)} />
    </Form>
  );
}

/** A rule that another page handed over in the address. */
function readGiven(text: string | null): Rule | null {
  try {
    return text ? (JSON.parse(text) as Rule) : null;
  } catch {
    return null;
  }
}

function Desk({ shown, etag, given }: { shown: AudienceShown | undefined; etag: string | null; given: Rule | null }) {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { message } = App.useApp();
  const start = useMemo<Draft>(
    () =>
      shown
        ? {
            ...START,
            name: shown.name,
            title: say.title(shown.title, ""),
            group: readGroup(shown.rule),
            schedule: shown.schedule ?? "",
            live: shown.live,
          }
        : { ...START, group: given ? readGroup(given) : EMPTY },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what was there when the desk was opened
    [shown?.name],
  );
  const [draft, write, forget] = useDraft<Draft>(`audience.${shown?.name ?? JSON.stringify(given)}`, start);
  const set = (part: Partial<Draft>) => write({ ...draft, ...part });
  const rule = useMemo(() => writeGroup(draft.group), [draft.group]);
  const counted = useCount(rule);
  const save = useWrite(
    () =>
      ask<AudienceShown>("post", "/api/v1/audiences", {
        body: {
          name: draft.name,
          rule,
          title: titled(shown?.title, say.language, draft.title || draft.name),
          live: draft.live,
          schedule: draft.schedule || "",
          ...(draft.min !== null || draft.max !== null ? { alarm: { min: draft.min, max: draft.max } } : {}),
        },
        match: etag,
      }),
    ["/api/v1/audiences", "/api/v1/audiences/{name}"],
    (saved) => {
      forget();
      void message.success(t("state.saved"));
      void go(`/audiences/${saved.name}`);
    },
  );
  const named = isName(draft.name);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (named && !save.isPending) save.mutate(undefined);
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
        onSave={() => save.mutate(undefined)}
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
                  aria-label={t("audiences.below")}
                  placeholder={t("audiences.below")}
                  min={0}
                  value={draft.min}
                  onChange={(min) => set({ min })}
                />
                <InputNumber
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

/** One text of a title, the others as they were. */
function titled(before: Said | undefined, language: string, text: string): Said {
  return { ...before, [language]: text };
}

interface Counted {
  answer: Estimate | undefined;
  problem: Problem | null;
  late: boolean;
}

/** The exact number, a quarter of a second after the last change; the one before stays until it is there. */
function useCount(rule: Rule): Counted {
  const text = JSON.stringify(rule);
  const rested = useRested(text, 200);
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
      <output aria-live="polite" className="reach number" style={{ opacity: counted.late || counted.problem ? 0.45 : 1 }}>
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
