/** An empty workspace says what to do first: bring events, take a starter, look at a portrait. */
import { InboxOutlined } from "@ant-design/icons";
import { Alert, App, Button, Card, Input, Select, Steps, Upload } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import type { Overview, Portrait, Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useLongWrite, type Job } from "@/api/jobs";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { JobProgress } from "@/parts/job";
import { Forbidden, NotDone } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { Faces } from "../customers/faces";
import { isNew } from "./new";
import { peek, type Peeked } from "./peek";
import { MappingPreview } from "./mapping";

interface Imported {
  read: number;
  accepted: number;
  duplicate: number;
  rejected: number;
}

/** The step stands in the address: what is brought in changes what would come next, not what somebody looks at. */
export function FirstSteps({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const at = overview.events === 0 ? 0 : overview.tags.live === 0 ? 1 : 2;
  const [kept, keep] = useUrlState("step");
  const step = kept === "" ? at : Number(kept);
  const setStep = (next: number) => keep(String(next));
  useEffect(() => {
    if (kept === "") keep(String(at));
  }, [kept, keep, at]);
  const titles = [t("first.bring"), t("first.template"), t("first.look")];
  return (
    <Card title={t("first.welcome")} extra={!isNew(overview) && <Button onClick={() => keep(null)}>{t("word.close")}</Button>}>
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
  const send = useLongWrite(
    (given: { file: File; mapping: string }) =>
      ask<Job<Imported>>("post", "/api/v1/imports", {
        query: { name: given.file.name, mapping: given.mapping || null },
        body: given.file,
      }),
    ["/api/v1/overview", "/api/v1/jobs", "/api/v1/rejects", "/api/v1/events"],
  );
  if (!may("manage_jobs")) return <Forbidden right="manage_jobs" />;
  const choose = async (chosen: File) => {
    setFile(chosen);
    const found = await peek(chosen);
    setSeen(found);
    setMapping(found.mapping);
  };
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
      <NotDone problem={send.error} />
      <JobProgress job={send.job} />
      {send.data && <Brought told={send.data} />}
      <div className="row">
        <Button type="primary" disabled={!file} loading={send.isPending} onClick={() => file && send.mutate({ file, mapping })}>
          {t("first.import")}
        </Button>
        {onDone && (
          <Button onClick={onDone} type={send.data ? "primary" : "default"}>
            {t("first.next")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** What became of the rows of a file. */
function Brought({ told }: { told: Imported }) {
  const { t } = useTranslation();
  const say = useSay();
  const figures = { read: say.number(told.read), accepted: say.number(told.accepted), duplicate: say.number(told.duplicate) };
  return (
    <Alert
      type={told.rejected > 0 ? "warning" : "success"}
      showIcon
      title={t("first.brought", figures)}
      {...(told.rejected > 0
        ? { description: <Link to="/data/rejects">{t("first.rejected", { count: told.rejected, shown: say.number(told.rejected) })}</Link> }
        : {})}
    />
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
  const [chosen, setChosen] = useUrlState("starter");
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
        value={chosen || null}
        onChange={(name) => setChosen(name)}
        options={(asked.data?.templates ?? []).map((each) => ({
          value: each.name,
          label: `${say.title(each.title, each.name)} · ${t("first.tags", { count: each.tags.length })}`,
        }))}
      />
      <NotDone problem={apply.error} />
      <div>
        <Button
          type="primary"
          disabled={!chosen || !may("change_tags")}
          title={may("change_tags") ? undefined : t("state.forbidden_right", { right: t("right.change_tags") })}
          loading={apply.isPending}
          onClick={() => chosen && apply.mutate(chosen)}
        >
          {t("first.apply")}
        </Button>
      </div>
    </div>
  );
}

/** Customers are numbered in the order they came in. */
const FIRST = Array.from({ length: 10 }, (_, number) => `c${number}`);
const SHOWN = 5;

function Look() {
  const { t } = useTranslation();
  const go = useNavigate();
  const { may } = useSession();
  const asked = useAnswer<{ profiles: { profile: Portrait | null }[] }>("/api/v1/profiles:lookup", {
    body: { keys: FIRST },
    enabled: may("read_portraits"),
  });
  const found = asked.data?.profiles.flatMap(({ profile }) => (profile ? [profile.customer_id] : [])) ?? [];
  return (
    <div className="stack">
      <p className="muted">{t("first.look_means")}</p>
      {found.length > 0 && <Faces keys={[...new Set(found)].slice(0, SHOWN)} />}
      <div>
        <Button type="primary" onClick={() => void go("/customers")}>
          {t("first.search")}
        </Button>
      </div>
    </div>
  );
}
