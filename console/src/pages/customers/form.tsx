/** Several values at once, by a form of `forms.yaml`. What is written stays until it is sent. */
import { Alert, App, Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Json, Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { readDraft, useDraft } from "@/parts/draft";
import { Nothing } from "@/parts/states";

import { fieldFor, plain } from "./enter";

interface Field {
  name?: string;
  field?: string;
  tag?: string;
  title?: Said;
  entered?: Json;
  type?: Json;
  choices?: Json;
}

interface Sheet {
  name: string;
  title: Said;
  fields: (string | Field)[];
  required: string[];
}

export function FillForm({ customer, open, onClose }: { customer: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { message } = App.useApp();
  const [form] = Form.useForm<Record<string, unknown>>();
  const asked = useAnswer<{ forms: Sheet[] }>("/api/v1/forms", { enabled: open });
  const kept = `form.${customer}`;
  const [chosen, setChosen, forgetChosen] = useDraft<string | null>(`${kept}.name`, null);
  const [, keep, forget] = useDraft<Record<string, Json>>(kept, {});
  const sheet = asked.data?.forms.find((each) => each.name === chosen) ?? asked.data?.forms[0];
  const write = useWrite(
    (values: Record<string, unknown>) => {
      const { reason, ...given } = values;
      const filled = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plain(value ?? null)]));
      return ask("post", "/api/v1/forms/{name}:fill", {
        params: { name: sheet?.name ?? "" },
        body: { key: customer, values: filled, reason: typeof reason === "string" ? reason : "" },
      });
    },
    ["/api/v1/profiles/{key}", "/api/v1/profiles/{key}/timeline"],
    () => {
      void message.success(t("state.saved"));
      forget();
      forgetChosen();
      form.resetFields();
      onClose();
    },
  );
  return (
    <Modal
      open={open}
      title={t("customers.fill_form")}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ disabled: !sheet }}
      confirmLoading={write.isPending}
      destroyOnHidden
    >
      {write.error && <Alert type="error" showIcon title={write.error.message} style={{ marginBottom: 12 }} />}
      {!sheet ? (
        <Nothing title={t("customers.no_forms")} />
      ) : (
        <>
          {(asked.data?.forms.length ?? 0) > 1 && (
            <Select
              style={{ width: "100%", marginBottom: 16 }}
              aria-label={t("customers.form")}
              value={sheet.name}
              onChange={setChosen}
              options={asked.data?.forms.map((each) => ({ value: each.name, label: say.title(each.title, each.name) }))}
            />
          )}
          <Form
            form={form}
            layout="vertical"
            initialValues={readDraft<Record<string, unknown>>(kept) ?? {}}
            onValuesChange={(_, all: Record<string, unknown>) =>
              keep(Object.fromEntries(Object.entries(all).map(([name, value]) => [name, plain(value ?? null)])))
            }
            onFinish={(values) => write.mutate(values)}
          >
            {sheet.fields.map((field) => {
              const asked = typeof field === "string" ? { name: field } : field;
              const name = asked.name ?? asked.field ?? asked.tag ?? "";
              return (
                <Form.Item
                  key={name}
                  name={name}
                  label={say.title(asked.title, name)}
                  rules={sheet.required.includes(name) ? [{ required: true }] : []}
                >
                  {fieldFor(asked.entered ?? asked.choices ?? asked.type, [t("word.yes"), t("word.no")])}
                </Form.Item>
              );
            })}
            <Form.Item name="reason" label={t("word.reason")}>
              <Input maxLength={1000} />
            </Form.Item>
          </Form>
        </>
      )}
    </Modal>
  );
}
