/** A key's name and rate, changed. What it may do, its source and its secret are what it was made for. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, InputNumber, Modal } from "antd";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { SavingTold, useSaving } from "@/parts/meanwhile";

import { PATH, type Key } from "./keys";

interface Filled {
  name: string;
  rate: number | null;
}

function readKey({ name, rate }: Key): Filled {
  return { name, rate };
}

export function ChangeKey({ held, onClose }: { held: Key; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<Filled>();
  const write = (before: Key | null) => ({ ...readKey(before ?? held), ...form.getFieldsValue() });
  const saving = useSaving<Key>(held, {
    send: (before, match) => ask("patch", `${PATH}/{id}`, { params: { id: held.id }, body: write(before), match }),
    look: () => {
      void client.invalidateQueries({ queryKey: [PATH] });
      return ask<Key>("get", `${PATH}/{id}`, { params: { id: held.id } });
    },
    fill: (theirs) => form.setFieldsValue(readKey(theirs)),
    touches: [PATH],
    onSaved: onClose,
  });
  return (
    <Modal
      open
      title={t("data.change_key", { name: held.name })}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      confirmLoading={saving.pending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <SavingTold saving={saving} spell={(theirs) => ({ theirs: { ...readKey(theirs) }, mine: write(saving.read) })} />
      <Form form={form} name="key" layout="vertical" initialValues={readKey(held)} onFinish={saving.save}>
        <Form.Item name="name" label={t("word.name")} rules={[{ required: true, message: t("data.name_missing") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="rate" label={t("data.rate")} extra={t("data.rate_none")}>
          <InputNumber min={0.001} max={1_000_000} style={{ width: "100%" }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
