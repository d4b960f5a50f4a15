/** The server went away under an open page: that is said, it is waited for, and what was asked meanwhile is asked again. */
import { useQueryClient } from "@tanstack/react-query";
import { Alert } from "antd";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { answers, onAway } from "@/api/client";

const EVERY = 1_000;

/** Looks, while it is waited for, whether the server answers again. */
export function useReturn(waits: boolean, onBack: () => void): void {
  useEffect(() => {
    if (!waits) return undefined;
    let timer = 0;
    let over = false;
    const look = async () => {
      const back = await answers();
      if (over) return;
      if (back) onBack();
      else timer = window.setTimeout(() => void look(), EVERY);
    };
    void look();
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [waits, onBack]);
}

export function Away() {
  const { t } = useTranslation();
  const [away, setAway] = useState(false);
  const client = useQueryClient();
  useEffect(() => {
    onAway(() => setAway(true));
    return () => onAway(null);
  }, []);
  useReturn(
    away,
    useCallback(() => {
      setAway(false);
      void client.invalidateQueries();
    }, [client]),
  );
  if (!away) return null;
  return <Alert banner type="warning" role="status" title={t("state.away")} description={t("state.away_kept")} className="away" />;
}
