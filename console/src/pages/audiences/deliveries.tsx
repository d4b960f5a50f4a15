/** What was brought of a package, and what was not, as far back as somebody asks. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Card, Select, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { Said } from "@/api/answers";
import { ask } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { More } from "@/parts/more";
import { Answered, NotDone, Nothing } from "@/parts/states";
import { useUrlState } from "@/parts/url";

interface Brought {
  id: number;
  package: string;
  status: string;
  rows: number | null;
  file: string | null;
  tries: number;
  reason: string | null;
  said: Said | null;
}

interface Page {
  deliveries: Brought[];
  next: string | null;
}

const PATH = "/api/v1/packages:deliveries";
const PAGE = 20;
const TONE: Record<string, string> = { delivered: "success", failed: "error" };

export function Deliveries({ names }: { names: readonly string[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const [wanted, setWanted] = useUrlState("package");
  const chosen = names.includes(wanted) ? wanted : (names[0] ?? "");
  const asked = useInfiniteQuery<Page, Problem, Brought[], readonly unknown[], string | null>({
    queryKey: [PATH, chosen],
    queryFn: ({ pageParam, signal }) =>
      ask<Page>("get", PATH, { query: { package: chosen, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    select: (data) => data.pages.flatMap((page) => page.deliveries),
    enabled: chosen !== "",
    refetchInterval: 5_000,
  });
  const retry = useWrite((id: number) => ask("post", "/api/v1/packages:retry", { body: { id } }), [PATH]);
  return (
    <Card
      size="small"
      className="span-6"
      title={t("audiences.deliveries")}
      extra={
        names.length > 1 && (
          <Select
            size="small"
            style={{ minWidth: 160 }}
            aria-label={t("audiences.packages")}
            value={chosen}
            onChange={(name) => setWanted(name)}
            options={names.map((name) => ({ value: name, label: name }))}
          />
        )
      }
    >
      <NotDone problem={retry.error} />
      {chosen === "" ? (
        <Nothing title={t("audiences.no_deliveries")} />
      ) : (
        <Answered asked={asked}>
          {(deliveries) =>
            deliveries.length === 0 ? (
              <Nothing title={t("audiences.no_deliveries")} />
            ) : (
              <Table<Brought>
                size="small"
                rowKey="id"
                dataSource={deliveries}
                scroll={{ x: "max-content" }}
                pagination={false}
                columns={[
                  { title: "#", dataIndex: "id", align: "right" },
                  { title: t("word.status"), render: (_, row) => <Tag color={TONE[row.status] ?? "processing"}>{t(`delivery.${row.status}`, row.status)}</Tag> },
                  { title: t("audiences.rows"), align: "right", render: (_, row) => (row.rows === null ? "–" : say.number(row.rows)) },
                  { title: t("audiences.tries"), dataIndex: "tries", align: "right" },
                  { title: t("word.reason"), render: (_, row) => say.title(row.said, row.reason ?? row.file ?? "") },
                  {
                    key: "do",
                    render: (_, row) =>
                      TONE[row.status] === "error" &&
                      may("manage_keys") && (
                        <Button size="small" disabled={retry.isPending} onClick={() => retry.mutate(row.id)}>
                          {t("state.again")}
                        </Button>
                      ),
                  },
                ]}
              />
            )
          }
        </Answered>
      )}
      <More asked={asked} style={{ marginTop: 12 }} />
    </Card>
  );
}
