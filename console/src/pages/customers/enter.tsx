/** A tag's value, entered by hand: an event like any other, with its author and reason. */
import { App, Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import { ask } from "@/api/client";
import { useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { isInUse, useTagRows } from "@/parts/catalogue";
import { Answered, NotDone, Nothing } from "@/parts/states";

import { GivenField } from "./given";

interface Given {
  tag: string;
  value: Json;
  reason?: string;
}

export function EnterValue({ customer, open, onClose }: { customer: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { message } = App.useApp();
  const [form] = Form.useForm<Given>();
  const tags = useTagRows();
  const entered = tags.data?.filter((row) => isInUse(row) && row.hand !== null) ?? [];
  const chosen = Form.useWatch("tag", form);
  const write = useWrite(
    (given: Given) =>
      ask("put", "/api/v1/profiles/{key}/tags/{name}", {
        params: { key: customer, name: given.tag },
        body: { value: given.value, reason: given.reason ?? "" },
      }),
    ["/api/v1/profiles/{key}", "/api/v1/profiles/{key}/timeline"],
    () => {
      void message.success(t("state.saved"));
      form.resetFields();
      onClose();
    },
  );
  return (
    <Modal
      open={open}
      title={t("customers.set_tag")}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ disabled: entered.length === 0 }}
      confirmLoading={write.isPending}
    >
      <NotDone kept problem={write.error} />
      <Answered asked={tags}>
        {() =>
          entered.length === 0 ? (
            <Nothing title={t("customers.no_entered")} />
          ) : (
            <Form
              form={form}
              layout="vertical"
              onValuesChange={(changed: Partial<Given>) => "tag" in changed && form.resetFields(["value"])}
              onFinish={(given) => write.mutate(given)}
              requiredMark={false}
            >
              <Form.Item name="tag" label={t("customers.tag")} rules={[{ required: true }]}>
                <Select
                  showSearch={{ optionFilterProp: "label" }}
                  options={entered.map((row) => ({ value: row.name, label: say.title(row.title, row.name) }))}
                />
              </Form.Item>
              <Form.Item name="value" label={t("word.value")} rules={[{ required: true }]}>
                <GivenField row={entered.find((row) => row.name === chosen)} />
              </Form.Item>
              <Form.Item name="reason" label={t("word.reason")}>
                <Input maxLength={1000} />
              </Form.Item>
            </Form>
          )
        }
      </Answered>
    </Modal>
  );
}
