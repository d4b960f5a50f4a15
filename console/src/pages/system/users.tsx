/** People who sign in, and their roles. */
import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Card, Dropdown, Form, Input, Modal, Select, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { ShownOnce, type Shown } from "@/parts/once";
import { Answered, NotDone } from "@/parts/states";
import { useTable } from "@/parts/table";
import { useTell } from "@/parts/tell";
import { useOpened } from "@/parts/url";

interface User {
  name: string;
  role: string;
  by: "password" | "oidc";
  created_at: string;
  disabled_at: string | null;
  seen_at: string | null;
  state: string;
  password?: string;
}

const PATH = "/api/v1/users";
const ROLES = ["viewer", "operator", "analyst", "reviewer", "admin"];

export function Users() {
  const { t } = useTranslation();
  const say = useSay();
  const { modal } = App.useApp();
  const tell = useTell();
  const [adding, setAdding] = useOpened("new");
  const [shown, setShown] = useState<Shown | null>(null);
  const asked = useAnswer<{ users: User[] }>(PATH);
  const table = useTable<User>(50, asked.data?.users.length ?? 0);
  const show = (user: User) => user.password && setShown({ name: user.name, secret: user.password });
  const change = useWrite(
    ({ user: { name, state }, what, body }: { user: User; what: string; body?: object }) =>
      ask<User>("post", `/api/v1/users/{name}:${what}`, { params: { name }, body: body ?? {}, match: `"${state}"` }),
    [PATH],
    show,
  );
  const act = (user: User, what: string, body?: object) =>
    change.mutate({ user, what, ...(body ? { body } : {}) }, { onError: tell });
  const sure = (user: User, what: string) =>
    void modal.confirm({ title: t(`system.${what}`), content: t(`system.${what}_means`, { name: user.name }), onOk: () => act(user, what) });
  const roles = ROLES.map((value) => ({ value, label: t(`role.${value}`) }));
  return (
    <Card
      title={t("system.users")}
      extra={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding("1")}>
          {t("system.new_user")}
        </Button>
      }
    >
      <Answered asked={asked}>
        {({ users }) => (
          <Table<User>
            rowKey="name"
            size="small"
            dataSource={users}
            scroll={{ x: "max-content" }}
            pagination={table.pagination}
            onChange={table.onChange}
            columns={[
              { title: t("sign.user"), dataIndex: "name" },
              {
                title: t("system.role"),
                render: (_, user) => (
                  <Select
                    size="small"
                    style={{ minWidth: 130 }}
                    aria-label={t("system.role_of", { name: user.name })}
                    disabled={user.by === "oidc" || user.disabled_at !== null}
                    value={user.role}
                    options={roles}
                    onChange={(role) => act(user, "role", { role })}
                  />
                ),
              },
              { title: t("system.by"), render: (_, user) => t(`system.by_${user.by}`) },
              { title: t("system.seen"), render: (_, user) => (user.seen_at ? say.since(user.seen_at) : "–") },
              {
                title: t("word.status"),
                render: (_, user) =>
                  user.disabled_at ? <Tag>{t("data.disabled")}</Tag> : <Tag color="success">{t("data.in_use")}</Tag>,
              },
              {
                key: "do",
                render: (_, user) => (
                  <Dropdown
                    trigger={["click"]}
                    menu={{
                      items: [
                        ...(user.by === "password" ? [{ key: "password", label: t("system.password") }] : []),
                        { key: "signout", label: t("system.signout") },
                        user.disabled_at
                          ? { key: "enable", label: t("system.enable") }
                          : { key: "disable", label: t("system.disable"), danger: true },
                      ],
                      onClick: ({ key }) => {
                        if (key === "enable") act(user, key);
                        else sure(user, key);
                      },
                    }}
                  >
                    <Button size="small">{t("word.edit")}</Button>
                  </Dropdown>
                ),
              },
            ]}
          />
        )}
      </Answered>
      <NewUser open={adding !== ""} onClose={() => setAdding(null)} onMade={show} roles={roles} />
      <ShownOnce shown={shown} onClose={() => setShown(null)} />
    </Card>
  );
}

function NewUser({
  open,
  onClose,
  onMade,
  roles,
}: {
  open: boolean;
  onClose: () => void;
  onMade: (user: User) => void;
  roles: { value: string; label: string }[];
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string; role: string }>();
  const add = useWrite(
    (body: object) => ask<User>("post", PATH, { body }),
    [PATH],
    (user) => {
      form.resetFields();
      onClose();
      onMade(user);
    },
  );
  return (
    <Modal open={open} title={t("system.new_user")} okText={t("word.add")} onCancel={onClose} onOk={form.submit} confirmLoading={add.isPending}>
      <NotDone kept problem={add.error} />
      <Form form={form} layout="vertical" initialValues={{ role: "viewer" }} onFinish={(given) => add.mutate(given)}>
        <Form.Item name="name" label={t("sign.user")} rules={[{ required: true, message: t("sign.user_missing") }]}>
          <Input autoFocus maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t("system.role")}>
          <Select options={roles} />
        </Form.Item>
        <p className="muted">{t("system.generated")}</p>
      </Form>
    </Modal>
  );
}
