/** Members as files: made, fetched, sent, and what became of each. */
import { App, Button, Card, Form, Input, Modal, Select, Table, Tag } from "antd";
import { DownloadOutlined, PlusOutlined, SendOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ask, writePath } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Answered, FailedHere, Nothing } from "@/parts/states";

interface Parcel {
  name: string;
  audience: string;
  format: string;
  columns: string[];
  mode: string;
  schedule: string | null;
  target: { kind: string } | null;
}

interface Brought {
  id: number;
  package: string;
  status: string;
  rows: number | null;
  file: string | null;
  tries: number;
  reason: string | null;
  snapshot: number | null;
}

const TONE: Record<string, string> = { done: "success", sent: "success", delivered: "success", failed: "error", dead: "error" };

export function Delivery({ audience }: { audience: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { message } = App.useApp();
  const [making, setMaking] = useState(false);
  const asked = useAnswer<{ packages: Parcel[] }>("/api/v1/packages");
  const brought = useAnswer<{ deliveries: Brought[] }>("/api/v1/packages:deliveries", { every: 5_000 });
  const send = useWrite(
    (name: string) => ask("post", "/api/v1/packages/{name}:send", { params: { name } }),
    ["/api/v1/packages:deliveries", "/api/v1/packages"],
  );
  const retry = useWrite((id: number) => ask("post", "/api/v1/packages:retry", { body: { id } }), ["/api/v1/packages:deliveries"]);
  const fetchFile = (each: Parcel) => {
    // A form's own way to a file: the browser keeps it, however large.
    const link = document.createElement("a");
    link.href = writePath("/api/v1/packages/{name}/file", { name: each.name });
    link.download = `${each.name}.${each.format}`;
    link.click();
  };
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
        <Answered asked={asked}>
          {({ packages }) => {
            const ours = packages.filter((each) => each.audience === audience);
            if (ours.length === 0) return <Nothing title={t("audiences.no_packages")} />;
            return (
              <Table<Parcel>
                size="small"
                rowKey="name"
                pagination={false}
                dataSource={ours}
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
                          <Button
                            size="small"
                            icon={<SendOutlined />}
                            onClick={() => send.mutate(row.name, { onError: (problem) => void message.error(problem.message) })}
                          >
                            {t("audiences.send")}
                          </Button>
                        )}
                      </span>
                    ),
                  },
                ]}
              />
            );
          }}
        </Answered>
      </Card>
      <Card size="small" className="span-6" title={t("audiences.deliveries")}>
        <Answered asked={brought}>
          {({ deliveries }) => {
            const names = new Set(asked.data?.packages.filter((each) => each.audience === audience).map((each) => each.name));
            const ours = deliveries.filter((each) => names.has(each.package));
            if (ours.length === 0) return <Nothing title={t("audiences.no_deliveries")} />;
            return (
              <Table<Brought>
                size="small"
                rowKey="id"
                dataSource={ours}
                scroll={{ x: "max-content" }}
                pagination={ours.length > 10 ? { pageSize: 10 } : false}
                columns={[
                  { title: t("word.name"), dataIndex: "package" },
                  { title: t("word.status"), render: (_, row) => <Tag color={TONE[row.status] ?? "processing"}>{row.status}</Tag> },
                  { title: t("audiences.rows"), dataIndex: "rows", align: "right" },
                  { title: t("audiences.tries"), dataIndex: "tries", align: "right" },
                  { title: t("word.reason"), render: (_, row) => row.reason ?? row.file ?? "" },
                  {
                    key: "do",
                    render: (_, row) =>
                      TONE[row.status] === "error" &&
                      may("manage_keys") && (
                        <Button size="small" onClick={() => retry.mutate(row.id)}>
                          {t("state.again")}
                        </Button>
                      ),
                  },
                ]}
              />
            );
          }}
        </Answered>
      </Card>
      <NewPackage audience={audience} open={making} onClose={() => setMaking(false)} />
    </div>
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
