/** Letters that were given up, newest first: why, when, what they say; tried again one by one or all. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { App, Button, Card, Select, Table } from "antd";
import { useTranslation } from "react-i18next";

import type { Json, Said } from "@/api/answers";
import { ask } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { More } from "@/parts/more";
import { Answered, Nothing } from "@/parts/states";
import { useTell } from "@/parts/tell";

import { LOOK, PATH } from "./destination";

interface Letter {
  id: number;
  destination: string;
  letter_id: string;
  customer_id: string;
  tries: number;
  reason: string;
  said: Said | null;
  died_at: string;
  message: Json;
}

interface Page {
  letters: Letter[];
  next: string | null;
}

interface Asked {
  names: readonly string[];
  /** Whose; null = all. */
  chosen: string | null;
  onChoose: (name: string | null) => void;
}

const DEAD = "/api/v1/destinations:dead";
const PAGE = 20;

export function DeadLetters({ names, chosen, onChoose }: Asked) {
  const { t } = useTranslation();
  const tell = useTell();
  const { message } = App.useApp();
  const whose = chosen && names.includes(chosen) ? chosen : null;
  const asked = useInfiniteQuery<Page, Problem, Letter[], readonly unknown[], string | null>({
    queryKey: [DEAD, whose],
    queryFn: ({ pageParam, signal }) => ask<Page>("get", DEAD, { query: { destination: whose, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    select: (data) => data.pages.flatMap((page) => page.letters),
    refetchInterval: LOOK,
  });
  const retry = useWrite(
    (id: number | null) => ask<{ letters: number }>("post", "/api/v1/destinations:retry", { body: { id, destination: whose } }),
    [DEAD, PATH],
    ({ letters }) => void message.success(t("destination.retried", { count: letters })),
  );
  return (
    <Card
      title={t("destination.dead")}
      extra={
        <span className="row row-wrap">
          <Select
            allowClear
            style={{ minWidth: 160 }}
            placeholder={t("word.all")}
            aria-label={t("destination.whose")}
            value={whose}
            onChange={(name: string | undefined) => onChoose(name ?? null)}
            options={names.map((name) => ({ value: name, label: name }))}
          />
          <Button disabled={!asked.data?.length} loading={retry.isPending && retry.variables === null} onClick={() => retry.mutate(null, { onError: tell })}>
            {t("destination.retry_all")}
          </Button>
        </span>
      }
    >
      <Answered asked={asked}>
        {(letters) =>
          letters.length === 0 ? (
            <Nothing title={t("destination.no_dead")} />
          ) : (
            <Listed letters={letters} busy={retry.isPending} onRetry={(id) => retry.mutate(id, { onError: tell })} />
          )
        }
      </Answered>
      <More asked={asked} style={{ marginTop: 12 }} />
    </Card>
  );
}

function Listed({ letters, busy, onRetry }: { letters: Letter[]; busy: boolean; onRetry: (id: number) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <Table<Letter>
      rowKey="id"
      size="small"
      dataSource={letters}
      pagination={false}
      scroll={{ x: "max-content" }}
      expandable={{ expandedRowRender: (row) => <pre className="written">{JSON.stringify(row.message, null, 2)}</pre> }}
      columns={[
        { title: t("destination.letter"), render: (_, row) => <code>{row.letter_id}</code> },
        { title: t("word.reason"), render: (_, row) => <span style={{ maxWidth: 420, display: "block", whiteSpace: "normal" }}>{say.title(row.said, row.reason)}</span> },
        { title: t("audiences.tries"), align: "right", render: (_, row) => say.number(row.tries) },
        { title: t("destination.died"), render: (_, row) => say.instant(row.died_at) },
        {
          key: "do",
          render: (_, row) => (
            <Button size="small" disabled={busy} onClick={() => onRetry(row.id)}>
              {t("state.again")}
            </Button>
          ),
        },
      ]}
    />
  );
}
