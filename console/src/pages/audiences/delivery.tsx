/** Members as files: made, fetched, sent, and what became of each. */
import { Button, Card, Form, Input, Modal, Select, Table } from "antd";
import { DownloadOutlined, PlusOutlined, SendOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAll } from "@/api/all";
import { ask, writePath } from "@/api/client";
import { beginJob, useLongWrite } from "@/api/jobs";
import { useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { JobProgress } from "@/parts/job";
import { Answered, FailedHere, Nothing } from "@/parts/states";

import { Deliveries } from "./deliveries";

interface Parcel {
  name: string;
  audience: string;
  format: string;
  columns: string[];
  mode: string;
  schedule: string | null;
  target: { kind: string } | null;
}

export function Delivery({ audience }: { audience: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [making, setMaking] = useState(false);
  const asked = useAll<Parcel>("/api/v1/packages", "packages");
  const ours = asked.data?.filter((each) => each.audience === audience) ?? [];
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
            <Button size="small" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
              {t("audiences.new_package")}
            </Button>
          )
        }
      >
        <JobProgress job={send.job} />
        {send.error && <FailedHere problem={send.error} />}
        <Answered asked={asked}>
          {() =>
            ours.length === 0 ? (
              <Nothing title={t("audiences.no_packages")} />
            ) : (
              <Parcels parcels={ours} busy={send.isPending} onSend={(name) => send.mutate(name)} />
            )
          }
        </Answered>
      </Card>
      <Deliveries names={ours.map((each) => each.name)} />
      <NewPackage audience={audience} open={making} onClose={() => setMaking(false)} />
    </div>
  );
}

function Parcels({ parcels, busy, onSend }: { parcels: Parcel[]; busy: boolean; onSend: (name: string) => void }) {
  const { t } = useTranslation();
  const fetchFile = (each: Parcel) => {
    // A form's own way to a file: the browser keeps it, however large.
    const link = document.createElement("a");
    link.href = writePath("/api/v1/packages/{name}/file", { name: each.name });
    link.download = `${each.name}.${each.format}`;
    link.click();
  };
  return (
    <Table<Parcel>
      size="small"
      rowKey="name"
      pagination={parcels.length > 20 ? { pageSize: 20 } : false}
      dataSource={parcels}
      scroll={{ x: "max-content" }}
      columns={[
        { title: t("word.name"), dataIndex: "name" },
        { title: t("audiences.format"), render: (_, row) => row.format.toUpperCase() },
        { title: t("audiences.to"), render: (_, row) => row.target?.kind ?? t("audiences.by_hand") },
        { title: t("audiences.schedule"), render: (_, row) => row.schedule ?? "–" },
        {
          key: "do",
          render: (_, row) => (
            <span className="row">
              <Button size="small" icon={<DownloadOutlined />} onClick={() => fetchFile(row)}>
                {t("audiences.download")}
              </Button>
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

interface Made {
  name: string;
  format: string;
  columns?: string[];
  identifiers?: string[];
  hidden: string;
}

function NewPackage({ audience, open, onClose }: { audience: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const [form] = Form.useForm<Made>();
  const save = useWrite(
    (given: Made) =>
      ask("post", "/api/v1/packages", {
        body: {
          name: given.name,
          audience,
          format: given.format,
          columns: given.columns ?? [],
          identifiers: Object.fromEntries((given.identifiers ?? []).map((type) => [type, given.hidden])),
          header: say.language,
        },
      }),
    ["/api/v1/packages"],
    () => {
      form.resetFields();
      onClose();
    },
  );
  const types = ["phone", "email", "user_id", "customer_no", "openid", "unionid", "device_id"];
  return (
    <Modal
      open={open}
      title={t("audiences.new_package")}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      confirmLoading={save.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      {save.error && <FailedHere problem={save.error} />}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ name: audience, format: "csv", hidden: "masked" }}
        onFinish={(given) => save.mutate(given)}
      >
        <Form.Item name="name" label={t("word.name")} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="format" label={t("audiences.format")}>
          <Select options={["csv", "xlsx", "parquet", "ndjson"].map((each) => ({ value: each, label: each.toUpperCase() }))} />
        </Form.Item>
        <Form.Item name="columns" label={t("room.tags")}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            options={catalogue.rows.map((row) => ({ value: row.name, label: catalogue.title(row.name) }))}
          />
        </Form.Item>
        <Form.Item name="identifiers" label={t("audiences.identifiers")}>
          <Select mode="multiple" options={types.map((each) => ({ value: each, label: t(`identifier.${each}`) }))} />
        </Form.Item>
        <Form.Item name="hidden" label={t("audiences.as")}>
          <Select
            options={["masked", "sha256", "md5", "plain"].map((each) => ({ value: each, label: t(`audiences.as_${each}`) }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
