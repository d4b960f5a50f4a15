/** Another password for who is signed in: the old one, the new one twice, Enter. */
import { Alert, App, Form, Input, Modal, type InputRef } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Session } from "@/api/answers";
import { ask, OWN_PASSWORD } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useWrite } from "@/api/questions";
import { NotDone } from "@/parts/states";

interface Given {
  old: string;
  new: string;
  again: string;
}

const SHORTEST = 10;
const LONGEST = 200;

export function ChangePassword({ user, onClose }: { user: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Given>();
  const first = useRef<InputRef>(null);
  const change = useWrite(
    (given: Given) => ask<Session>("put", OWN_PASSWORD, { body: { old: given.old, new: given.new } }),
    [],
    () => {
      onClose();
      void message.success(t("password.changed"));
    },
  );
  const save = (given: Given) =>
    change.mutate(given, {
      onError: (problem) => {
        const field = fieldOf(problem);
        if (!field) return;
        form.setFields([{ name: field, errors: [field === "old" ? t("password.wrong") : problem.message] }]);
        form.focusField(field);
      },
    });
  return (
    <Modal
      open
      title={t("password.change")}
      okText={t("password.change")}
      cancelText={t("word.cancel")}
      confirmLoading={change.isPending}
      onCancel={onClose}
      onOk={form.submit}
      afterOpenChange={(open) => open && first.current?.focus()}
      width={440}
    >
      <p className="muted">{t("password.means")}</p>
      {change.error?.status === 429 ? (
        <Alert type="error" showIcon className="not-done" title={t("sign.locked", { seconds: change.error.retryAfter ?? 60 })} />
      ) : (
        change.error && !fieldOf(change.error) && <NotDone problem={change.error} kept />
      )}
      <Form<Given> form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <input hidden readOnly autoComplete="username" name="username" value={user} />
        <Form.Item name="old" label={t("password.old")} rules={[{ required: true, message: t("password.old_missing") }]}>
          <Input.Password ref={first} autoComplete="current-password" maxLength={LONGEST} onPressEnter={form.submit} />
        </Form.Item>
        <Form.Item name="new" label={t("password.new")} extra={t("password.rule", { least: SHORTEST })} rules={[{ required: true, min: SHORTEST, message: t("password.short", { least: SHORTEST }) }]}>
          <Input.Password autoComplete="new-password" maxLength={LONGEST} onPressEnter={form.submit} />
        </Form.Item>
        <Form.Item
          name="again"
          label={t("password.again")}
          dependencies={["new"]}
          rules={[{ validator: (_, text) => (text === form.getFieldValue("new") ? Promise.resolve() : Promise.reject(new Error(t("password.differs")))) }]}
        >
          <Input.Password autoComplete="new-password" maxLength={LONGEST} onPressEnter={form.submit} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Which of the fields the server did not take. */
function fieldOf({ status, code }: Problem): "old" | "new" | null {
  if (status === 401) return "old";
  return code === "data" ? "new" : null;
}
