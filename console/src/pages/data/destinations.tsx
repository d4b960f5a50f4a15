/** Destinations: which systems are told of changes, how far, and what they would not take. */
import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Card, Popconfirm, Table, Tag, Tooltip } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { later } from "@/parts/later";
import { ShownOnce, type Shown } from "@/parts/once";
import { Answered, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useTell } from "@/parts/tell";
import { useOpened, useUrlState } from "@/parts/url";

import { DeadLetters } from "./dead-letters";
import { LOOK, PATH, type Destination, type Tried } from "./destination";

const Replay = later(() => import("./replay").then((found) => found.Replay));
const DestinationForm = later(() => import("./destination-form").then((found) => found.DestinationForm));

/** What the address says of a replay beside its destination. */
const REPLAYED = ["since", "from", "told"];

export function Destinations() {
  const { t } = useTranslation();
  const [making, setMaking] = useOpened("new");
  const [opened, setOpened] = useOpened("change");
  const [replaying, setReplaying] = useOpened("replay", REPLAYED);
  const [dead, setDead] = useUrlState("dead");
  const [shown, setShown] = useState<Shown | null>(null);
  const asked = useAnswer<{ destinations: Destination[] }>(PATH, { query: { limit: 1000 }, every: LOOK });
  const all = asked.data?.destinations ?? [];
  const changed = all.find((each) => each.name === opened);
  const replayed = all.find((each) => each.name === replaying);
  const close = () => (making ? setMaking(null) : setOpened(null));
  return (
    <div className="stack">
      <Card
        title={t("destination.all")}
        extra={
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking("1")}>
            {t("destination.new")}
          </Button>
        }
      >
        <Answered asked={asked}>
          {({ destinations }) =>
            destinations.length === 0 ? (
              <Nothing title={t("destination.none")} />
            ) : (
              <Listed destinations={destinations} onChange={setOpened} onReplay={setReplaying} onDead={setDead} />
            )
          }
        </Answered>
      </Card>
      {all.length > 0 && <DeadLetters names={all.map((each) => each.name)} chosen={dead || null} onChoose={setDead} />}
      <Suspense fallback={null}>
        {(making || changed) && (
          <DestinationForm
            key={opened}
            held={changed ?? null}
            onClose={close}
            onMade={({ name, secret }) => secret && setShown({ name, secret })}
          />
        )}
        {replayed && <Replay destination={replayed} onClose={() => setReplaying(null)} />}
      </Suspense>
      <ShownOnce shown={shown} means={t("destination.keep")} onClose={() => setShown(null)} />
    </div>
  );
}

interface Rows {
  destinations: Destination[];
  onChange: (name: string) => void;
  onReplay: (name: string) => void;
  onDead: (name: string) => void;
}

function Listed({ destinations, onChange, onReplay, onDead }: Rows) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const table = useTable<Destination>(50, destinations.length);
  return (
    <Table<Destination>
      rowKey="name"
      size="small"
      dataSource={destinations}
      scroll={{ x: "max-content" }}
      pagination={table.pagination}
      onChange={table.onChange}
      columns={[
        {
          title: t("word.name"),
          render: (_, row) => (
            <>
              <b>{row.name}</b>
              <div className="muted small ellipsis" style={{ maxWidth: 300 }}>
                {row.url}
              </div>
            </>
          ),
        },
        { title: t("destination.format"), render: (_, row) => t(`destination.${row.format}`) },
        {
          title: t("destination.hears"),
          render: (_, row) => {
            const heard = [...row.tags.map(catalogue.title), ...row.audiences];
            return (
              <Tooltip title={say.list(heard)}>
                <span className="small">
                  {say.list(heard.slice(0, 3))}
                  {heard.length > 3 && ` +${heard.length - 3}`}
                </span>
              </Tooltip>
            );
          },
        },
        { title: t("word.status"), render: (_, row) => <State destination={row} /> },
        {
          title: t("destination.delivered"),
          align: "right",
          render: (_, row) => (
            <>
              {say.number(row.delivered)}
              <div className="muted small">{row.delivered_at ? say.instant(row.delivered_at) : t("destination.never")}</div>
            </>
          ),
        },
        { title: t("destination.waiting"), align: "right", render: (_, row) => <Waits destination={row} /> },
        {
          title: t("destination.dead"),
          align: "right",
          render: (_, row) =>
            row.dead === 0 ? (
              "0"
            ) : (
              <button type="button" className="plain-button" onClick={() => onDead(row.name)}>
                {say.number(row.dead)}
              </button>
            ),
        },
        { key: "do", render: (_, row) => <Acts destination={row} onChange={() => onChange(row.name)} onReplay={() => onReplay(row.name)} /> },
      ]}
    />
  );
}

/** Changes not looked at yet, and letters to be tried again. */
function Waits({ destination: { behind, late } }: { destination: Destination }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <>
      {say.number(behind)}
      {late > 0 && <div className="muted small">{t("destination.late", { count: late, shown: say.number(late) })}</div>}
    </>
  );
}

function State({ destination: { disabled_at, failing_since, reason, said } }: { destination: Destination }) {
  const { t } = useTranslation();
  const say = useSay();
  if (disabled_at) return <Tag>{t("destination.off_since", { at: say.day(disabled_at) })}</Tag>;
  if (!failing_since) return <Tag color="success">{t("data.in_use")}</Tag>;
  return (
    <>
      <Tag color="error">{t("destination.failing_since", { at: say.instant(failing_since) })}</Tag>
      <div className="muted small" style={{ maxWidth: 260, whiteSpace: "normal" }}>
        {say.title(said, reason ?? "")}
      </div>
    </>
  );
}

function Acts({ destination: { name, state, disabled_at }, onChange, onReplay }: { destination: Destination; onChange: () => void; onReplay: () => void }) {
  const { t } = useTranslation();
  const tell = useTell();
  const say = useSay();
  const { message } = App.useApp();
  const turn = useWrite(
    (what: "enable" | "disable") =>
      ask<Destination>("post", `/api/v1/destinations/{name}:${what}`, { params: { name }, match: `"${state}"` }),
    [PATH],
  );
  const test = useWrite(
    () => ask<Tried>("post", "/api/v1/destinations/{name}:test", { params: { name } }),
    [],
    ({ delivered, reason, said, seconds }) =>
      void (delivered
        ? message.success(t("destination.test_taken", { reason, seconds: say.number(seconds) }))
        : message.error({ content: t("destination.test_refused", { reason: say.title(said, reason) }), duration: 8 })),
  );
  return (
    <span className="row">
      <Button size="small" loading={test.isPending} onClick={() => test.mutate(undefined, { onError: tell })}>
        {t("destination.test")}
      </Button>
      <Button size="small" onClick={onChange}>
        {t("word.edit")}
      </Button>
      <Button size="small" onClick={onReplay}>
        {t("destination.replay")}
      </Button>
      {disabled_at ? (
        <Button size="small" loading={turn.isPending} onClick={() => turn.mutate("enable", { onError: tell })}>
          {t("destination.enable")}
        </Button>
      ) : (
        <Popconfirm title={t("destination.disable_means")} okText={t("word.confirm")} cancelText={t("word.cancel")} onConfirm={() => turn.mutate("disable", { onError: tell })}>
          <Button size="small" danger loading={turn.isPending}>
            {t("data.disable")}
          </Button>
        </Popconfirm>
      )}
    </span>
  );
}
