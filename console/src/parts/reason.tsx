/** Asks for a reason before something is done. The dialog stays, with the reason, until it is done. */
import { App, Input } from "antd";
import { useCallback, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useTell } from "./tell";

interface Question {
  title: string;
  means?: ReactNode;
  /** Of the button that does it. */
  label: string;
  /** Nothing is done without one. */
  needed?: boolean;
  act: (reason: string) => Promise<unknown>;
}

export function useAskReason(): (question: Question) => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const tell = useTell();
  return useCallback(
    ({ title, means, label, needed = false, act }) => {
      let reason = "";
      const busy = (loading: boolean) => asked.update({ okButtonProps: { loading } });
      const write = (text: string) => {
        reason = text;
        if (needed) asked.update({ okButtonProps: { disabled: !reason.trim() } });
      };
      const asked = modal.confirm({
        title,
        content: (
          <div className="stack-small">
            {means}
            <Input aria-label={t("word.reason")} placeholder={t("word.reason")} maxLength={2000} onChange={(event) => write(event.target.value)} />
          </div>
        ),
        okText: label,
        cancelText: t("word.cancel"),
        okButtonProps: { disabled: needed },
        onOk: (close: () => void) => {
          busy(true);
          void act(reason).then(close, (problem) => {
            busy(false);
            tell(problem);
          });
        },
      });
    },
    [t, modal, tell],
  );
}
