/** Several values at once, by a form of `forms.yaml`. What is written stays until it is sent. */
import { App, Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Json, Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { readDraft, useDraft } from "@/parts/draft";
import { Answered, NotDone, Nothing } from "@/parts/states";

import { GivenField } from "./given";

interface Sheet {
  name: string;
  title: Said;
  fields: string[];
  required: string[];
}

export function FillForm({ customer, open, onClose }: { customer: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const { message } = App.useApp();
  const [form] = Form.useForm<Record<string, Json>>();
  const asked = useAnswer<{ forms: Sheet[] }>("/api/v1/forms", { enabled: open });
  const kept = `form.${customer}`;
  const choice = useDraft<string | null>(`${kept}.name`, null);
  const { write: keep, forget } = useDraft<Record<string, Json>>(kept, {});
  const sheet = asked.data?.forms.find((each) => each.name === choice.value) ?? asked.data?.forms[0];
  const write = useWrite(
    (values: Record<string, Json>) => {
      const { reason, ...given } = values;
      return ask("post", "/api/v1/forms/{name}:fill", {
        params: { name: sheet?.name ?? "" },
        body: { key: customer, values: given, reason: typeof reason === "string" ? reason : "" },
      });
    },
    ["/api/v1/profiles/{key}", "/api/v1/profiles/{key}/timeline"],
    () => {
      void message.success(t("state.saved"));
      forget();
      choice.forget();
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
      <NotDone kept problem={write.error} />
      <Answered asked={asked}>
        {({ forms }) =>
          !sheet ? (
            <Nothing title={t("customers.no_forms")} />
          ) : (
            <>
              {forms.length > 1 && (
                <Select
                  style={{ width: "100%", marginBottom: 16 }}
                  aria-label={t("customers.form")}
                  value={sheet.name}
                  onChange={choice.write}
                  options={forms.map((each) => ({ value: each.name, label: say.title(each.title, each.name) }))}
                />
              )}
              <Form
                form={form}
                layout="vertical"
                initialValues={readDraft<Record<string, Json>>(kept) ?? {}}
                onValuesChange={(_, all: Record<string, Json>) => keep(all)}
                onFinish={(values) => write.mutate(values)}
              >
                {sheet.fields.map((name) => (
                  <Form.Item
                    key={name}
                    name={name}
                    label={catalogue.title(name)}
                    rules={sheet.required.includes(name) ? [{ required: true }] : []}
                  >
                    <GivenField row={catalogue.byName.get(name)} />
                  </Form.Item>
                ))}
                <Form.Item name="reason" label={t("word.reason")}>
                  <Input maxLength={1000} />
                </Form.Item>
              </Form>
            </>
          )
        }
      </Answered>
    </Modal>
  );
}
