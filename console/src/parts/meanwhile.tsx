/** Somebody else saved what is being written here. Nothing is lost: theirs is shown, and either taken or saved over. */
import { Alert, Button } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";

import { Changes, compare } from "./changes";
import type { Drafted } from "./draft";

/** The fields in which two saved otherwise. */
export function Theirs({ theirs, mine }: { theirs: Fields; mine: Fields }) {
  const { t } = useTranslation();
  const changes = compare(theirs, mine);
  if (changes.length === 0) return <p className="muted">{t("state.no_difference")}</p>;
  return <Changes changes={changes} heads={[t("state.theirs"), t("state.mine")]} />;
}

type Fields = { [field: string]: Json };

interface Met {
  /** It is not there any more. */
  gone?: boolean;
  saving: boolean;
  onKeep: () => void;
  onTake: () => void;
  /** How theirs differs. */
  children: ReactNode;
}

export function Meanwhile({ gone = false, saving, onKeep, onTake, children }: Met) {
  const { t } = useTranslation();
  const [seen, setSeen] = useState(false);
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 16 }}
      title={t(gone ? "state.removed" : "state.changed")}
      description={
        <div className="stack-small">
          <span>{t(gone ? "state.removed_means" : "state.changed_means")}</span>
          <div className="row row-wrap">
            {!gone && (
              <Button size="small" aria-expanded={seen} onClick={() => setSeen(!seen)}>
                {t(seen ? "state.hide_theirs" : "state.see_theirs")}
              </Button>
            )}
            {seen && (
              <Button size="small" onClick={onTake}>
                {t("state.take_theirs")}
              </Button>
            )}
            <Button size="small" type="primary" loading={saving} onClick={onKeep}>
              {t(gone ? "state.save_anew" : "state.keep_mine")}
            </Button>
          </div>
          {seen && !gone && children}
        </div>
      }
    />
  );
}

type Overtaken<T> = Omit<Met, "onKeep"> & {
  draft: Drafted<T>;
  /** The state there is by now. */
  now: string | null;
  keep: (match: string | null) => void;
};

/** The same of a draft; nothing while it was begun from what still stands. */
export function Overtaken<T>({ draft, now, keep, ...met }: Overtaken<T>) {
  if (draft.state === now) return null;
  return (
    <Meanwhile
      {...met}
      onKeep={() => {
        draft.rebase();
        keep(now);
      }}
    />
  );
}
