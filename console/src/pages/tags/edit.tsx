/** A tag under construction, tried on a sample while one builds. */
import { useQuery } from "@tanstack/react-query";
import { App, AutoComplete, Card, Form, Input, Segmented, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import type { TagShown } from "@/api/answers";
import { ask, askTagged } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useCatalogue } from "@/parts/catalogue";
import { DeskHead, isName } from "@/parts/desk";
import { useDraft } from "@/parts/draft";
import { Overtaken, Theirs } from "@/parts/meanwhile";
import { FailedHere, Forbidden, Waiting } from "@/parts/states";
import { Builder } from "@/rules/builder";

import { isBegun, NEW_TAG, readDefinition, writeDefinition, type TagDraft, type Way } from "./draft";
import { ExprForm, FoldForm, TierForm, WrittenForm } from "./forms";
import { Preview, useTrial } from "./preview";
import { Values } from "./values";

const WAYS: readonly Way[] = ["fold", "if", "when", "expr", "written"];
/** Which layer a rule of this kind usually is of. */
const LAYER_OF = { fold: "fact", expr: "fact", if: "business", when: "model" } as const;

export function Edit() {
  const name = useParams().name;
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ["/api/v1/tags/{name}", name, "edit"],
    queryFn: ({ signal }) => askTagged<TagShown>("get", "/api/v1/tags/{name}", { params: { name: name ?? "" }, signal }),
    enabled: name !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (!may("change_tags")) return <Forbidden right="change_tags" />;
  if (name && !asked.data) return asked.error ? <FailedHere problem={asProblem(asked.error)} /> : <Waiting />;
  const gone = asked.error !== null && asProblem(asked.error).status === 404;
  const etag = gone ? null : (asked.data?.etag ?? null);
  return <Desk key={name ?? "new"} shown={asked.data?.answer} etag={etag} gone={gone} again={() => void asked.refetch()} />;
}

interface Opened {
  /** As it was read last; undefined = a new one. */
  shown: TagShown | undefined;
  etag: string | null;
  gone: boolean;
  again: () => void;
}

