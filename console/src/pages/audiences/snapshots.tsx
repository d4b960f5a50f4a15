/** Who was in it when, and who came and went in between. */
import { Button, Card, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Snapshot } from "@/api/answers";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { Figure } from "@/parts/figure";
import { Answered, NotDone, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useUrlState } from "@/parts/url";
import { TrendLine } from "@/rules/trend";

interface Moved {
  entered: string[] | { count: number; customers: string[] };
  left: string[] | { count: number; customers: string[] };
  stayed: number | { count: number };
  reasons?: Record<string, string> | { customer_id: string; why: string }[];
}

export function Snapshots({ name }: { name: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const [before, setBefore] = useUrlState("since");
  const asked = useAnswer<{ snapshots: Snapshot[] }>("/api/v1/audiences/{name}/snapshots", { params: { name } });
  const table = useTable<Snapshot>(10, asked.data?.snapshots.length ?? 0);
  const take = useWrite(
    () => ask<Snapshot>("post", "/api/v1/audiences/{name}:snapshot", { params: { name }, body: {} }),
    ["/api/v1/audiences/{name}/snapshots", "/api/v1/audiences/{name}"],
  );
  return (
    <div className="grid">
      <Card size="small" className="span-6" title={t("audiences.trend")}>
        <TrendLine rule={name} />
      </Card>
      <Card
        size="small"
        className="span-6"
        title={t("audiences.snapshots")}
        extra={
          may("change_audiences") && (
            <Button size="small" loading={take.isPending} onClick={() => take.mutate(undefined)}>
              {t("audiences.take")}
            </Button>
          )
        }
      >
        <NotDone problem={take.error} />
        <Answered asked={asked}>
          {({ snapshots }) =>
            snapshots.length === 0 ? (
              <Nothing title={t("audiences.no_snapshot")} />
            ) : (
              <Table<Snapshot>
                size="small"
                rowKey="number"
                dataSource={[...snapshots].reverse()}
                pagination={table.pagination}
                onChange={table.onChange}
                rowSelection={{
                  type: "radio",
                  selectedRowKeys: before ? [Number(before)] : [],
                  onChange: ([chosen]) => setBefore(String(chosen)),
                  getCheckboxProps: (row) => ({ "aria-label": `#${row.number}` }),
                }}
                columns={[
                  { title: "#", dataIndex: "number" },
                  { title: t("customers.as_of"), render: (_, row) => say.instant(row.as_of) },
                  { title: t("audiences.members"), align: "right", render: (_, row) => say.number(row.size) },
                  { title: t("word.version"), dataIndex: "version", align: "right" },
                ]}
              />
            )
          }
        </Answered>
      </Card>
      {before && may("read_portraits") && <Between name={name} before={before} numbers={asked.data?.snapshots ?? []} />}
    </div>
  );
}

function Between({ name, before, numbers }: { name: string; before: string; numbers: readonly Snapshot[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const [after, setAfter] = useUrlState("until", "now");
  const asked = useAnswer<Moved>("/api/v1/audiences/{name}/diff", { params: { name }, query: { before, after, limit: 50 } });
  return (
    <Card
      size="small"
      className="span-12"
      title={t("audiences.between", { before })}
      extra={
        <Select
          size="small"
          style={{ minWidth: 120 }}
          aria-label={t("audiences.until")}
          value={after}
          onChange={(next: string) => setAfter(next)}
          options={[
            { value: "now", label: t("word.now") },
            ...numbers.filter((each) => String(each.number) !== before).map((each) => ({ value: String(each.number), label: `#${each.number}` })),
          ]}
        />
      }
    >
      <Answered asked={asked}>
        {(moved) => (
          <>
            <div className="figures">
              {(["entered", "left", "stayed"] as const).map((way) => (
                <Figure key={way} name={t(`audiences.${way}`)} value={say.number(sizeOf(moved[way]))} />
              ))}
            </div>
            <div className="row row-wrap" style={{ marginTop: 12 }}>
              {listOf(moved.entered).slice(0, 30).map((each) => (
                <Link key={each} to={`/customers/${each}`}>
                  + {each}
                </Link>
              ))}
              {listOf(moved.left).slice(0, 30).map((each) => (
                <Link key={each} to={`/customers/${each}`} className="muted">
                  − {each}
                </Link>
              ))}
            </div>
          </>
        )}
      </Answered>
    </Card>
  );
}

type Way = Moved["entered"] | Moved["stayed"];

function sizeOf(way: Way): number {
  if (typeof way === "number") return way;
  return Array.isArray(way) ? way.length : way.count;
}

function listOf(way: Way): string[] {
  if (typeof way === "number") return [];
  return Array.isArray(way) ? way : "customers" in way ? way.customers : [];
}
