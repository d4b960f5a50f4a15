/** Somebody else saved what is being written here. Nothing is lost: theirs is shown, and either taken or saved over. */
import { Alert, Button } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";
import type { Path } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useWrite } from "@/api/questions";

import { Changes, compare } from "./changes";
import type { Drafted } from "./draft";
import { NotDone } from "./states";

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

interface Wish<T> {
  /** ``match``: of the state that is saved over; null = of something new. */
  send: (before: T | null, match: string | null) => Promise<unknown>;
  /** As it is now; null = it is not there any more. */
  look: () => Promise<T | null>;
  /** Put what somebody else saved into the form. */
  fill: (theirs: T) => void;
  touches: readonly Path[];
  onSaved: () => void;
}

export interface Saving<T> {
  /** What the form was begun from, or saved over since. */
  read: T | null;
  theirs: T | null;
  pending: boolean;
  problem: Problem | null;
  save: () => void;
  /** Save over theirs. */
  keep: () => void;
  take: () => void;
}

/** How a form in a dialog saves: over what was read, or, where somebody else saved meanwhile, over what is seen then. */
export function useSaving<T extends { state: string }>(held: T | null, { send, look, fill, touches, onSaved }: Wish<T>): Saving<T> {
  const [read, setRead] = useState(held);
  const [theirs, setTheirs] = useState<T | null>(null);
  const write = useWrite((before: T | null) => send(before, before && `"${before.state}"`), touches, onSaved);
  const saveOver = (before: T | null) => {
    setRead(before);
    setTheirs(null);
    write.mutate(before, { onError: ({ code }) => code === "stale" && void look().then(setTheirs) });
  };
  return {
    read,
    theirs,
    pending: write.isPending,
    problem: write.error,
    save: () => saveOver(read),
    keep: () => saveOver(theirs),
    take: () => {
      if (theirs) fill(theirs);
      setRead(theirs);
      setTheirs(null);
      write.reset();
    },
  };
}

/** Above the form: what somebody else saved, or why it was not saved. ``spell``: the fields of theirs, and of the form. */
export function SavingTold<T>({ saving, spell }: { saving: Saving<T>; spell: (theirs: T) => { theirs: Fields; mine: Fields } }) {
  const { theirs, problem } = saving;
  if (!theirs) return <NotDone kept problem={problem} />;
  return (
    <Meanwhile saving={saving.pending} onKeep={saving.keep} onTake={saving.take}>
      <Theirs {...spell(theirs)} />
    </Meanwhile>
  );
}