function Desk({ shown, etag, gone, again }: Opened) {
  const { t } = useTranslation();
  const go = useNavigate();
  const { message } = App.useApp();
  const catalogue = useCatalogue();
  const start = useMemo(() => {
    const definition = shown?.draft?.definition ?? shown?.definition;
    return shown && definition ? readDefinition(shown.name, definition) : NEW_TAG;
  }, [shown]);
  const begun = useDraft<TagDraft>(`tag.${shown?.name ?? "new"}`, start, etag);
  const { write, forget, state } = begun;
  const draft = useMemo(() => ({ ...NEW_TAG, ...begun.value }), [begun.value]); // one of an older console has fewer fields
  const set = (part: Partial<TagDraft>) => write({ ...draft, ...part });
  const definition = useMemo(() => writeDefinition(draft), [draft]);
  const trial = useTrial(definition, isBegun(draft));
  const named = isName(draft.name);
  const save = useWrite(
    (match: string | null) =>
      ask<TagShown>("put", "/api/v1/tags/{name}", { params: { name: draft.name }, body: definition, match }),
    ["/api/v1/tags", "/api/v1/tags/{name}", "/api/v1/reviews"],
    () => {
      forget();
      void message.success(t("tags.draft_saved"));
      void go(`/tags/${draft.name}`);
    },
  );
  const keep = (match: string | null) => save.mutate(match, { onError: ({ code }) => code === "stale" && again() });
  const groups = [...new Set(catalogue.rows.flatMap((row) => (row.group ? [row.group] : [])))];
  const owners = [...new Set(catalogue.rows.flatMap((row) => (row.owner ? [row.owner] : [])))];
  /** What another tag says the group is called. */
  const known = catalogue.rows.find((row) => row.group === draft.group && Object.keys(row.group_title).length > 0)?.group_title;
  const found = trial.tried.data?.values.map((each) => each.value) ?? [];
  return (
    <Form layout="vertical" component="div">
      <DeskHead
        title={shown ? t("tags.change", { name: shown.name }) : t("tags.new")}
        note={t("tags.draft_means")}
        label={t("tags.save_draft")}
        ready={named}
        saving={save.isPending}
        problem={save.error}
        onLeave={() => {
          forget();
          void go(shown ? `/tags/${shown.name}` : "/tags");
        }}
        onSave={() => keep(state)}
        meanwhile={
          <Overtaken draft={begun} now={etag} keep={keep} gone={gone} saving={save.isPending} onTake={forget}>
            <Theirs theirs={writeDefinition(start)} mine={definition} />
          </Overtaken>
        }
      />
      <div className="grid">
        <div className="span-8 stack">
          <Card size="small">
            <div className="fields">
              <Form.Item label={t("word.name")} htmlFor="tag-name">
                <Input
                  id="tag-name"
                  value={draft.name}
                  disabled={Boolean(shown)}
                  status={draft.name && !named ? "error" : ""}
                  onChange={(event) => set({ name: event.target.value.trim() })}
                />
              </Form.Item>
              <Form.Item label={t("tags.title_zh")} htmlFor="tag-zh">
                <Input id="tag-zh" value={draft.zh} onChange={(event) => set({ zh: event.target.value })} />
              </Form.Item>
              <Form.Item label={t("tags.title_en")} htmlFor="tag-en">
                <Input id="tag-en" value={draft.en} onChange={(event) => set({ en: event.target.value })} />
              </Form.Item>
              <Form.Item label={t("word.layer")} htmlFor="tag-layer">
                <Select
                  id="tag-layer"
                  value={draft.layer}
                  onChange={(layer) => set({ layer })}
                  options={(["fact", "prediction", "model", "business"] as const).map((each) => ({ value: each, label: t(`layer.${each}`) }))}
                />
              </Form.Item>
              <Form.Item label={t("word.group")} htmlFor="tag-group">
                <AutoComplete id="tag-group" value={draft.group} onChange={(group: string) => set({ group, titled: NEW_TAG.titled })} options={groups.map((value) => ({ value, label: catalogue.group(value) }))} />
              </Form.Item>
              {draft.group && (
                <>
                  <Form.Item label={t("tags.group_zh")} htmlFor="tag-group-zh">
                    <Input id="tag-group-zh" placeholder={known?.zh ?? ""} value={draft.titled.zh} onChange={(event) => set({ titled: { ...draft.titled, zh: event.target.value } })} />
                  </Form.Item>
                  <Form.Item label={t("tags.group_en")} htmlFor="tag-group-en">
                    <Input id="tag-group-en" placeholder={known?.en ?? ""} value={draft.titled.en} onChange={(event) => set({ titled: { ...draft.titled, en: event.target.value } })} />
                  </Form.Item>
                </>
              )}
              <Form.Item label={t("word.owner")} htmlFor="tag-owner">
                <AutoComplete id="tag-owner" value={draft.owner} onChange={(owner: string) => set({ owner })} options={owners.map((value) => ({ value }))} />
              </Form.Item>
              <Form.Item label={t("tags.unit")} htmlFor="tag-unit">
                <Input id="tag-unit" value={draft.unit} onChange={(event) => set({ unit: event.target.value })} />
              </Form.Item>
            </div>
          </Card>
          <Card
            size="small"
            title={t("tags.rule")}
            extra={
              <Segmented
                size="small"
                value={draft.way}
                onChange={(way) => set(shown || way === "written" ? { way } : { way, layer: LAYER_OF[way] })}
                options={WAYS.map((way) => ({ value: way, label: t(`tags.way_${way}`) }))}
              />
            }
          >
            {draft.way === "fold" && <FoldForm fold={draft.fold} onChange={(fold) => set({ fold })} />}
            {draft.way === "if" && <Builder group={draft.condition} onChange={(condition) => set({ condition })} />}
            {draft.way === "when" && <TierForm draft={draft} onChange={set} />}
            {draft.way === "expr" && <ExprForm expr={draft.expr} onChange={(expr) => set({ expr })} />}
            {draft.way === "written" && <WrittenForm text={draft.written} onChange={(written) => set({ written })} />}
          </Card>
          <Values draft={draft} found={found} onChange={(values) => set({ values })} />
        </div>
        <div className="span-4">
          <Preview definition={definition} trial={trial} />
        </div>
      </div>
    </Form>
  );
}
