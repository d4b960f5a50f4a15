/** The server went away under an open page: that is said, it is waited for, and what was asked meanwhile is asked again. */
import { useQueryClient } from "@tanstack/react-query";
import { Alert } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { onAway } from "@/api/client";

const EVERY = 1_000;

export function Away() {
  const { t } = useTranslation();
  const [away, setAway] = useState(false);
  const client = useQueryClient();
  useEffect(() => {
    onAway(() => setAway(true));
    return () => onAway(null);
  }, []);
  useEffect(() => {
    if (!away) return undefined;
    let timer = 0;
    let over = false;
    const look = async () => {
      const back = await fetch("/healthz", { cache: "no-store" }).then(
        (answer) => answer.ok,
        () => false,
      );
      if (over) return;
      if (back) {
        setAway(false);
        void client.invalidateQueries();
      } else timer = window.setTimeout(() => void look(), EVERY);
    };
    void look();
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [away, client]);
  if (!away) return null;
  return <Alert banner type="warning" role="status" title={t("state.away")} description={t("state.away_kept")} className="away" />;
}
