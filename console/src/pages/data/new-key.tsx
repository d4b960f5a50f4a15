/** A key is made: who holds it, what it may do, how fast. */
import { Form, Input, InputNumber, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { useWrite } from "@/api/questions";
import { NotDone } from "@/parts/states";

import { PATH, type Key } from "./keys";

const ROLES = ["write", "viewer", "operator", "analyst", "reviewer", "admin"];

export function NewKey({ open, onClose, onMade }: { open: boolean; onClose: () => void; onMade: (key: Key) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string; role: string; source?: string; rate?: number }>();
  const role = Form.useWatch("role", form) ?? "write";
  const make = useWrite(
    (body: object) => ask<Key>("post", PATH, { body }),
    [PATH],
    (key) => {
      form.resetFields();
      onClose();
      onMade(key);
    },
  );
  return (
    <Modal
      open={open}
      title={t("data.new_key")}
      okText={t("word.add")}
      onCancel={onClose}
      onOk={form.submit}
      confirmLoading={make.isPending}
    >
      <NotDone kept problem={make.error} />
      <Form form={form} layout="vertical" initialValues={{ role: "write" }} onFinish={(given) => make.mutate(given)}>
        <Form.Item name="name" label={t("word.name")} rules={[{ required: true, message: t("data.name_missing") }]}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="role" label={t("data.role")}>
          <Select options={ROLES.map((value) => ({ value, label: t(`data.role_${value}`) }))} />
        </Form.Item>
        {role === "write" && (
          <Form.Item name="source" label={t("data.source")} extra={t("data.source_means")}>
            <Input maxLength={200} />
          </Form.Item>
        )}
        <Form.Item name="rate" label={t("data.rate")}>
          <InputNumber min={0.001} max={1_000_000} style={{ width: "100%" }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
