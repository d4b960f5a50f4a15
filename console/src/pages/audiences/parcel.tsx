/** A package as it is made and changed: its columns, its form, how its identifiers are written. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select, type FormInstance } from "antd";
import { useTranslation } from "react-i18next";

import { readAll } from "@/api/all";
import { ask } from "@/api/client";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { SavingTold, useSaving } from "@/parts/meanwhile";

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
  const write = (before: Parcel | null) => writeParcel(form.getFieldsValue(true) as Filled, before, audience, say.language);
  const saving = useSaving<Parcel>(parcel, {
    send: (before, match) => ask("post", PATH, { body: { ...write(before), ...secretOf(form) }, match }),
    look: async () => {
      const all = await readAll<Parcel>(PATH, "packages");
      client.setQueryData([PATH, "all"], all);
      return all.find((each) => each.name === parcel?.name) ?? null;
    },
    fill: (theirs) => form.setFieldsValue(readParcel(theirs, audience)),
    touches: [PATH],
    onSaved: onClose,
  });
  const { read } = saving;
  return (
    <Modal
      open
      title={read ? read.name : t("audiences.new_package")}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      confirmLoading={saving.pending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <SavingTold
        saving={saving}
        spell={(theirs) => ({ theirs: writeParcel(readParcel(theirs, audience), theirs, audience, say.language), mine: write(read) })}
      />
      <Form form={form} layout="vertical" initialValues={readParcel(parcel, audience)} onFinish={saving.save}>
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
