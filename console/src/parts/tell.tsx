/** Says for a while what did not work. */
import { App } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { asProblem } from "@/api/problem";

const SECONDS = 8;

export function useTell(): (problem: unknown) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return useCallback(
    (problem) => {
      const { away, code, message: said } = asProblem(problem);
      const told = away ? t("state.not_done") : code === "stale" ? t("state.stale") : said;
      void message.error({ content: <span className="pre-line">{told}</span>, duration: SECONDS });
    },
    [t, message],
  );
}
