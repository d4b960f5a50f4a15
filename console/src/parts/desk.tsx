/** The head of a page where something is written: its title, leaving and saving, and why it was not saved. */
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Problem } from "@/api/problem";

import { NotDone } from "./states";

interface Head {
  title: string;
  note?: string;
  /** Of the button that saves. */
  label: string;
  ready: boolean;
  saving: boolean;
  problem: Problem | null;
  /** What somebody else saved meanwhile. */
  meanwhile?: ReactNode;
  onLeave: () => void;
  onSave: () => void;
}

/** What tags and audiences may be called. */
export function isName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
}

export function DeskHead({ title, note, label, ready, saving, problem, meanwhile, onLeave, onSave }: Head) {
  const { t } = useTranslation();
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{title}</h1>
          {note && <p className="muted">{note}</p>}
        </div>
        <Button onClick={onLeave}>{t("word.cancel")}</Button>
        <Button type="primary" disabled={!ready} loading={saving} onClick={onSave}>
          {label}
        </Button>
      </div>
      {meanwhile}
      {problem?.code !== "stale" && <NotDone kept problem={problem} />}
    </>
  );
}
