/** An empty workspace says what to do first: bring events, take a starter, look at a portrait. */
import { InboxOutlined } from "@ant-design/icons";
import { App, Button, Card, Input, Progress, Select, Steps, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import type { Overview, Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Forbidden } from "@/parts/states";

import { peek, type Peeked } from "./peek";
import { MappingPreview } from "./mapping";

interface Job {
  id: number;
  state: string;
  progress?: { done: number; total: number } | null;
  error?: string | null;
}

export function FirstSteps({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const at = overview.tags.live === 0 && overview.events === 0 ? 0 : overview.tags.live === 0 ? 1 : 2;
  const [step, setStep] = useState(at);
  const titles = [t("first.bring"), t("first.template"), t("first.look")];
  return (
    <Card title={t("first.welcome")}>
      <Steps current={step} onChange={setStep} items={titles.map((title) => ({ title }))} style={{ marginBottom: 20 }} />
      {step === 0 && <Bring onDone={() => setStep(1)} />}
      {step === 1 && <Start onDone={() => setStep(2)} />}
      {step === 2 && <Look />}
    </Card>
  );
}

/** A file is looked at before it is sent: what its columns are, and what they would become. */
export function Bring({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { message } = App.useApp();
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<Peeked | null>(null);
  const [mapping, setMapping] = useState("");
  const [job, setJob] = useState<number | null>(null);
  const followed = useAnswer<Job>("/api/v1/jobs/{id}", {
    params: { id: job ?? 0 },
    enabled: job !== null,
    every: 1000,
  });
  const send = useWrite(
    (given: { file: File; mapping: string }) =>
      ask<Job>("post", "/api/v1/imports", {
        query: { name: given.file.name, mapping: given.mapping || null },
        body: given.file,
      }),
    ["/api/v1/overview"],
    (made) => setJob(made.id),
  );
  if (!may("manage_jobs")) return <Forbidden right="manage_jobs" />;
  const choose = async (chosen: File) => {
    setFile(chosen);
    const found = await peek(chosen);
    setSeen(found);
    setMapping(found.mapping);
  };
  const state = followed.data?.state;
  return (
    <div className="stack">
      <Upload.Dragger
        multiple={false}
        showUploadList={false}
        beforeUpload={(chosen) => {
          void choose(chosen).catch((error: Error) => void message.error(error.message));
          return false;
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{file ? file.name : t("first.drop")}</p>
        <p className="ant-upload-hint">{t("first.kinds")}</p>
      </Upload.Dragger>
      {seen && <MappingPreview seen={seen} mapping={mapping} />}
      {seen && !seen.messages && (
        <Input.TextArea
          autoSize={{ minRows: 6, maxRows: 16 }}
          className="code"
          aria-label={t("first.mapping")}
          value={mapping}
          onChange={(event) => setMapping(event.target.value)}
        />
      )}
      {send.error && <p role="alert">{send.error.message}</p>}
      {job !== null && (
        <Progress
          percent={state === "done" ? 100 : Math.round((100 * (followed.data?.progress?.done ?? 0)) / (followed.data?.progress?.total || 1))}
          status={state === "failed" ? "exception" : state === "done" ? "success" : "active"}
        />
      )}
      {state === "failed" && <p role="alert">{followed.data?.error}</p>}
      <div className="row">
        <Button type="primary" disabled={!file} loading={send.isPending} onClick={() => file && send.mutate({ file, mapping })}>
          {t("first.import")}
        </Button>
        {onDone && (
          <Button onClick={onDone} type={state === "done" ? "primary" : "default"}>
            {t("first.next")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface Starter {
  name: string;
  title: Said;
  tags: string[];
}

function Start({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useAnswer<{ templates: Starter[] }>("/api/v1/templates");
  const apply = useWrite(
    (name: string) =>
      ask("post", "/api/v1/templates/{name}:apply", {
        params: { name },
        body: { to: may("publish_tags") ? "published" : "drafts" },
      }),
    ["/api/v1/overview", "/api/v1/tags"],
    onDone,
  );
  return (
    <div className="stack" style={{ maxWidth: 560 }}>
      <p className="muted">{t("first.template_means")}</p>
      <Select
        size="large"
        placeholder={t("first.choose")}
        aria-label={t("first.choose")}
        value={chosen}
        onChange={setChosen}
        options={(asked.data?.templates ?? []).map((each) => ({
          value: each.name,
          label: `${say.title(each.title, each.name)} · ${t("first.tags", { count: each.tags.length })}`,
        }))}
      />
      {apply.error && <p role="alert">{apply.error.message}</p>}
      <div>
        <Button
          type="primary"
          disabled={!chosen || !may("change_tags")}
          loading={apply.isPending}
          onClick={() => chosen && apply.mutate(chosen)}
        >
          {t("first.apply")}
        </Button>
      </div>
    </div>
  );
}

function Look() {
  const { t } = useTranslation();
  const go = useNavigate();
  return (
    <div className="stack">
      <p className="muted">{t("first.look_means")}</p>
      <div>
        <Button type="primary" onClick={() => void go("/customers")}>
          {t("first.search")}
        </Button>
      </div>
    </div>
  );
}
