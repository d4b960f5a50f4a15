/** Where a package is brought, and when: the fields that each kind of target needs. */
import { Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { keepsSecret, KINDS, type Filled, type Parcel } from "./package";

export function TargetFields({ before }: { before: Parcel | null }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<Filled>();
  const kind = Form.useWatch("kind", form) ?? "";
  const settings = Form.useWatch("settings", form);
  const { needed, possible, secret } = KINDS[kind] ?? { needed: [], possible: [] };
  const kept = Boolean(settings) && keepsSecret(form.getFieldsValue(true) as Filled, before);
  return (
    <>
      <Form.Item name="kind" label={t("audiences.to")}>
        <Select options={["", ...Object.keys(KINDS)].map((each) => ({ value: each, label: each ? t(`target.${each}`) : t("audiences.by_hand") }))} />
      </Form.Item>
      {[...needed, ...possible].map((field) => (
        <Setting key={`${kind}.${field}`} field={field} needed={needed.includes(field)} />
      ))}
      {secret && (
        <Form.Item
          name="secret"
          label={t(`target.secret_${kind}`)}
          extra={t(kept ? "target.secret_kept" : "target.secret_means")}
          rules={[{ required: secret === "needed" && !kept, message: t("target.missing") }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      )}
      {kind && (
        <Form.Item name="schedule" label={t("audiences.schedule")} extra={t("target.schedule_means")}>
          <Input placeholder="30 2 * * *" />
        </Form.Item>
      )}
    </>
  );
}

function Setting({ field, needed }: { field: string; needed: boolean }) {
  const { t } = useTranslation();
  const name = ["settings", field];
  const label = t(`target.${field}`);
  if (field === "allow_private") {
    return (
      <Form.Item name={name} label={label} valuePropName="checked">
        <Switch />
      </Form.Item>
    );
  }
  return (
    <Form.Item name={name} label={label} rules={[{ required: needed, message: t("target.missing") }]}>
      {field === "port" ? <InputNumber min={1} max={65_535} placeholder="22" /> : <Input placeholder={SUCH_AS[field]} />}
    </Form.Item>
  );
}

const SUCH_AS: Record<string, string> = { endpoint: "https://…", url: "https://…", host_key: "ssh-ed25519 AAAA…" };
