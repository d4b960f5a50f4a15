/** A page that breaks says so, and leaves the rest standing. */
import { Button, Result } from "antd";
import { Component, useEffect, useState, type ReactNode } from "react";
import { Translation, useTranslation } from "react-i18next";

import { answers } from "@/api/client";

import { useReturn } from "./away";

export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (/dynamically imported module|Importing a module|preload CSS/.test(error.message)) return <Missing />;
    return (
      <Translation>
        {(t) => <Result status="error" title={t("state.broken")} subTitle={error.message} extra={<Reload />} />}
      </Translation>
    );
  }
}

const reload = () => window.location.reload();

/** A page whose part did not come: while the server is away it is waited for; after an upgrade its file has another name. */
function Missing() {
  const { t } = useTranslation();
  const [away, setAway] = useState(false);
  useEffect(() => void answers().then((there) => setAway(!there)), []);
  useReturn(away, reload);
  return away ? (
    <Result status="warning" title={t("state.away")} subTitle={t("state.away_why")} />
  ) : (
    <Result status="info" title={t("state.upgraded")} extra={<Reload />} />
  );
}

function Reload() {
  const { t } = useTranslation();
  return (
    <Button type="primary" onClick={reload}>
      {t("state.reload")}
    </Button>
  );
}
