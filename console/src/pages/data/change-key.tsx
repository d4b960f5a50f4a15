/** A key's name and rate, changed. What it may do, its source and its secret are what it was made for. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, InputNumber, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { useWrite } from "@/api/questions";
import { Meanwhile, Theirs } from "@/parts/meanwhile";
import { FailedHere } from "@/parts/states";

import type { Key } from "./keys";

interface Filled {
  name: string;
  rate: number | null;
}

const PATH = "/api/v1/keys";

function readKey({ name, rate }: Key): Filled {
  return { name, rate };
}

export function ChangeKey({ held, onClose }: { held: Key; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<Filled>();
  const [read, setRead] = useState(held);
  const [theirs, setTheirs] = useState<Key | null>(null);
  const write = () => ({ ...readKey(read), ...form.getFieldsValue() });
  const save = useWrite(
    (before: Key) => ask<Key>("patch", `${PATH}/{id}`, { params: { id: before.id }, body: write(), match: `"${before.state}"` }),
    [PATH],
    onClose,
  );
  const look = async () => {
    setTheirs(await ask<Key>("get", `${PATH}/{id}`, { params: { id: held.id } }));
    void client.invalidateQueries({ queryKey: [PATH] });
  };
  const keep = (before: Key) => {
    setRead(before);
    setTheirs(null);
    save.mutate(before, { onError: ({ code }) => code === "stale" && void look() });
  };
  return (
    <Modal
      open
      title={t("data.change_key", { name: held.name })}
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
            form.setFieldsValue(readKey(theirs));
            setRead(theirs);
            setTheirs(null);
            save.reset();
          }}
        >
          <Theirs theirs={{ ...readKey(theirs) }} mine={{ ...write() }} />
        </Meanwhile>
      ) : (
        save.error && <FailedHere problem={save.error} />
      )}
      <Form form={form} name="key" layout="vertical" initialValues={readKey(held)} onFinish={() => keep(read)}>
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
