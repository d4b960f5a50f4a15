/** Which identifiers are this customer's, and what linked them; what does not belong is split off here. */
import { App, Button, Card, Grid, Table, Tag } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Path } from "@/api/client";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { SERIES, useShade } from "@/app/theme";
import { Chart } from "@/charts/chart";
import { useSay } from "@/format/say";
import { useEventTitles } from "@/parts/catalogue";
import { useAskReason } from "@/parts/reason";
import { Answered } from "@/parts/states";
import { useTable } from "@/parts/table";

import { drawWeb, heightOf, type Linked, type Node } from "./web";

const TOUCHED: Path[] = ["/api/v1/profiles/{key}", "/api/v1/profiles/{key}/graph", "/api/v1/profiles/{key}/timeline"];

export function Graph({ customer }: { customer: string }) {
  const { t } = useTranslation();
  const asked = useAnswer<Linked>("/api/v1/profiles/{key}/graph", { params: { key: customer } });
  return (
    <Answered asked={asked} rows={8}>
      {(linked) => (
        <div className="grid">
          <Card className="span-6" title={t("customers.linked")} size="small">
            <Web linked={linked} />
          </Card>
          <Card className="span-6" title={t("customers.links")} size="small">
            <Links linked={linked} />
          </Card>
        </div>
      )}
    </Answered>
  );
}

function Web({ linked }: { linked: Linked }) {
  const { t } = useTranslation();
  const { shade } = useShade();
  const narrow = Grid.useBreakpoint().sm === false;
  const option = useMemo(() => drawWeb(linked, SERIES[shade][6], (type) => t(`identifier.${type}`, type), narrow), [linked, shade, t, narrow]);
  const shown = t("customers.linked_says", { count: linked.nodes.length, links: linked.edges.length });
  return <Chart option={option} height={heightOf(linked.nodes.length)} label={shown} />;
}

function Links({ linked }: { linked: Linked }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may } = useSession();
  const { message } = App.useApp();
  const askReason = useAskReason();
  const events = useEventTitles();
  const names = new Map(linked.nodes.map((node) => [node.id, node]));
  const split = useWrite(
    ({ key, reason }: { key: string; reason: string }) =>
      ask<{ customers: string[] }>("post", "/api/v1/identities:split", { body: { keys: [key], reason } }),
    TOUCHED,
    () => void message.success(t("customers.split_done")),
  );
  const table = useTable<Node>(20, linked.nodes.length);
  const confirm = (node: Node) =>
    askReason({
      title: t("customers.split_ask", { what: node.value }),
      means: <p>{t("customers.split_means")}</p>,
      label: t("customers.split"),
      act: (reason) => split.mutateAsync({ key: `${node.type}:${node.value}`, reason }),
    });
  return (
    <>
      <Table<Node>
        size="small"
        rowKey="id"
        pagination={table.pagination}
        onChange={table.onChange}
        className="wrapping"
        tableLayout="fixed"
        dataSource={linked.nodes}
        columns={[
          {
            title: t("customers.identifier"),
            render: (_, node) => (
              <>
                <div>{node.value}</div>
                <span className="muted small">{t(`identifier.${node.type}`, node.type)}</span>{" "}
                {node.capped && <Tag color="warning">{t("customers.capped")}</Tag>}
              </>
            ),
          },
          {
            title: t("customers.why"),
            render: (_, node) => (
              <div className="stack-small small">
                {linked.edges
                  .filter((edge) => edge.from === node.id || edge.to === node.id)
                  .slice(0, 4)
                  .map((edge) => (
                    <div key={edge.from + edge.to}>
                      ↔ {names.get(edge.from === node.id ? edge.to : edge.from)?.value ?? edge.to}
                      <div className="muted">
                        {edge.by === "events"
                          ? t("customers.seen_together", { count: edge.observations })
                          : [t(edge.by === "merge" ? "customers.by_hand" : "customers.split_by_hand"), edge.author, edge.reason]
                              .filter(Boolean)
                              .join(" · ")}
                        {edge.event && ` · ${events.title(edge.event)}`}
                        {edge.last && ` · ${say.day(edge.last)}`}
                      </div>
                    </div>
                  ))}
              </div>
            ),
          },
          ...(may("decide_identity") && linked.nodes.length > 1
            ? [
                {
                  key: "split",
                  width: 76,
                  render: (_: unknown, node: Node) => (
                    <Button size="small" onClick={() => confirm(node)}>
                      {t("customers.split")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </>
  );
}
