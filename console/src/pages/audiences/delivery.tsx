/** Members as files: made, fetched, sent, and what became of each. */
import { Button, Card, Table } from "antd";
import { DownloadOutlined, PlusOutlined, SendOutlined } from "@ant-design/icons";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";

import { useAll } from "@/api/all";
import { ask, writePath } from "@/api/client";
import { beginJob, useLongWrite } from "@/api/jobs";
import { useSession } from "@/app/session";
import { JobProgress } from "@/parts/job";
import { later } from "@/parts/later";
import { Answered, NotDone, Nothing } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useTell } from "@/parts/tell";
import { useOpened } from "@/parts/url";

import { Deliveries } from "./deliveries";
import type { Parcel } from "./package";

const ParcelForm = later(() => import("./parcel").then((found) => found.ParcelForm));

/** No package has this name. */
const NEW = "*";

export function Delivery({ audience }: { audience: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [open, setOpen] = useOpened("parcel");
  const asked = useAll<Parcel>("/api/v1/packages", "packages");
  const ours = asked.data?.filter((each) => each.audience === audience) ?? [];
  const changed = ours.find((each) => each.name === open);
  const send = useLongWrite((name: string) => beginJob("/api/v1/packages/{name}:send", { params: { name } }), [
    "/api/v1/packages:deliveries",
    "/api/v1/packages",
  ]);
  return (
    <div className="grid">
      <Card
        size="small"
        className="span-6"
        title={t("audiences.packages")}
        extra={
          may("manage_keys") && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(NEW)}>
              {t("audiences.new_package")}
            </Button>
          )
        }
      >
        <JobProgress job={send.job} />
        <NotDone problem={send.error} />
        <Answered asked={asked}>
          {() =>
            ours.length === 0 ? (
              <Nothing title={t("audiences.no_packages")} />
            ) : (
              <Parcels parcels={ours} busy={send.isPending} onSend={(name) => send.mutate(name)} onChange={({ name }) => setOpen(name)} />
            )
          }
        </Answered>
      </Card>
      <Deliveries names={ours.map((each) => each.name)} />
      <Suspense fallback={null}>
        {(open === NEW || changed) && <ParcelForm key={open} parcel={changed ?? null} audience={audience} onClose={() => setOpen(null)} />}
      </Suspense>
    </div>
  );
}

interface Listed {
  parcels: Parcel[];
  busy: boolean;
  onSend: (name: string) => void;
  onChange: (parcel: Parcel) => void;
}

function Parcels({ parcels, busy, onSend, onChange }: Listed) {
  const { t } = useTranslation();
  const { may } = useSession();
  const tell = useTell();
  const table = useTable<Parcel>(20, parcels.length);
  const fetchFile = async (each: Parcel) => {
    // The browser fetches the file by itself, however large, and would say nothing of a session that is over.
    await ask("get", "/api/v1/packages/{name}", { params: { name: each.name } });
    const link = document.createElement("a");
    link.href = writePath("/api/v1/packages/{name}/file", { name: each.name });
    link.download = `${each.name}.${each.format}`;
    link.click();
  };
  return (
    <Table<Parcel>
      size="small"
      rowKey="name"
      pagination={table.pagination}
      onChange={table.onChange}
      dataSource={parcels}
      scroll={{ x: "max-content" }}
      columns={[
        { title: t("word.name"), dataIndex: "name" },
        { title: t("audiences.format"), render: (_, row) => row.format.toUpperCase() },
        { title: t("audiences.to"), render: (_, row) => row.target ? t(`target.${row.target.kind}`, row.target.kind) : t("audiences.by_hand") },
        { title: t("audiences.schedule"), render: (_, row) => row.schedule ?? "–" },
        {
          key: "do",
          render: (_, row) => (
            <span className="row">
              <Button size="small" icon={<DownloadOutlined />} onClick={() => void fetchFile(row).catch(tell)}>
                {t("audiences.download")}
              </Button>
              {may("manage_keys") && (
                <Button size="small" onClick={() => onChange(row)}>
                  {t("word.edit")}
                </Button>
              )}
              {row.target && (
                <Button size="small" icon={<SendOutlined />} disabled={busy} onClick={() => onSend(row.name)}>
                  {t("audiences.send")}
                </Button>
              )}
            </span>
          ),
        },
      ]}
    />
  );
}
