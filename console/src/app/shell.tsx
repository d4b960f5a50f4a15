/** The frame around every page: ways to the rooms, search, who is here. */
import {
  DatabaseOutlined,
  ExperimentOutlined,
  HomeOutlined,
  IdcardOutlined,
  KeyOutlined,
  LogoutOutlined,
  MenuOutlined,
  SettingOutlined,
  TagsOutlined,
  TeamOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { Button, Drawer, Dropdown, Grid, Layout, Menu } from "antd";
import { Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";

import { later } from "@/parts/later";
import { Waiting } from "@/parts/states";
import { useTell } from "@/parts/tell";
import { useOpened } from "@/parts/url";

import mark from "../limner.svg";
import { Away } from "./away";
import { Boundary } from "./boundary";
import { Finder } from "./finder";
import { useSession } from "./session";
import { LanguageSwitch, ShadeSwitch } from "./switches";

const ChangePassword = later(() => import("./password").then((found) => found.ChangePassword));

/** A room in which a reader may see nothing is not shown to them: `rights` opens it, any of them. */
const ROOMS: readonly { path: string; name: string; icon: ReactNode; rights?: readonly string[] }[] = [
  { path: "/", name: "home", icon: <HomeOutlined /> },
  { path: "/customers", name: "customers", icon: <UserOutlined /> },
  { path: "/tags", name: "tags", icon: <TagsOutlined /> },
  { path: "/audiences", name: "audiences", icon: <TeamOutlined /> },
  { path: "/models", name: "models", icon: <ExperimentOutlined /> },
  { path: "/personas", name: "personas", icon: <IdcardOutlined /> },
  { path: "/data", name: "data", icon: <DatabaseOutlined /> },
  { path: "/system", name: "system", icon: <SettingOutlined />, rights: ["manage_jobs", "manage_users", "read_audit"] },
];

function Rooms({ onChoose }: { onChoose?: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const { may } = useSession();
  const here = ROOMS.find((room) => room.path !== "/" && pathname.startsWith(room.path))?.path ?? "/";
  return (
    <nav aria-label={t("app.rooms")}>
      <Menu
        mode="inline"
        selectedKeys={[here]}
        style={{ border: 0 }}
        onClick={onChoose}
        items={ROOMS.filter(({ rights }) => rights?.some(may) ?? true).map(({ path, name, icon }) => ({
          key: path,
          icon,
          label: <Link to={path}>{t(`room.${name}`)}</Link>,
        }))}
      />
    </nav>
  );
}

function Brand() {
  const { t } = useTranslation();
  return (
    <Link to="/" className="brand" aria-label={t("app.name")}>
      <img src={mark} alt="" width={30} height={30} />
      <span className="brand-name">{t("app.name")}</span>
    </Link>
  );
}

function Who() {
  const { t } = useTranslation();
  const { session, leave } = useSession();
  const tell = useTell();
  const [opened, setOpened] = useOpened("account");
  const own = session.by === "password";
  const items = [
    { key: "who", disabled: true, label: `${session.name} · ${t(`role.${session.role}`, session.role)}` },
    { type: "divider" as const },
    ...(own ? [{ key: "password", icon: <KeyOutlined />, label: t("password.change"), onClick: () => setOpened("password") }] : []),
    { key: "leave", icon: <LogoutOutlined />, label: t("sign.leave"), onClick: () => void leave().catch(tell) },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button type="text" shape="circle" aria-label={t("app.account", { name: session.name })}>
          <span className="initial">{session.name.slice(0, 1).toUpperCase()}</span>
        </Button>
      </Dropdown>
      <Suspense fallback={null}>{own && opened === "password" && <ChangePassword user={session.user} onClose={() => setOpened(null)} />}</Suspense>
    </>
  );
}

export function Shell() {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  return (
    <Layout className="shell">
      <a className="skip" href="#page">
        {t("app.skip")}
      </a>
      {wide && (
        <Layout.Sider width={208} className="side" theme="light">
          <div className="side-top">
            <Brand />
          </div>
          <Rooms />
        </Layout.Sider>
      )}
      <Drawer open={!wide && open} onClose={() => setOpen(false)} placement="left" size={250} title={<Brand />}>
        <Rooms onChoose={() => setOpen(false)} />
      </Drawer>
      <Layout>
        <Layout.Header className="top">
          {!wide && <Button type="text" icon={<MenuOutlined />} aria-label={t("app.menu")} onClick={() => setOpen(true)} />}
          <Finder />
          <span className="grow" />
          <LanguageSwitch />
          <ShadeSwitch />
          <Who />
        </Layout.Header>
        <Away />
        <Layout.Content id="page" className="page" tabIndex={-1} role="main">
          <Boundary key={pathname.split("/")[1]}>
            <Suspense fallback={<Waiting rows={10} />}>
              <Outlet />
            </Suspense>
          </Boundary>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}

