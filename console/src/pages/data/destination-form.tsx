/** A destination is made, or told elsewhere and of other things. Its secret is what it was made with. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useAll } from "@/api/all";
import type { AudienceRow } from "@/api/answers";
import { ask } from "@/api/client";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { SavingTold, useSaving } from "@/parts/meanwhile";

import { hasWriteKey, PATH, readDestination, writeChange, writeNew, type Destination, type Filled } from "./destination";

interface Opened {
  /** The one that is changed; null = a new one. */
  held: Destination | null;
  onClose: () => void;
  onMade: (made: Destination) => void;
}

const ONE = `${PATH}/{name}` as const;

export function DestinationForm({ held, onClose, onMade }: Opened) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<Filled>();
  const read = () => form.getFieldsValue(true) as Filled;
  const saving = useSaving<Destination>(held, {
    send: async (before, match) => {
      if (before) return ask("patch", ONE, { params: { name: before.name }, body: writeChange(read()), match });
      onMade(await ask<Destination>("post", PATH, { body: writeNew(read()) }));
    },
    look: () => {
      void client.invalidateQueries({ queryKey: [PATH] });
      return ask<Destination>("get", ONE, { params: { name: held?.name ?? "" } });
    },
    fill: (theirs) => form.setFieldsValue(readDestination(theirs)),
    touches: [PATH],
    onSaved: onClose,
  });
  return (
    <Modal
      open
      title={held ? t("data.change_key", { name: held.name }) : t("destination.new")}
      okText={t(held ? "word.save" : "word.add")}
      cancelText={t("word.cancel")}
      confirmLoading={saving.pending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <SavingTold saving={saving} spell={(theirs) => ({ theirs: writeChange(readDestination(theirs)), mine: writeChange(read()) })} />
      <Form form={form} name="destination" layout="vertical" initialValues={readDestination(held)} onFinish={saving.save}>
        <Fields fresh={held === null} />
      </Form>
    </Modal>
  );
}

function Fields({ fresh }: { fresh: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const audiences = useAll<AudienceRow>("/api/v1/audiences", "audiences");
  const segment = hasWriteKey(Form.useWatch("format") as string | undefined);
  const needed = [{ required: true, message: t("target.missing") }];
  return (
    <>
      <Form.Item name="name" label={t("word.name")} rules={needed} extra={fresh && t("destination.name_means")}>
        <Input disabled={!fresh} maxLength={64} />
      </Form.Item>
      <Form.Item name="format" label={t("destination.format")}>
        <Select disabled={!fresh} options={["standard", "segment", "segment_identify"].map((value) => ({ value, label: t(`destination.${value}`) }))} />
      </Form.Item>
      <Form.Item name="url" label={t("destination.url")} rules={needed} extra={segment && t("destination.url_segment")}>
        <Input maxLength={2000} inputMode="url" placeholder="https://" />
      </Form.Item>
      {segment && (
        <Form.Item name="write_key" label={t("destination.write_key")} rules={fresh ? needed : []} extra={!fresh && t("destination.write_key_kept")}>
          <Input.Password autoComplete="off" />
        </Form.Item>
      )}
      <Form.Item name="tags" label={t("room.tags")}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: "label" }}
          options={catalogue.rows.map((row) => ({ value: row.name, label: catalogue.title(row.name) }))}
        />
      </Form.Item>
      <Form.Item name="audiences" label={t("room.audiences")}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: "label" }}
          options={(audiences.data ?? []).map((each) => ({ value: each.name, label: say.title(each.title, each.name) }))}
        />
      </Form.Item>
      <Form.Item name="allow_private" label={t("destination.private")} valuePropName="checked" extra={t("destination.private_means")}>
        <Switch />
      </Form.Item>
    </>
  );
}
