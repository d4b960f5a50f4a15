/** A package as it is made and changed: its columns, its form, how its identifiers are written. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select, type FormInstance } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { readAll } from "@/api/all";
import { ask } from "@/api/client";
import { useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Meanwhile, Theirs } from "@/parts/meanwhile";
import { FailedHere } from "@/parts/states";

import { readParcel, writeParcel, type Filled, type Parcel } from "./package";
import { TargetFields } from "./target";

const PATH = "/api/v1/packages";
const TYPES = ["phone", "email", "user_id", "customer_no", "openid", "unionid", "device_id"];
const FORMATS = ["csv", "xlsx", "parquet", "ndjson"];
const WAYS = ["masked", "sha256", "md5", "plain"];
/** Only where one was typed: one that is not given anew stays. */
function secretOf(form: FormInstance<Filled>): { secret?: string } {
  const { kind, secret } = form.getFieldsValue(true) as Filled;
  return kind && secret ? { secret } : {};
}

/** `parcel`: the one that is changed; null = a new one. */
export function ParcelForm({ parcel, audience, onClose }: { parcel: Parcel | null; audience: string; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const client = useQueryClient();
  const [form] = Form.useForm<Filled>();
  const [read, setRead] = useState(parcel);
  const [theirs, setTheirs] = useState<Parcel | null>(null);
  const write = (before: Parcel | null) => writeParcel(form.getFieldsValue(true) as Filled, before, audience, say.language);
  const save = useWrite(
    (before: Parcel | null) => ask("post", PATH, { body: { ...write(before), ...secretOf(form) }, match: before && `"${before.state}"` }),
    [PATH],
    onClose,
  );
  const look = async (name: string | undefined) => {
    const all = await readAll<Parcel>(PATH, "packages");
    client.setQueryData([PATH, "all"], all);
    setTheirs(all.find((each) => each.name === name) ?? null);
  };
  const keep = (before: Parcel | null) => {
    setRead(before);
    setTheirs(null);
    save.mutate(before, { onError: ({ code }) => code === "stale" && void look(before?.name) });
  };
  return (
    <Modal
      open
      title={read ? read.name : t("audiences.new_package")}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      confirmLoading={save.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      {theirs ? (
        <Meanwhile
          saving={save.isPending}
          onKeep={() => keep(theirs)}
          onTake={() => {
            form.setFieldsValue(readParcel(theirs, audience));
            setRead(theirs);
            setTheirs(null);
            save.reset();
          }}
        >
          <Theirs theirs={writeParcel(readParcel(theirs, audience), theirs, audience, say.language)} mine={write(read)} />
        </Meanwhile>
      ) : (
        save.error && <FailedHere problem={save.error} />
      )}
      <Form form={form} layout="vertical" initialValues={readParcel(parcel, audience)} onFinish={() => keep(read)}>
        <Form.Item name="name" label={t("word.name")} rules={[{ required: true }]}>
          <Input disabled={read !== null} />
        </Form.Item>
        <Form.Item name="format" label={t("audiences.format")}>
          <Select options={FORMATS.map((each) => ({ value: each, label: each.toUpperCase() }))} />
        </Form.Item>
        <Form.Item name="columns" label={t("room.tags")}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            options={catalogue.rows.map((row) => ({ value: row.name, label: catalogue.title(row.name) }))}
          />
        </Form.Item>
        <Form.Item name="identifiers" label={t("audiences.identifiers")}>
          <Select mode="multiple" options={TYPES.map((each) => ({ value: each, label: t(`identifier.${each}`) }))} />
        </Form.Item>
        <Form.Item name="hidden" label={t("audiences.as")}>
          <Select options={WAYS.map((each) => ({ value: each, label: t(`audiences.as_${each}`) }))} />
        </Form.Item>
        <Form.Item name="mode" label={t("audiences.mode")}>
          <Select options={["full", "incremental"].map((each) => ({ value: each, label: t(`audiences.mode_${each}`) }))} />
        </Form.Item>
        <TargetFields before={read} />
      </Form>
    </Modal>
  );
}
