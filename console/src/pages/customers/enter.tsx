/** A tag's value, entered by hand: an event like any other, with its author and reason. */
import { useQuery } from "@tanstack/react-query";
import { Alert, App, DatePicker, Form, Input, InputNumber, Modal, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";

import type { Json, TagShown } from "@/api/answers";
import { ask } from "@/api/client";
import { useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { useTagRows } from "@/parts/catalogue";
import { Nothing } from "@/parts/states";

interface Given {
  tag: string;
  value: Json;
  reason?: string;
}

/** Only tags whose values people give take one. */
function useEntered(open: boolean) {
  const rows = useTagRows();
  return useQuery({
    queryKey: ["entered tags", rows.data?.length ?? 0],
    enabled: open && rows.data !== undefined,
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const all = rows.data ?? [];
      const shown = await Promise.all(
        all.map((row) => ask<TagShown>("get", "/api/v1/tags/{name}", { params: { name: row.name }, signal })),
      );
      return all.flatMap((row, index) => {
        const definition = shown[index]?.definition;
        return definition && "entered" in definition ? [{ row, definition }] : [];
      });
    },
  });
}

export function EnterValue({ customer, open, onClose }: { customer: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { message } = App.useApp();
  const [form] = Form.useForm<Given>();
  const tags = useEntered(open);
  const chosen = Form.useWatch("tag", form);
  const definition = tags.data?.find((each) => each.row.name === chosen)?.definition;
  const write = useWrite(
    (given: Given) =>
      ask("put", "/api/v1/profiles/{key}/tags/{name}", {
        params: { key: customer, name: given.tag },
        body: { value: plain(given.value), reason: given.reason ?? "" },
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
      okButtonProps={{ disabled: !tags.data?.length }}
      confirmLoading={write.isPending}
    >
      {write.error && <Alert type="error" showIcon title={write.error.message} style={{ marginBottom: 12 }} />}
      {tags.data?.length === 0 ? (
        <Nothing title={t("customers.no_entered")} />
      ) : (
        <Form form={form} layout="vertical" onFinish={(given) => write.mutate(given)} requiredMark={false}>
          <Form.Item name="tag" label={t("customers.tag")} rules={[{ required: true }]}>
            <Select
              showSearch={{ optionFilterProp: "label" }}
              loading={tags.isPending}
              options={(tags.data ?? []).map(({ row }) => ({ value: row.name, label: say.title(row.title, row.name) }))}
            />
          </Form.Item>
          <Form.Item name="value" label={t("word.value")} rules={[{ required: true }]}>
            {fieldFor(definition?.entered, [t("word.yes"), t("word.no")])}
          </Form.Item>
          <Form.Item name="reason" label={t("word.reason")}>
            <Input maxLength={1000} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

/** `entered` names a type, or the values to choose from. */
export function fieldFor(entered: Json | undefined, [yes, no]: [string, string]) {
  const asked = entered && typeof entered === "object" && !Array.isArray(entered) ? entered : { type: entered ?? null };
  const choices = Array.isArray(entered) ? entered : (asked.choices ?? asked.values ?? asked.one_of);
  if (Array.isArray(choices)) {
    return <Select showSearch options={choices.map((each) => ({ value: each as string, label: String(each as string) }))} />;
  }
  if (asked.type === "number" || asked.type === "int") return <InputNumber style={{ width: "100%" }} />;
  if (asked.type === "bool" || asked.type === "boolean") {
    return (
      <Select
        options={[
          { value: true as never, label: yes },
          { value: false as never, label: no },
        ]}
      />
    );
  }
  if (asked.type === "date") return <DatePicker style={{ width: "100%" }} />;
  return <Input />;
}

export function plain(value: unknown): Json {
  return dayjs.isDayjs(value) ? value.format("YYYY-MM-DD") : (value as Json);
}
